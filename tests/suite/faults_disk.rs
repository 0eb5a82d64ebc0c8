//! The simulated disk keeps what was flushed and may lose the rest.

use std::path::Path;
use std::time::Duration;

use bounty_ledger::store::{Disk, LockMode, OpenMode};

use crate::support::sim_disk::{Fault, Kind, Plan, SimDisk};

const FILE: &str = "/d/f";

fn disk_with_file() -> SimDisk {
    let disk = SimDisk::new(1);
    disk.create_dir(Path::new("/d")).expect("made");
    let file = disk.open(Path::new(FILE), OpenMode::Create).expect("made");
    file.write_at(&[b'a'; 600], 0).expect("written");
    file.sync_data().expect("flushed");
    disk.sync_dir(Path::new("/d")).expect("flushed");
    disk.sync_dir(Path::new("/")).expect("flushed");
    disk
}

/// The contents that power cuts of many seeds leave.
fn after_power_cuts(disk: &SimDisk) -> Vec<Option<Vec<u8>>> {
    let cut = |seed| {
        let copy = disk.copy();
        copy.crash(true, seed);
        copy.files(Path::new("/")).remove(Path::new(FILE))
    };
    (0..64).map(cut).collect()
}

#[test]
fn a_power_cut_keeps_what_was_flushed_and_any_sectors_of_the_rest() {
    let disk = disk_with_file();
    let file = disk
        .open(Path::new(FILE), OpenMode::ReadWrite)
        .expect("open");
    file.write_at(&[b'b'; 1_000], 600).expect("written");
    let after = after_power_cuts(&disk);
    let found = |wanted: &dyn Fn(&[u8]) -> bool| after.iter().flatten().any(|bytes| wanted(bytes));
    assert!(
        after
            .iter()
            .flatten()
            .all(|bytes| bytes.starts_with(&[b'a'; 600]))
    );
    assert!(found(&|bytes| bytes.len() == 600));
    assert!(found(&|bytes| bytes.len() == 1_600 && !bytes.contains(&0)));
    assert!(found(&|bytes| bytes.len() == 1_600
        && bytes[1_024..1_536] == [0; 512]
        && bytes[600] == b'b'));
}

#[test]
fn names_that_were_not_flushed_may_be_undone() {
    let disk = disk_with_file();
    disk.rename(Path::new(FILE), Path::new("/d/g"))
        .expect("renamed");
    let after = after_power_cuts(&disk);
    assert!(after.iter().any(Option::is_some) && after.iter().any(Option::is_none));
    disk.sync_dir(Path::new("/d")).expect("flushed");
    assert!(after_power_cuts(&disk).iter().all(Option::is_none));
}

#[test]
fn what_a_failed_flush_dropped_is_seen_but_not_kept_until_it_is_written_again() {
    let disk = disk_with_file();
    let failing = disk.process(Some(Plan::new(&[Kind::Flush], 0, Fault::LostFlush)));
    let file = failing
        .open(Path::new(FILE), OpenMode::ReadWrite)
        .expect("open");
    file.write_at(&[b'b'; 2_000], 600).expect("written");
    assert!(file.sync_data().is_err());
    let other = disk
        .open(Path::new(FILE), OpenMode::ReadWrite)
        .expect("open");
    file.sync_data().and(other.sync_data()).expect("flushed");
    let seen = disk.read(Path::new(FILE)).expect("read");
    assert_eq!(seen[600..], [b'b'; 2_000]);
    assert!(
        after_power_cuts(&disk)
            .iter()
            .all(|kept| kept.as_deref() != Some(&seen[..]))
    );
    other
        .write_at(&seen, 0)
        .and(other.set_len(seen.len() as u64))
        .and(other.sync_data())
        .expect("flushed");
    assert!(
        after_power_cuts(&disk)
            .iter()
            .all(|kept| kept.as_deref() == Some(&seen[..]))
    );
}

#[test]
fn a_dead_process_lets_go_of_its_locks_and_does_nothing_more() {
    let disk = disk_with_file();
    let dying = disk.process(Some(Plan::freeze(2)));
    let file = dying
        .open(Path::new(FILE), OpenMode::ReadWrite)
        .expect("open");
    let _guard = file
        .lock(LockMode::Exclusive, Duration::ZERO)
        .expect("locked");
    let other = disk
        .open(Path::new(FILE), OpenMode::ReadWrite)
        .expect("open");
    assert!(other.lock(LockMode::Shared, Duration::ZERO).is_err());
    assert!(dying.read(Path::new(FILE)).is_err());
    other.lock(LockMode::Shared, Duration::ZERO).expect("free");
    assert!(file.set_len(0).is_err());
}
