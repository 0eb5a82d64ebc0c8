//! Lines duplicated, missing, swapped, too long, of another chat, of another program; and what only a noted head shows.

use std::fs;

use bounty_ledger::engine::Trouble;

use super::{CHAT, assert_named, living_after, refused, small_log};
use crate::library::{add, body, engine, head, lines, problem, request, sealed};
use crate::support::{Data, in_group};

#[test]
fn a_line_that_is_duplicated_missing_or_swapped_is_named() {
    let (data, log) = small_log();
    let whole = lines(&log);
    let count = whole.len();
    for at in 0..count {
        let duplicated = [&whole[..=at], &whole[at..]].concat().concat();
        let line = at as u64 + 1;
        refused(&data, &duplicated, Trouble::Damaged, living_after(line));
        assert_named(&problem(&data, CHAT), &data, line + 1);

        let missing = [&whole[..at], &whole[at + 1..]].concat().concat();
        refused(&data, &missing, Trouble::Damaged, living_after(line - 1));
        assert_named(&problem(&data, CHAT), &data, line);

        for other in at + 1..count {
            let mut swapped = whole.clone();
            swapped.swap(at, other);
            refused(
                &data,
                &swapped.concat(),
                Trouble::Damaged,
                living_after(line - 1),
            );
            assert_named(&problem(&data, CHAT), &data, line);
        }
    }
}

#[test]
fn what_stands_behind_a_damaged_line_is_not_read() {
    let (data, mut damaged) = small_log();
    damaged[0] = b'[';
    fs::write(data.log(CHAT), damaged).expect("written");
    let file = fs::OpenOptions::new()
        .write(true)
        .open(data.log(CHAT))
        .expect("opened");
    // A hole of 1 TiB: more than there is memory.
    file.set_len(1 << 40).expect("grown");
    assert_named(&problem(&data, CHAT), &data, 1);
}

#[test]
fn a_log_of_another_chat_is_refused_and_neither_read_nor_shown() {
    let (data, _) = small_log();
    let engine = engine(&data);
    engine.ask(request(-300, 3, 1, add("Secret of another chat")));
    engine.close();
    data.delete_snapshots();
    refused(&data, &data.log_bytes(-300), Trouble::Damaged, None);
    let problem = problem(&data, CHAT);
    assert_named(&problem, &data, 1);
    assert!(problem.contains("belongs to chat -300"), "{problem}");

    let path = data.path().display().to_string();
    for command in [
        &["verify", "-100"][..],
        &["replay", "-100"],
        &["replay", "-100", "--check"],
        &["show", "-100"],
        &["history", "-100", "1"],
    ] {
        let run = data.run(command);
        let said = run.stdout + &run.stderr;
        assert_eq!(run.code, Some(1), "{command:?}: {said}");
        assert!(said.contains(&path) && said.contains("chat -300"), "{said}");
        assert!(!said.contains("Secret"), "{command:?}: {said}");
    }
}

/// The body of an event that could be the next of [`small_log`].
fn next_body(kind: &str, version: u32, data: &str) -> String {
    format!(
        r#"{{"seq":6,"id":"0190b5a0-0000-7000-8000-000000000000","time":"2031-01-01T00:00:00.000Z","actor":{{"kind":"user","id":1,"name":"U1"}},"cause":{{"kind":"system"}},"type":"{kind}","v":{version},"data":{data}"#
    )
}

/// The small log and one more event whose hash is right.
fn with_next(log: &[u8], body_of_next: &str) -> Vec<u8> {
    let bodies = lines(log).into_iter().map(|line| body(line).to_vec());
    let longer = sealed(bodies.chain([body_of_next.as_bytes().to_vec()]));
    assert!(
        longer.starts_with(log),
        "the seal of this test is the program's"
    );
    longer
}

