//! An import that is stopped anywhere and done again comes to the same.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use bounty_ledger::domain::board::BoardEvent;
use bounty_ledger::domain::{ChatId, Timestamp};
use bounty_ledger::import::{self, ImportError, Place, Plan as ImportPlan, json_files};
use bounty_ledger::store::{Disk, Layout, Log};
use serde_json::json;

use super::database::Database;
use super::{GROUP, Old, notify_bridge};
use crate::library::{files, lines};
use crate::support::law::assert_sound;
use crate::support::scenario::ROOT;
use crate::support::sim_disk::{EIO, Fault, Kind, Plan, SimDisk};

#[test]
fn a_log_that_ends_after_any_event_is_completed_to_the_same_bytes() {
    let old = Old::new();
    old.import(&[]).ok();
    let mut whole = files(&old.data.path());
    whole.retain(|path, _| !path.starts_with(old.data.path().join("active")));
    for chat in [GROUP, super::DM] {
        let log = old.data.log_bytes(chat);
        for kept in 0..lines(&log).len() {
            let cut: Vec<u8> = lines(&log)[..kept].concat();
            std::fs::write(old.data.log(chat), &cut).expect("cut");
            old.data.delete_snapshots();
            old.import(&[]).ok();
            let mut found = files(&old.data.path());
            found.retain(|path, _| !path.starts_with(old.data.path().join("active")));
            assert!(found == whole, "chat {chat}, {kept} lines were kept");
        }
    }
}

fn read(dir: &Path) -> ImportPlan {
    json_files::read(dir, "old", Timestamp::from_millis(0)).expect("a source")
}

fn import_on(disk: &SimDisk, mut plan: ImportPlan) -> Result<(), ImportError> {
    let (disk, layout) = (Arc::new(disk.clone()) as Arc<dyn Disk>, Layout::new(ROOT));
    let place = Place {
        disk: &disk,
        layout: &layout,
    };
    let outlook = plan.outlook(place)?;
    plan.carry_out(place, &outlook, &mut |_| {})?;
    let compared = plan.compare(place)?;
    assert!(compared.differences.is_empty(), "{compared:?}");
    Ok(())
}

/// The files of the chats, without what a process that died has left half written.
fn chats(disk: &SimDisk) -> Vec<(PathBuf, Vec<u8>)> {
    let files = disk.files(Path::new(ROOT)).into_iter();
    let is_chats = |path: &Path| {
        !path.to_string_lossy().contains("/.tmp-") && !path.starts_with("/data/active")
    };
    files.filter(|(path, _)| is_chats(path)).collect()
}

#[test]
fn an_import_can_be_stopped_at_any_operation_and_done_again() {
    let old = Old::new();
    stopped_anywhere(|| read(&old.dir()));
}

#[test]
fn an_import_of_bots_and_their_secrets_can_be_stopped_at_any_operation_and_done_again() {
    let old = Database::new(notify_bridge::KIND, &notify_bridge::old_shape());
    let secrets = Layout::new(ROOT).secrets_dir();
    stopped_anywhere(|| {
        import::notify_bridge::read(&old.path(), "old", &secrets).expect("a source")
    });
}

#[test]
fn an_import_of_the_older_database_can_be_stopped_at_any_operation_and_done_again() {
    let old = super::bounty_sqlite::filled();
    let now = Timestamp::from_millis(0);
    stopped_anywhere(|| import::bounty_sqlite::read(&old.path(), "old", now).expect("a source"));
}

#[test]
fn an_import_whose_chats_are_flushed_together_can_be_stopped_at_any_operation_and_done_again() {
    let old = Old::new();
    stopped_anywhere_on(
        |seed| SimDisk::new(seed).with_group_flush(),
        || read(&old.dir()),
    );
}

/// Many chats, each with one bounty.
fn many(chats: i64) -> Old {
    let old = Old::empty();
    for chat in 1..=chats {
        let group = json!({"group_id": -chat, "bounties": [super::bounty(1, 456, "One")]});
        old.put(&format!("{}/group.json", -chat), &group);
    }
    old
}

#[test]
fn many_chats_are_behind_few_flushes() {
    let old = many(300);
    let disk = SimDisk::new(1).with_group_flush();
    import_on(&disk, read(&old.dir())).expect("imported");
    assert_eq!(
        disk.group_flushes(),
        3,
        "256 chats, 44 chats, the snapshots"
    );
    let alone = SimDisk::new(1);
    import_on(&alone, read(&old.dir())).expect("imported");
    assert_eq!(chats(&disk), chats(&alone));
    disk.crash(true, 0);
    assert_eq!(
        chats(&disk).len(),
        chats(&alone).len(),
        "a power cut loses nothing of it"
    );
}

