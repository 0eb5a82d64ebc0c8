//! Snapshots and checkpoints are only ever made from the log: what happens to them between two runs is undone.

use std::path::{Path, PathBuf};

use bounty_ledger::store::{Disk, Layout, OpenMode};

use crate::support::law::{Ledger, assert_same_boards, assert_sound};
use crate::support::scenario::{ROOT, Step, recover, run, runs, scenario, undisturbed};
use crate::support::sim_disk::{Rng, SimDisk};

/// How many damaged sets of snapshots there are by default.
const ROUNDS: u64 = 40;

fn snapshots(disk: &SimDisk) -> Vec<(PathBuf, Vec<u8>)> {
    let files = disk.files(Path::new(ROOT)).into_iter();
    files
        .filter(|(path, _)| path.file_name().is_some_and(Layout::is_claim))
        .collect()
}

fn put(disk: &SimDisk, path: &Path, content: &[u8]) {
    let file = disk.open(path, OpenMode::ReadWrite).expect("open");
    file.set_len(0)
        .and_then(|()| file.write_at(content, 0))
        .expect("written");
}

/// Deletes, cuts, empties, overwrites or sets back some of the files. `older` are those of an earlier moment.
fn spoil(disk: &SimDisk, older: &[(PathBuf, Vec<u8>)], rng: &mut Rng) {
    for (path, content) in snapshots(disk) {
        let part = usize::try_from(rng.below(content.len() as u64)).expect("small");
        match rng.below(8) {
            0 => disk.remove_file(&path).expect("removed"),
            1 => put(disk, &path, &content[..part]),
            2 => put(disk, &path, b""),
            3 => put(disk, &path, &vec![0; content.len()]),
            4 => {
                if let Some((_, old)) = older.iter().find(|(name, _)| *name == path) {
                    put(disk, &path, old);
                }
            }
            _ => {}
        }
    }
}

#[test]
fn snapshots_and_checkpoints_that_were_deleted_cut_emptied_or_set_back_are_made_again() {
    let steps = scenario();
    let wanted = undisturbed(&steps);
    let reopenings = steps.iter().enumerate();
    let reopenings: Vec<usize> = reopenings
        .filter_map(|(index, step)| matches!(step, Step::Reopen).then_some(index))
        .collect();
    for seed in 0..ROUNDS * runs() {
        let (mut rng, disk) = (Rng::new(seed), SimDisk::new(seed));
        let (mut ledger, mut from, mut older) = (Ledger::default(), 0, Vec::new());
        for end in reopenings.iter().copied().chain([steps.len()]) {
            let at = format!("seed {seed}, step {end}");
            assert_eq!(run(&disk, &steps[..end], from, &mut ledger), end, "{at}");
            let before = snapshots(&disk);
            spoil(&disk, &older, &mut rng);
            if rng.coin() {
                recover(&disk, &at);
                assert_sound(&disk, &at);
            }
            (older, from) = (before, end);
        }
        let at = format!("seed {seed}");
        recover(&disk, &at);
        ledger.check(&disk, None, &at);
        assert_sound(&disk, &at);
        assert_same_boards(&disk, &wanted, &at);
    }
}
