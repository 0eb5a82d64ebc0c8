//! Logs whose unfinished end is cut off by the running bot while they are copied.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bounty_ledger::backup::{Entry, back_up};
use bounty_ledger::store::{Access, Layout, LocalDisk};

use super::{Backup, small};
use crate::support::hooked_disk::{About, HookedDisk};
use crate::support::{Data, in_group};

/// What happens before a moment at which the backup looks at the group's log.
type Interlude = Box<dyn Fn() + Send + Sync>;

/// Makes a backup; each interlude happens once, before the log is first looked at like this after the one before.
fn back_up_with(
    data: &Data,
    backup: &Backup,
    interludes: Vec<(About, Interlude)>,
    update: bool,
) -> Vec<Entry> {
    let (log, next) = (data.log(-100), AtomicUsize::new(0));
    let hook = move |about: About, path: &Path| {
        let at = next.load(Ordering::SeqCst);
        if let Some((when, happens)) = interludes.get(at)
            && *when == about
            && path == log
        {
            next.store(at + 1, Ordering::SeqCst);
            happens();
        }
        Ok(())
    };
    let disk = HookedDisk::new(LocalDisk::new(Access::Owner), hook);
    let (live, dest) = (Layout::new(data.path()), backup.data.path());
    back_up(&disk, &live, &dest, update, &mut |_| {}).expect("a backup")
}

#[track_caller]
fn assert_whole(data: &Data, backup: &Backup, entries: &[Entry]) {
    for Entry {
        stream, problem, ..
    } in entries
    {
        assert!(problem.is_none(), "{stream}: {problem:?}");
    }
    assert_eq!(backup.data.log_bytes(-100), data.log_bytes(-100));
    backup.assert_sound();
}

/// A writer died; what it left is longer than the events that follow.
fn tear(data: &Data) {
    let torn = [&data.log_bytes(-100)[..], &[b'x'; 5_000]].concat();
    fs::write(data.log(-100), torn).expect("written");
}

#[test]
fn a_torn_tail_that_the_bot_cuts_off_meanwhile_is_no_problem() {
    for update in [false, true] {
        let (data, backup) = (Arc::new(small()), Backup::new());
        if update {
            backup.make(&data, &[]).ok();
        }
        data.feed(&[in_group(10, -100, 1, "/add Two")]).ok();
        tear(&data);
        let bot = Arc::clone(&data);
        let cut: Interlude = Box::new(move || {
            bot.feed(&[in_group(11, -100, 1, "/add Three")]).ok();
        });
        let entries = back_up_with(&data, &backup, vec![(About::Read, cut)], update);
        assert_whole(&data, &backup, &entries);
    }
}

#[test]
fn what_was_copied_of_a_write_that_failed_then_is_taken_back() {
    for update in [false, true] {
        let (data, backup) = (Arc::new(small()), Backup::new());
        if update {
            backup.make(&data, &[]).ok();
        }
        let durable = data.log_bytes(-100);
        tear(&data);
        let (bot, again) = (Arc::clone(&data), Arc::clone(&data));
        let write: Interlude = Box::new(move || {
            bot.feed(&[in_group(10, -100, 1, "/add Lost")]).ok();
            // Something stands behind it still.
            tear(&bot);
        });
        let undo: Interlude = Box::new(move || {
            fs::write(again.log(-100), &durable).expect("written");
            for (name, _) in again.snapshots() {
                fs::remove_file(again.path().join(name)).expect("removed");
            }
            again.feed(&[in_group(11, -100, 1, "/add Kept")]).ok();
        });
        // The first lock is for the length, the second for taking the end again.
        let interludes = vec![(About::Read, write), (About::Lock, undo)];
        let entries = back_up_with(&data, &backup, interludes, update);
        assert_whole(&data, &backup, &entries);
    }
}
