//! Groups that change their ids while the streams of a listing are read, one after the other.

use std::convert::Infallible;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bounty_ledger::audit::{
    AuditFilter, Found, Group, GroupBy, Reader, Verdict, for_each_followed, rebuild, summarize,
};
use bounty_ledger::domain::ChatId;
use bounty_ledger::store::{Access, Disk, LocalDisk};
use serde_json::{Value, json};

use crate::library::{disk, layout};
use crate::support::hooked_disk::{About, HookedDisk};
use crate::support::{DATE, Data, in_dm, in_group, wait_until};

const OLD: i64 = -555;
const NEW: i64 = -100_555;
/// Read before the group, under either id.
const FIRST: i64 = -200_000;

fn told(update: i64) -> Value {
    json!({"update_id": update, "message": {
        "message_id": update, "date": DATE, "chat": {"id": OLD, "type": "group", "title": "G"},
        "from": {"id": 1, "is_bot": false, "first_name": "User 1"}, "migrate_to_chat_id": NEW,
    }})
}

/// A group that is to move, to an id that may have a board already, and another chat.
fn stage(is_merged: bool) -> Data {
    let data = Data::new();
    data.feed(&[in_group(1, OLD, 1, "/add One"), in_dm(2, 7, "/add Mine")])
        .ok();
    if is_merged {
        data.feed(&[in_group(3, NEW, 1, "/add Two")]).ok();
    }
    data
}

fn listed(data: &Data) -> Vec<ChatId> {
    let disk = disk();
    let chats = Reader::new(&*disk, &layout(data)).chats();
    chats.expect("a listing")
}

