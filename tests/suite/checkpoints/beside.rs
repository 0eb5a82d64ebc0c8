//! A checkpoint and what else happens in its directory: moves, backups, a process that dies.

use std::fs;
use std::path::Path;
use std::time::Duration;

use bounty_ledger::domain::ChatId;
use bounty_ledger::domain::board::BoardEvent;
use bounty_ledger::engine::Ask;
use bounty_ledger::store::Log;

use super::{CHAT, LIVING, board, change_line, checkpoint, checkpoint_of, engine};
use crate::library::{add, count, disk, files, request};
use crate::support::law::{Ledger, assert_sound};
use crate::support::scenario::{ROOT, recover, run, scenario};
use crate::support::sim_disk::{Fault, Kind, Plan, SimDisk};

const NEW: i64 = -1_100;

#[test]
fn the_checkpoint_of_a_group_goes_with_it_to_its_new_id() {
    let data = board();
    let first = engine(&data);
    let mut moves = request(CHAT, 1, 50, add(""));
    moves.ask = Ask::Migrate { to: ChatId(NEW) };
    first.ask(moves);
    first.close();
    assert!(checkpoint_of(&data, NEW).is_file());
    // Who begins at the checkpoint does not see this at once.
    fs::rename(data.chat(NEW), data.chat(CHAT)).expect("renamed");
    change_line(&data, 3);
    fs::rename(data.chat(CHAT), data.chat(NEW)).expect("renamed");
    let second = engine(&data);
    assert_eq!(count(&second, NEW), LIVING);
}

#[test]
fn a_backup_has_no_checkpoint_and_is_whole() {
    let data = board();
    let backup = data.path().with_file_name("backup");
    let dest = backup.display().to_string();
    data.run(&["backup", &dest]).ok();
    assert!(checkpoint(&data).is_file());
    assert!(!backup.join(CHAT.to_string()).join(".checkpoint").exists());
    data.run(&["--data", &dest, "verify"]).ok();
}

#[test]
fn a_backup_of_a_log_older_than_its_checkpoint_names_it_and_keeps_the_proof() {
    let data = board();
    data.delete_snapshots();
    super::keep_lines(&data, 4);
    let dest = data.path().with_file_name("backup").display().to_string();
    let made = data.run(&["backup", &dest]);
    assert_eq!(made.code, Some(1));
    assert!(
        made.stdout.contains(".checkpoint reflects seq 6"),
        "{}",
        made.stdout
    );
    let copy = data.run(&["--data", &dest, "verify"]);
    assert_eq!(copy.code, Some(1), "{}", copy.stdout);
}

#[test]
fn a_checkpoint_that_is_written_while_its_log_is_replaced_or_moved_is_given_up() {
    let data = board();
    fs::remove_file(checkpoint(&data)).expect("removed");
    let (dir, patience) = (data.chat(CHAT), Duration::from_secs(10));
    let mut log = Log::<BoardEvent>::new(disk(), dir.clone());
    log.lock(false, patience, &mut |_| {}).expect("locked");
    let made = log.checkpoint(b"{}".to_vec()).expect("made");
    let publish = || {
        let made = made.as_ref().expect("a checkpoint");
        made.publish::<BoardEvent>(&*disk(), &dir, patience)
    };
    let whole = data.log_bytes(CHAT);
    super::keep_lines(&data, 4);
    assert!(!publish().expect("given up"));
    fs::write(data.log(CHAT), &whole).expect("written");
    fs::rename(data.chat(CHAT), data.chat(NEW)).expect("renamed");
    assert!(!publish().expect("given up"));
    fs::rename(data.chat(NEW), data.chat(CHAT)).expect("renamed");
    let names = || {
        files(&dir)
            .into_keys()
            .map(|path| path.display().to_string())
    };
    assert!(
        !names().any(|name| name.contains("checkpoint")),
        "{:?}",
        names().collect::<Vec<_>>()
    );
    assert!(publish().expect("published"));
    assert_eq!(
        names().filter(|name| name.contains("checkpoint")).count(),
        1
    );
}

/// The checkpoints that can be seen, named and not yet named.
fn checkpoints(disk: &SimDisk) -> (usize, usize) {
    let files = disk.files(Path::new(ROOT));
    let named = |start: &str| {
        let has_name = |path: &&Path| {
            let name = path.file_name().and_then(|name| name.to_str());
            name.is_some_and(|name| name.starts_with(start))
        };
        files.keys().map(AsRef::as_ref).filter(has_name).count()
    };
    (named(".checkpoint"), named(".tmp-checkpoint-"))
}

#[test]
fn a_process_killed_between_writing_a_checkpoint_and_naming_it_leaves_the_one_before() {
    let (steps, mut met) = (scenario(), 0);
    for k in 0.. {
        let disk = SimDisk::new(k);
        let dying = disk.process(Some(Plan::new(&[Kind::Rename], k, Fault::Freeze)));
        let mut ledger = Ledger::default();
        let next = run(&dying, &steps, 0, &mut ledger);
        if !dying.fired() {
            assert!(met > 3, "only {met} checkpoints were written and not named");
            assert_eq!(checkpoints(&disk).0, 3);
            return;
        }
        let at = format!("killed at rename {k}, step {next}");
        met += checkpoints(&disk).1;
        for power_cut in [None, Some(k)] {
            let disk = disk.copy();
            disk.crash(power_cut.is_some(), k);
            let disk = disk.process(None);
            recover(&disk, &at);
            let pending = steps.get(next).map(|step| (step, next as i64 + 1));
            ledger.check(&disk, pending, &at);
            assert_sound(&disk, &at);
        }
    }
}