#[test]
fn an_import_that_is_done_again_flushes_once_and_mends_the_snapshots_that_are_not_whole() {
    let old = many(300);
    let disk = SimDisk::new(1).with_group_flush();
    import_on(&disk, read(&old.dir())).expect("imported");
    let expected = chats(&disk);
    let second = Plan::new(&[Kind::Flush], 1, Fault::Fail(EIO));
    let again = disk.process(Some(second));
    import_on(&again, read(&old.dir())).expect("imported");
    assert!(!again.fired(), "there was a second flush");
    assert_eq!(disk.group_flushes(), 4);
    let snapshot = Layout::new(ROOT).chat(ChatId(-7)).join("group.json");
    disk.remove_file(&snapshot).expect("removed");
    import_on(&disk, read(&old.dir())).expect("imported");
    assert_eq!(chats(&disk), expected);
}

#[test]
fn a_chat_whose_log_somebody_holds_is_waited_for_after_the_others_are_written() {
    let old = many(3);
    let disk = SimDisk::new(1).with_group_flush();
    let layout = Layout::new(ROOT);
    let other = Arc::new(disk.process(None)) as Arc<dyn Disk>;
    let mut held = Log::<BoardEvent>::new(other, layout.chat(ChatId(-2)));
    let patience = Duration::from_secs(20);
    let locked = held.lock(true, patience, &mut |_| {}).expect("locked");
    thread::scope(|scope| {
        let import = scope.spawn(|| import_on(&disk, read(&old.dir())));
        let is_written = |chat| {
            let files = disk.files(&layout.chat(ChatId(chat)));
            files.values().any(|content| !content.is_empty())
        };
        let is_waiting = || is_written(-1) && is_written(-3);
        while !is_waiting() && !import.is_finished() {
            thread::yield_now();
        }
        drop(locked);
        let ended = import.join().expect("no panic");
        ended.expect("imported");
    });
    assert_sound(&disk, "afterwards");
}

#[test]
fn an_import_whose_flush_fails_says_so_and_can_be_done_again() {
    let old = many(20);
    let expected = SimDisk::new(1);
    import_on(&expected, read(&old.dir())).expect("imported");
    let mut failed = 0;
    for fault in [Fault::Fail(EIO), Fault::LostFlush] {
        for at in 0.. {
            let disk = SimDisk::new(at).with_group_flush();
            let process = disk.process(Some(Plan::new(&[Kind::Flush], at, fault)));
            let ended = import_on(&process, read(&old.dir()));
            if !process.fired() {
                break;
            }
            failed += 1;
            assert!(ended.is_err(), "{fault:?} of flush {at}");
            disk.crash(true, at);
            let again = disk.process(None);
            import_on(&again, read(&old.dir())).expect("imported");
            let mut found = chats(&again);
            found.retain(|(path, _)| !path.to_string_lossy().contains(".torn-"));
            assert_eq!(found, chats(&expected), "{fault:?} of flush {at}");
        }
    }
    assert!(failed >= 4, "{failed}");
}

fn stopped_anywhere(read: impl Fn() -> ImportPlan) {
    stopped_anywhere_on(SimDisk::new, read);
}

/// Stops the import of a source at each of its operations, by a kill and by power cuts that lose this and that, and does it again.
fn stopped_anywhere_on(new: impl Fn(u64) -> SimDisk, read: impl Fn() -> ImportPlan) {
    let once = new(1);
    import_on(&once, read()).expect("imported");
    let expected = chats(&once);
    for power_cut in [None, Some(0), Some(1)] {
        for step in 0.. {
            let at = format!("stopped at operation {step}, power cut: {power_cut:?}");
            let disk = new(step);
            let ended = import_on(&disk.process(Some(Plan::freeze(step))), read()).is_ok();
            disk.crash(power_cut.is_some(), power_cut.unwrap_or(0));
            let again = disk.process(None);
            import_on(&again, read()).unwrap_or_else(|error| panic!("{at}: {error}"));
            let found = chats(&again);
            let names = |files: &[(PathBuf, Vec<u8>)]| -> Vec<PathBuf> {
                files
                    .iter()
                    .map(|(path, _)| path.clone())
                    .filter(|path| !path.to_string_lossy().contains(".torn-"))
                    .collect()
            };
            assert_eq!(names(&found), names(&expected), "{at}");
            for file in &expected {
                assert!(found.contains(file), "{at}: {:?}", file.0);
            }
            assert_sound(&again, &at);
            disk.crash(true, step);
            let kept = chats(&disk);
            for log in expected
                .iter()
                .filter(|(path, _)| path.ends_with(Layout::LOG))
            {
                assert!(
                    kept.contains(log),
                    "{at}, and the power after it: {:?}",
                    log.0
                );
            }
            if ended {
                assert!(step > 25, "an import has more operations than {step}");
                break;
            }
        }
    }
}
