//! One bit changed anywhere in a log.

use std::fs;
use std::ops::Range;

use bounty_ledger::engine::Trouble;
use serde_json::Value;

use super::{CHAT, OTHER, assert_named, living_after, refused, small_log, untouched};
use crate::library::{lines, problem};
use crate::support::{Data, in_group};

/// Flips each of these bits of the log, one at a time.
fn each_bit_is_guarded(data: &Data, log: &[u8], bits: Range<usize>) {
    for bit in bits {
        let mut changed = log.to_vec();
        changed[bit / 8] ^= 1 << (bit % 8);
        let ends = log[..bit / 8].iter().filter(|byte| **byte == b'\n');
        let line = ends.count() as u64 + 1;
        let readable = living_after(line - 1);
        if bit % 8 == 0 {
            refused(data, &changed, Trouble::Damaged, readable);
        } else {
            fs::write(data.log(CHAT), &changed).expect("written");
            untouched(data, Trouble::Damaged, readable);
        }
        assert_named(&problem(data, CHAT), data, line);
    }
}

#[test]
fn every_single_bit_of_a_log_is_guarded() {
    let (data, log) = small_log();
    assert_eq!(log[1_024], b'@', "one bit makes a NUL of it");
    each_bit_is_guarded(&data, &log, 0..log.len() * 8);
}

#[test]
fn every_single_bit_of_the_last_line_is_guarded_also_without_snapshots() {
    let (data, log) = small_log();
    data.delete_snapshots();
    let last = log.len() - lines(&log)[4].len();
    each_bit_is_guarded(&data, &log, last * 8..log.len() * 8);
}

/// A log with three bounties; the bit at this share of it is flipped.
fn with_a_flipped_bit(share: usize) -> (Data, u64) {
    let data = Data::new();
    let updates: Vec<Value> = (1..=3)
        .map(|n| in_group(n, CHAT, 1, &format!("/add Bounty {n}")))
        .collect();
    data.feed(&updates).ok();
    let mut log = data.log_bytes(CHAT);
    let position = (log.len() - 1) * share / 2;
    let before = log[..position].iter().filter(|byte| **byte == b'\n');
    let line = before.count() as u64 + 1;
    log[position] ^= 1;
    fs::write(data.log(CHAT), log).expect("written");
    (data, line)
}

fn the_program_names_the_bit_and_serves_the_others(share: usize) {
    let (data, line) = with_a_flipped_bit(share);
    let log = data.log_bytes(CHAT);

    let verified = data.run(&["verify"]);
    assert_eq!(verified.code, Some(1));
    assert_named(&verified.stdout, &data, line);

    let run = data.feed(&[
        in_group(11, CHAT, 1, "/add Lost?"),
        in_group(12, OTHER, 1, "/add Served"),
        in_group(13, CHAT, 1, "/bounty"),
    ]);
    assert_eq!(run.code, Some(1));
    let texts = run.texts();
    assert!(
        texts[0].contains("nothing can be changed here"),
        "{texts:?}"
    );
    assert!(texts[1].contains("#1"), "{texts:?}");
    assert_eq!(
        texts[2].contains("Bounty 1"),
        line > 2,
        "what is readable is shown: {texts:?}"
    );
    assert!(run.stderr.contains(&CHAT.to_string()), "{}", run.stderr);
    assert_eq!(data.log_bytes(CHAT), log);
    assert_eq!(data.events(OTHER).len(), 2);
}

#[test]
fn a_bit_in_the_first_byte_stops_that_chat_and_no_other() {
    the_program_names_the_bit_and_serves_the_others(0);
}

#[test]
fn a_bit_in_the_middle_stops_that_chat_and_no_other() {
    the_program_names_the_bit_and_serves_the_others(1);
}

#[test]
fn a_bit_in_the_last_newline_stops_that_chat_and_no_other() {
    the_program_names_the_bit_and_serves_the_others(2);
}
