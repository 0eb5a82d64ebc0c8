//! Logs that are read while a repair or a migration puts others in their places: no snapshot of one is held against another.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bounty_ledger::audit::{AuditFilter, Problem, Reader, rebuild_into};
use bounty_ledger::domain::ChatId;
use bounty_ledger::store::{Access, LocalDisk};
use serde_json::json;

use crate::library::{layout, lines};
use crate::support::hooked_disk::{About, HookedDisk};
use crate::support::{DATE, Data, in_group};

const GROUP: i64 = -100;

/// A group whose log was cut, as its snapshots tell.
fn cut() -> Data {
    let data = Data::new();
    data.feed(&[
        in_group(1, GROUP, 1, "/add One"),
        in_group(2, GROUP, 2, "/track 1"),
        in_group(3, GROUP, 1, "/add Two"),
    ])
    .ok();
    let log = data.log_bytes(GROUP);
    fs::write(data.log(GROUP), lines(&log)[..2].concat()).expect("written");
    data
}

/// Does something with a reader; when it begins to read the log, after the snapshots, the log is repaired.
fn beside_a_repair<T>(data: &Arc<Data>, read: impl Fn(&Reader<'_>) -> T) -> T {
    let (operator, log, began) = (Arc::clone(data), data.log(GROUP), AtomicBool::new(false));
    let hook = move |about: About, path: &Path| {
        if about == About::Read && path == log && !began.swap(true, Ordering::SeqCst) {
            operator.run(&["repair", "-100", "--apply"]).ok();
        }
        Ok(())
    };
    let disk = HookedDisk::new(LocalDisk::new(Access::Owner), hook);
    read(&Reader::new(&disk, &layout(data)))
}

#[test]
fn a_log_that_is_repaired_while_it_is_read_is_not_called_shorter() {
    let data = Arc::new(cut());
    let verdict = beside_a_repair(&data, |reader| reader.verify(ChatId(GROUP), None));
    assert!(verdict.problem.is_none(), "{:?}", verdict.problem);

    let data = Arc::new(cut());
    let check = beside_a_repair(&data, |reader| reader.check_snapshots(ChatId(GROUP)));
    let check = check.expect("no error").expect("a board");
    assert!(check.files.is_empty(), "{:?}", check.files);

    let data = Arc::new(cut());
    let extent = beside_a_repair(&data, |reader| {
        let filter = AuditFilter::default();
        reader.changes(ChatId(GROUP), &filter, &mut |_| ControlFlow::Continue(()))
    });
    let damage = extent.expect("no error").expect("a log").damage;
    assert!(damage.is_none(), "{damage:?}");

    let data = Arc::new(cut());
    let out = data.path().with_file_name("out");
    let rebuilt = beside_a_repair(&data, |reader| rebuild_into(reader, ChatId(GROUP), &out));
    rebuilt.expect("no error").expect("a board");
}

#[test]
fn a_log_that_stays_cut_while_it_is_read_is_called_shorter() {
    let data = cut();
    let disk = LocalDisk::new(Access::Owner);
    let (layout, filter) = (layout(&data), AuditFilter::default());
    let reader = Reader::new(&disk, &layout);
    let verdict = reader.verify(ChatId(GROUP), None);
    assert!(matches!(verdict.problem, Some(Problem::Damaged(_))));
    let extent = reader.changes(ChatId(GROUP), &filter, &mut |_| ControlFlow::Continue(()));
    assert!(extent.expect("no error").expect("a log").damage.is_some());
    let out = data.path().with_file_name("out");
    assert!(rebuild_into(&reader, ChatId(GROUP), &out).is_err());
}

#[test]
fn a_group_that_moves_while_it_is_read_has_not_lost_its_log() {
    let data = Arc::new(Data::new());
    data.feed(&[in_group(1, GROUP, 1, "/add One")]).ok();
    let (bot, began) = (Arc::clone(&data), AtomicBool::new(false));
    let checkpoint = data.chat(GROUP).join(".checkpoint");
    let told = json!({"update_id": 2, "message": {
        "message_id": 2, "date": DATE, "chat": {"id": GROUP, "type": "group", "title": "G"},
        "from": {"id": 1, "is_bot": false, "first_name": "User 1"}, "migrate_to_chat_id": -1_000_100,
    }});
    let hook = move |_: About, path: &Path| {
        // It is looked for between the snapshots and the log.
        if path == checkpoint && !began.swap(true, Ordering::SeqCst) {
            bot.feed(std::slice::from_ref(&told)).ok();
        }
        Ok(())
    };
    let disk = HookedDisk::new(LocalDisk::new(Access::Owner), hook);
    let verdict = Reader::new(&disk, &layout(&data)).verify(ChatId(GROUP), None);
    assert!(!data.chat(GROUP).exists());
    assert!(matches!(verdict.problem, Some(Problem::NoLog { .. })));
}
