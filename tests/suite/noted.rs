//! Which chats a process notes that it writes to, and when it forgets them.

use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::sleep;
use std::time::Duration;

use bounty_ledger::domain::ChatId;
use bounty_ledger::engine::{Engine, Outcome, Settings, Trouble};
use bounty_ledger::store::{ActiveFile, Layout, make_root, noted_chats};

use crate::active::{busy, has, notes, say};
use crate::support::hooked_disk::{About, HookedDisk};
use crate::support::law::assert_sound;
use crate::support::scenario::{DM, GROUP, ROOT, Step, add, list, open, request, settings};
use crate::support::sim_disk::{EIO, Fault, Kind, Plan, SimDisk};
use crate::support::{BOT, wait_until};

#[test]
fn a_chat_that_calmed_down_is_forgotten_and_noted_again_at_its_next_change() {
    let disk = SimDisk::new(6);
    let engine = open(&disk.process(None), busy()).expect("an engine");
    for update in 1..=3 {
        say(&engine, &add(GROUP, 1, "again"), update);
        wait_until("forgotten", || notes(&disk).is_empty());
    }
    disk.crash(true, 6);
    drop(engine);
    assert_sound(&disk, "after the cut");
}

#[test]
fn the_notes_of_a_process_that_lives_are_left_alone() {
    let disk = SimDisk::new(7);
    let (first, second) = (disk.process(None), disk.process(None));
    let living = open(&first, settings()).expect("an engine");
    say(&living, &add(GROUP, 1, "not yet in a snapshot"), 1);
    let other = open(&second, busy()).expect("an engine");
    say(&other, &add(DM, 7, "my own"), 2);
    wait_until("the other's own note gone", || notes(&disk).len() == 1);
    sleep(Duration::from_millis(50));
    assert_eq!(notes(&disk).len(), 1);
    assert!(!has(&disk, "-100/group.json"));
    drop((living, other));
    assert!(notes(&disk).is_empty());
}

#[test]
fn a_chat_that_cannot_be_noted_takes_no_writes() {
    let disk = SimDisk::new(8);
    // The first file that is made is the one with the notes.
    let plan = Plan::new(&[Kind::Create], 0, Fault::Fail(EIO));
    let engine = open(&disk.process(Some(plan)), settings()).expect("an engine");
    let refused = say(&engine, &add(GROUP, 1, "refused"), 1);
    assert_eq!(refused, Outcome::Trouble(Trouble::Storage));
    assert!(!has(&disk, "-100/events.jsonl"));
    let accepted = say(&engine, &add(GROUP, 1, "accepted"), 2);
    assert!(matches!(accepted, Outcome::Answer(_)), "{accepted:?}");
}

#[test]
fn chats_stay_noted_whose_snapshots_were_lost_by_a_flush_that_failed_for_others() {
    /// More than are flushed one by one.
    const CHATS: i64 = 40;
    const FAILING: i64 = 8;
    let disk = SimDisk::new(11).with_group_flush();
    let process = disk.process(None);
    let eager = Settings {
        snapshot_delay: Duration::from_millis(1),
        ..settings()
    };
    let engine = open(&process, eager).expect("an engine");
    let snapshots = || (1..=CHATS).all(|chat| has(&disk, &format!("-{chat}/group.json")));
    assert!(add_to_all(&engine, -CHATS..=-1, 1));
    wait_until("all written", snapshots);
    let before = disk.group_flushes();
    let is_lost = |update| {
        process.replan(Some(Plan {
            span: u64::MAX,
            ..Plan::new(&[Kind::Flush], 0, Fault::LostFlush)
        }));
        assert!(!add_to_all(&engine, -FAILING..=-1, update));
        let is_lost = disk.group_flushes() > before;
        process.replan(None);
        // The disk tells each file of the loss once more.
        for chat in -FAILING..=-1 {
            wait_until("accepted", || add_to_all(&engine, chat..=chat, update));
        }
        is_lost
    };
    // They seldom are flushed one by one.
    assert!((2..100).any(is_lost));
    drop(engine);
    assert_eq!(notes(&disk).len(), 1, "they are looked at again");
    disk.crash(true, 11);
    let engine = open(&disk.process(None), busy()).expect("an engine");
    wait_until("brought up to date", || notes(&disk).is_empty());
    drop(engine);
    disk.crash(true, 12);
    assert!(snapshots());
    assert_sound(&disk, "after the second cut");
}