#[test]
fn an_event_of_a_newer_program_stops_its_stream_by_type_and_version() {
    let (data, log) = small_log();
    let known = with_next(&log, &next_body("Untracked", 1, r#"{"id":2}"#));
    fs::write(data.log(CHAT), &known).expect("written");
    data.run(&["verify"]).ok();
    for (kind, version) in [("BountyPraised", 1), ("Untracked", 2), ("Untracked", 0)] {
        let newer = with_next(&log, &next_body(kind, version, r#"{"id":2}"#));
        refused(&data, &newer, Trouble::Damaged, Some(1));
        let problem = problem(&data, CHAT);
        assert_named(&problem, &data, 6);
        let both = format!("event type {kind} version {version} is unknown");
        assert!(problem.contains(&both), "{problem}");
    }
}

#[test]
fn a_line_with_a_right_hash_and_a_wrong_body_is_named() {
    let (data, log) = small_log();
    let wrong_seq = next_body("UserStarted", 1, "{}").replace("\"seq\":6", "\"seq\":7");
    let wrong = [
        (wrong_seq, "has seq 7"),
        (next_body("Untracked", 1, "{}"), "not readable"),
        (
            next_body("Untracked", 1, r#"{"id":2,"x":1}"#),
            "not readable",
        ),
        ("{\"seq\":6".to_owned(), "not readable"),
        (
            next_body("UserStarted", 1, "{}").replace("\"v\":1", "\"v\":1,\"w\":1"),
            "not readable",
        ),
    ];
    for (body, words) in wrong {
        refused(&data, &with_next(&log, &body), Trouble::Damaged, Some(1));
        let problem = problem(&data, CHAT);
        assert_named(&problem, &data, 6);
        assert!(problem.contains(words), "{problem}");
    }
}

#[test]
fn a_line_over_a_mebibyte_is_named_and_the_longest_allowed_one_is_read() {
    let (data, log) = small_log();
    let line = |len: usize| {
        let empty = next_body("BountyEdited", 1, r#"{"id":2,"text":""}"#);
        let text = "x".repeat(len - empty.len() - 76);
        let data = format!(r#"{{"id":2,"text":"{text}"}}"#);
        with_next(&log, &next_body("BountyEdited", 1, &data))
    };
    const LIMIT: usize = 1 << 20;
    fs::write(data.log(CHAT), line(LIMIT)).expect("written");
    data.run(&["verify"]).ok();
    refused(&data, &line(LIMIT + 1), Trouble::Damaged, Some(1));
    let problem = problem(&data, CHAT);
    assert_named(&problem, &data, 6);
    assert!(problem.contains("longer than 1 MiB"), "{problem}");
}

#[test]
fn a_head_noted_elsewhere_exposes_a_cut_and_a_rewrite() {
    let data = Data::new();
    data.feed(&[
        in_group(1, CHAT, 1, "/add One"),
        in_group(2, CHAT, 1, "/add Two"),
    ])
    .ok();
    let log = data.log_bytes(CHAT);
    let printed = data.run(&["verify", "-100"]).ok().stdout;
    assert_eq!(printed, format!("-100\tseq 3\t{}\tok\n", head(&log)));
    let noted = format!("3:{}", head(&log));
    let expect = |noted: &str| data.run(&["verify", "-100", "--expect", noted]);
    expect(&noted).ok();
    let whole = lines(&log);
    expect(&format!("2:{}", head(whole[1]))).ok();

    data.delete_snapshots();
    fs::write(data.log(CHAT), whole[..2].concat()).expect("written");
    data.run(&["verify"]).ok();
    let run = expect(&noted);
    assert_eq!(run.code, Some(1));
    assert!(run.stdout.contains("expected seq 3"), "{}", run.stdout);

    let rewritten = whole.iter().map(|line| {
        let body = String::from_utf8(body(line).to_vec()).expect("UTF-8");
        body.replace("One", "Won")
    });
    fs::write(data.log(CHAT), sealed(rewritten)).expect("written");
    data.run(&["verify"]).ok();
    let run = expect(&noted);
    assert_eq!(run.code, Some(1));
    assert!(run.stdout.contains("rewritten"), "{}", run.stdout);

    let usage = data.run(&["verify", "--expect", &noted]);
    assert_eq!(usage.code, Some(2), "{}", usage.stderr);
}
