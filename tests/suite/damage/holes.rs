//! Sectors of the last write that never reached the disk and read as zeros, though later ones did.

use std::fs;

use bounty_ledger::engine::Trouble;

use super::{CHAT, is_accepted, refused, try_add};
use crate::library::{add, body, engine, lines, request, sealed, sha256, verify};
use crate::support::Data;

/// A log whose last write, of two lines, begins at the returned byte and spans several sectors.
fn long_last_write() -> (Data, Vec<u8>, usize) {
    let data = Data::in_memory();
    let engine = engine(&data);
    let long = "ё".repeat(700);
    for (update, text) in (1..).zip(["Short", &long, &long]) {
        engine.ask(request(CHAT, 1, update, add(text)));
    }
    engine.close();
    data.delete_snapshots();
    let log = data.log_bytes(CHAT);
    let start = lines(&log)[..2].iter().map(|line| line.len()).sum();
    (data, log, start)
}

#[test]
fn a_hole_of_lost_sectors_in_the_last_write_is_torn_with_all_that_follows() {
    let (data, log, start) = long_last_write();
    let sectors: Vec<usize> = (0..log.len())
        .step_by(512)
        .filter(|at| *at > start)
        .collect();
    assert!(sectors.len() >= 5, "several sectors");
    for (index, from) in sectors.iter().enumerate() {
        for to in &sectors[index + 1..] {
            let mut holed = log.clone();
            holed[*from..*to].fill(0);
            recovers(&data, &holed, *from);
        }
    }
}

fn recovers(data: &Data, holed: &[u8], hole: usize) {
    let mut valid = 0;
    for line in lines(holed) {
        if valid + line.len() > hole {
            break;
        }
        valid += line.len();
    }
    fs::remove_dir_all(data.chat(CHAT)).expect("removed");
    fs::create_dir(data.chat(CHAT)).expect("made");
    fs::write(data.log(CHAT), holed).expect("written");
    let engine = engine(data);
    assert!(is_accepted(&try_add(&engine, CHAT)));
    engine.close();
    let log = data.log_bytes(CHAT);
    assert!(log.starts_with(&holed[..valid]));
    assert_eq!(lines(&log).len(), lines(&holed[..valid]).len() + 1);
    assert!(verify(data, CHAT).problem.is_none());
    let rest = &holed[valid..];
    let name = format!("events.jsonl.torn-{valid}-{}", &sha256(&[rest])[..8]);
    let kept = fs::read(data.chat(CHAT).join(name)).expect("what was torn");
    assert!(kept == rest, "exactly what was cut is kept");
}

#[test]
fn zeros_that_no_lost_write_leaves_are_damage() {
    let (data, log, start) = long_last_write();
    let sector = (start / 512 + 1) * 512;
    for (from, to) in [
        (sector + 1, sector + 512),
        (sector, sector + 511),
        (sector + 100, sector + 101),
    ] {
        let mut changed = log.clone();
        changed[from..to].fill(0);
        refused(&data, &changed, Trouble::Damaged, Some(1));
    }
}

#[test]
fn a_hole_behind_a_changed_line_does_not_excuse_the_change() {
    let (data, log, _) = long_last_write();
    let mut changed = sealed(lines(&log).into_iter().map(body));
    assert!(changed == log, "the seal of this test is the program's");
    changed[40] ^= 1;
    let sector = log.len() / 512 * 512;
    changed[sector - 512..sector].fill(0);
    refused(&data, &changed, Trouble::Damaged, None);
}
