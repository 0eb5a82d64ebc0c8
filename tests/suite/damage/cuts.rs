//! A write that did not finish: a log cut at any byte, or filled with zeros from there.

use std::fs;
use std::path::PathBuf;

use bounty_ledger::audit::Problem;
use bounty_ledger::engine::Trouble;

use super::{CHAT, is_accepted, living_after, refused, small_log, try_add};
use crate::library::{count, engine, files, lines, sha256, verify};
use crate::support::{Data, in_group};

/// The log's whole lines before this byte: where they end, and how many.
fn whole_lines(log: &[u8], cut: usize) -> (usize, u64) {
    let ends = lines(log).into_iter().scan(0, |end, line| {
        *end += line.len();
        Some(*end)
    });
    ends.filter(|end| *end <= cut)
        .zip(1..)
        .last()
        .unwrap_or((0, 0))
}

/// The files in which torn bytes were kept.
fn kept(data: &Data) -> Vec<PathBuf> {
    let is_kept = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.contains("torn"))
    };
    files(&data.chat(CHAT))
        .into_keys()
        .filter(is_kept)
        .collect()
}

/// Opens a log that is `valid` lines and then `rest`, and sees that the lines stay, the rest is set aside, and work goes on.
#[track_caller]
fn recovers(data: &Data, valid: &[u8], rest: &[u8]) {
    let whole = [valid, rest].concat();
    let events = lines(valid).len() as u64;
    fs::remove_dir_all(data.chat(CHAT)).expect("removed");
    fs::create_dir(data.chat(CHAT)).expect("made");
    fs::write(data.log(CHAT), &whole).expect("written");

    let problem = verify(data, CHAT).problem;
    match &problem {
        Some(Problem::Torn { offset, bytes, .. }) if !rest.is_empty() => {
            assert_eq!((*offset, *bytes), (valid.len() as u64, rest.len()));
        }
        None if rest.is_empty() => {}
        other => panic!("{} bytes: {other:?}", whole.len()),
    }
    assert_eq!(data.log_bytes(CHAT), whole, "a check changes nothing");
    assert_eq!(kept(data), Vec::<PathBuf>::new());

    let engine = engine(data);
    assert_eq!(count(&engine, CHAT), living_after(events).or(Some(0)));
    assert!(is_accepted(&try_add(&engine, CHAT)));
    engine.close();
    let log = data.log_bytes(CHAT);
    assert!(log.starts_with(valid), "every complete event is kept");
    let new = if events == 0 { 2 } else { events + 1 };
    assert_eq!(lines(&log).len() as u64, new);
    let verdict = verify(data, CHAT);
    assert!(verdict.problem.is_none(), "{verdict:?}");
    assert_eq!(verdict.end.seq.0, new);

    if rest.is_empty() {
        assert_eq!(kept(data), Vec::<PathBuf>::new());
    } else {
        let digest = &sha256(&[rest])[..8];
        let name = format!("events.jsonl.torn-{}-{digest}", valid.len());
        let expected = data.chat(CHAT).join(name);
        assert_eq!(kept(data), std::slice::from_ref(&expected));
        assert!(fs::read(expected).expect("a file") == rest);
    }
}

#[test]
fn a_log_cut_at_any_byte_keeps_every_complete_event_and_sets_the_rest_aside() {
    let (data, log) = small_log();
    for cut in 0..=log.len() {
        let (valid, _) = whole_lines(&log, cut);
        recovers(&data, &log[..valid], &log[valid..cut]);
    }
}

#[test]
fn a_log_whose_end_became_zeros_recovers_like_one_that_was_cut() {
    let (data, log) = small_log();
    for cut in 0..=log.len() {
        let (valid, events) = whole_lines(&log, cut);
        for zeros in [512 - cut % 512, 700] {
            let mut torn = log[valid..cut].to_vec();
            torn.resize(torn.len() + zeros, 0);
            // A whole line and one wrong byte: as likely a changed newline, so it is no remainder of a write.
            let is_changed_newline = zeros == 1 && log.get(cut) == Some(&b'\n') && cut % 512 != 0;
            if is_changed_newline {
                fs::remove_file(data.log(CHAT)).expect("removed");
                let whole = [&log[..valid], &torn].concat();
                refused(&data, &whole, Trouble::Damaged, living_after(events));
            } else {
                recovers(&data, &log[..valid], &torn);
            }
        }
    }
}

#[test]
fn opening_twice_after_a_cut_is_the_same_as_once() {
    let (data, log) = small_log();
    data.delete_snapshots();
    fs::write(data.log(CHAT), &log[..log.len() - 9]).expect("written");
    let opened = || {
        let engine = engine(&data);
        assert_eq!(count(&engine, CHAT), Some(2));
        engine.close();
        files(&data.chat(CHAT))
    };
    let once = opened();
    assert_eq!(opened(), once);
    assert_eq!(kept(&data).len(), 1);
}

#[test]
fn the_program_names_a_torn_tail_and_sets_it_aside_with_a_warning() {
    let data = Data::new();
    data.feed(&[
        in_group(1, CHAT, 1, "/add One"),
        in_group(2, CHAT, 1, "/add Two"),
    ])
    .ok();
    data.delete_snapshots();
    let log = data.log_bytes(CHAT);
    let valid = log.len() - lines(&log)[2].len();
    fs::write(data.log(CHAT), &log[..log.len() - 1]).expect("written");

    let verified = data.run(&["verify"]);
    assert_eq!(verified.code, Some(1));
    assert!(verified.stdout.contains("torn"), "{}", verified.stdout);
    let audited = data.run(&["audit"]);
    assert_eq!(audited.stdout.lines().count(), 2, "{}", audited.stdout);
    assert_eq!(data.log_bytes(CHAT), log[..log.len() - 1]);

    let run = data.feed(&[in_group(2, CHAT, 1, "/add Two")]).ok();
    assert!(run.texts()[0].contains("#2"), "{:?}", run.texts());
    assert!(
        run.stderr.contains("torn-") && run.stderr.contains("events.jsonl"),
        "{}",
        run.stderr
    );
    assert!(data.log_bytes(CHAT).starts_with(&log[..valid]));
    data.run(&["verify"]).ok();
    data.run(&["replay", "--check"]).ok();
}