/// Adds a bounty to each of these groups at the same time; false when one is refused.
fn add_to_all(engine: &Engine, chats: RangeInclusive<i64>, update: i64) -> bool {
    let (tell, told) = channel();
    for chat in chats {
        let tell = tell.clone();
        let asked = request(&add(chat, 1, "one"), BOT, update);
        engine.submit(asked, move |reply| {
            tell.send(reply.outcome).expect("a listener")
        });
    }
    drop(tell);
    let is_refused = |outcome: &Outcome| !matches!(outcome, Outcome::Answer(_));
    told.iter().filter(is_refused).count() == 0
}

#[test]
fn a_chat_whose_note_could_not_be_flushed_is_noted_durably_the_next_time() {
    for seed in 0..32 {
        let disk = SimDisk::new(seed);
        let layout = Layout::new(ROOT);
        let failing = disk.process(None);
        make_root(&failing, Path::new(ROOT)).expect("made");
        let mut file = ActiveFile::create(&failing, &layout).expect("a file");
        failing.replan(Some(Plan::new(&[Kind::Flush], 0, Fault::LostFlush)));
        assert!(file.add([ChatId(GROUP)]).is_err());
        file.add([ChatId(GROUP)]).expect("noted");
        disk.crash(true, seed);
        let noted = noted_chats(&disk.process(None), &layout).expect("read");
        assert_eq!(noted, [ChatId(GROUP)].into(), "seed {seed}");
    }
}

#[test]
fn a_change_that_comes_while_other_chats_are_noted_waits_for_a_note_of_its_own() {
    let disk = SimDisk::new(1).with_group_flush();
    let engine: Arc<OnceLock<Engine>> = Arc::default();
    let (tell, told) = channel();
    let (tell, flushes) = (Mutex::new(tell), AtomicUsize::new(0));
    let hooked = {
        let engine = Arc::clone(&engine);
        HookedDisk::new(disk.process(None), move |about, path: &Path| {
            let is_note = about == About::Flush && path.starts_with(Path::new(ROOT).join("active"));
            let Some(engine) = engine.get().filter(|_| is_note) else {
                return Ok(());
            };
            let tell = tell.lock().expect("no panic before").clone();
            let submit = |step: Step, update| {
                let tell = tell.clone();
                engine.submit(request(&step, BOT, update), move |reply| {
                    tell.send(reply.outcome).expect("the test waits");
                });
            };
            match flushes.fetch_add(1, Ordering::SeqCst) {
                // The next round has two changes, and one chat that is only read.
                0 => {
                    submit(add(-101, 1, "a"), 2);
                    submit(add(-102, 1, "b"), 3);
                    submit(list(-103), 4);
                }
                1 => submit(add(-103, 1, "c"), 5),
                _ => {}
            }
            Ok(())
        })
    };
    let opened = Engine::open(Arc::new(hooked), Layout::new(ROOT), settings());
    let engine = engine.get_or_init(|| opened.expect("an engine"));
    say(engine, &add(-100, 1, "first"), 1);
    for _ in 0..4 {
        told.recv_timeout(Duration::from_secs(60))
            .expect("an answer");
    }
    let noted = noted_chats(&disk.process(None), &Layout::new(ROOT)).expect("notes");
    let all = [-100, -101, -102, -103].map(ChatId);
    assert!(all.iter().all(|chat| noted.contains(chat)), "{noted:?}");
}