/// What is told of the chats of a listing, in this order.
fn verified(
    data: &Data,
    listed: &[ChatId],
    work: impl Fn(&Reader<'_>, ChatId) -> Verdict + Sync,
) -> Vec<(i64, u64)> {
    let (disk, layout) = (disk(), layout(data));
    let reader = Reader::new(&*disk, &layout);
    let mut told = Vec::new();
    let work = |chat| work(&reader, chat);
    let Ok(()) = for_each_followed(&reader, listed, work, |chat, verdict: Verdict| {
        assert!(verdict.problem.is_none(), "{chat}: {:?}", verdict.problem);
        told.push((chat.0, verdict.end.seq.0));
        Ok::<_, Infallible>(())
    });
    told
}

fn verify(reader: &Reader<'_>, chat: ChatId) -> Verdict {
    reader.verify(chat, None)
}

#[test]
fn a_group_that_moved_after_it_was_listed_is_read_under_its_new_id() {
    let data = stage(false);
    let before = listed(&data);
    data.feed(&[told(10)]).ok();
    assert_eq!(verified(&data, &before, verify), [(7, 2), (NEW, 3)]);
}

#[test]
fn a_board_that_another_moved_into_is_read_again_if_it_was_read_before() {
    let data = stage(true);
    let before = listed(&data);
    data.feed(&[told(10)]).ok();
    let merged = data.events(NEW).len() as u64;
    assert_eq!(verified(&data, &before, verify), [(NEW, merged), (7, 2)]);

    let data = stage(true);
    let told = verified(&data, &listed(&data), |reader, chat| {
        if chat == ChatId(OLD) {
            wait_until("moved", || !data.chat(OLD).exists());
        }
        let verdict = reader.verify(chat, None);
        if chat == ChatId(NEW) && data.chat(OLD).exists() {
            data.feed(&[told(10)]).ok();
        }
        verdict
    });
    assert_eq!(told, [(NEW, 2), (7, 2), (NEW, merged)]);
}

#[test]
fn a_chat_that_was_not_there_is_told_in_its_place_and_notes_in_a_circle_end() {
    let data = stage(false);
    fs::create_dir(data.path().join("moved")).expect("made");
    for (old, new) in [(-1, -2), (-2, -1)] {
        let note = data.path().join("moved").join(i64::to_string(&old));
        fs::write(note, i64::to_string(&new)).expect("written");
    }
    let (disk, layout) = (disk(), layout(&data));
    let reader = Reader::new(&*disk, &layout);
    let named = [ChatId(-3), ChatId(7), ChatId(-1)];
    let mut told = Vec::new();
    let work = |chat: ChatId| reader.verify(chat, None);
    let Ok(()) = for_each_followed(&reader, &named, work, |chat, verdict: Verdict| {
        told.push((chat.0, verdict.ids().is_some()));
        Ok::<_, Infallible>(())
    });
    assert_eq!(told[..2], [(-3, false), (7, true)]);
    assert!(told[2..].iter().any(|(_, has_log)| !has_log), "{told:?}");
}

#[test]
fn a_group_that_moved_after_it_was_listed_is_counted_once() {
    for is_merged in [false, true] {
        let data = stage(is_merged);
        let before = listed(&data);
        data.feed(&[told(10)]).ok();
        let (disk, layout) = (disk(), layout(&data));
        let reader = Reader::new(&*disk, &layout);
        let counts = |chats: &[ChatId]| {
            let by = [GroupBy::Chat];
            let summary = summarize(&reader, chats, &AuditFilter::default(), &by, |_| {});
            assert!(summary.problems.is_empty(), "{:?}", summary.problems);
            let rows = summary.rows(&by).into_iter();
            let mut counts: Vec<_> = rows.map(|row| (row.groups, row.count)).collect();
            counts.sort_by_key(|(groups, _)| groups.clone());
            counts
        };
        let expected = counts(&listed(&data));
        assert_eq!(expected[0].0, [Group::Chat(ChatId(NEW))]);
        assert_eq!(counts(&before), expected, "merged: {is_merged}");
    }
}

#[test]
fn an_audit_tells_of_a_group_that_moved_while_it_printed() {
    let data = Data::new();
    // More than a pipe and a buffer take: what comes behind it is read only when this was printed.
    let long = "x".repeat(900);
    let much: Vec<_> = (1..=200)
        .map(|update| in_group(update, FIRST, 1, &format!("/add {long}")))
        .collect();
    data.feed(&much).ok();
    assert!(data.log_bytes(FIRST).len() > 200_000);
    data.feed(&[in_group(301, OLD, 1, "/add One")]).ok();
    let mut audit = data
        .bounty(&["audit", "--format", "json"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut out = BufReader::new(audit.stdout.take().expect("a pipe"));
    let mut lines = String::new();
    out.read_line(&mut lines).expect("read");
    data.feed(&[told(310)]).ok();
    out.read_to_string(&mut lines).expect("read");
    assert!(audit.wait().expect("the program ends").success());
    let of_group = lines.lines().filter(|line| {
        let event: Value = serde_json::from_str(line).expect("JSON");
        event["chat"] == json!(NEW)
    });
    assert_eq!(of_group.count(), 3);
}

#[test]
fn snapshots_are_made_again_also_in_the_middle_of_a_move() {
    let data = stage(false);
    data.feed(&[told(10)]).ok();
    // The event is written, and the directory has its old name.
    fs::rename(data.chat(NEW), data.chat(OLD)).expect("renamed");
    fs::remove_file(data.chat(OLD).join("group.json")).expect("removed");
    data.run(&["replay"]).ok();
    assert_eq!(data.json(OLD, "group.json")["group_id"], NEW);
    data.run(&["replay", "--check"]).ok();
    data.run(&["verify"]).ok();
}

#[test]
fn a_rebuild_that_waited_for_the_lock_of_a_group_that_moved_finds_no_log() {
    let data = Arc::new(stage(false));
    let (bot, log, began) = (Arc::clone(&data), data.log(OLD), AtomicBool::new(false));
    let hook = move |about: About, path: &Path| {
        if about == About::Lock && path == log && !began.swap(true, Ordering::SeqCst) {
            bot.feed(&[told(10)]).ok();
        }
        Ok(())
    };
    let disk: Arc<dyn Disk> = Arc::new(HookedDisk::new(LocalDisk::new(Access::Owner), hook));
    let rebuilt = rebuild(&disk, &layout(&data), ChatId(OLD)).expect("no error");
    assert_eq!(rebuilt, None);
    let rebuilt = rebuild(&disk, &layout(&data), ChatId(NEW)).expect("no error");
    assert!(rebuilt.is_some());
}
