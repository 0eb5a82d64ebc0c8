//! `bounty show` and `bounty history`: a board as it is, as it was, and one bounty's whole life.

use serde_json::{Value, json};

use super::{DM, GROUP, two_boards};
use crate::library::head;
use crate::support::{Data, in_group};

#[test]
fn a_board_is_shown_as_it_was_after_each_event() {
    let data = two_boards();
    let lines = data.log_bytes(GROUP);
    let mut shown = Vec::new();
    for seq in 1..=7_usize {
        let run = data.run(&["show", "-100", "--at", &seq.to_string()]).ok();
        let known: usize = crate::library::lines(&lines)[..seq]
            .iter()
            .map(|line| line.len())
            .sum();
        let first = format!("chat -100, seq {seq}, head {},", head(&lines[..known]));
        assert!(run.stdout.starts_with(&first), "{}", run.stdout);
        shown.push(run.stdout);
    }
    assert!(shown[0].contains(" 0 bounties, next id 1"));
    assert!(
        shown[1]
            .contains("#1 Fix login bug\n    link https://e.com/1\n    due 2031-01-31 23:59 UTC")
    );
    assert!(shown[2].contains(" 2 bounties, next id 3"));
    assert!(shown[3].contains("User 2 (2) tracks #1"));
    assert!(shown[5].contains("#1 Fix the bug") && shown[5].contains("#2 Buy tea"));
    assert!(shown[6].contains(" 1 bounty, next id 3") && !shown[6].contains("tea"));
    assert_eq!(data.run(&["show", "-100"]).ok().stdout, shown[6]);
    let after = data.run(&["show", "-100", "--at", "99"]);
    assert_eq!((after.code, &after.stdout), (Some(1), &shown[6]));
    let told = "chat -100 has no event 99 yet, it ends at seq 7";
    assert!(after.stderr.contains(told), "{}", after.stderr);
    let before = data.run(&["show", "-100", "--at", "0"]).ok();
    assert!(before.stdout.contains("no events yet"), "{}", before.stdout);
}

#[test]
fn a_board_is_shown_as_it_was_at_a_time() {
    let data = Data::new();
    data.feed(&[in_group(1, GROUP, 1, "/add One")]).ok();
    let between = data.events(GROUP)[1]["time"]
        .as_str()
        .expect("a time")
        .to_owned();
    // Events have their time in milliseconds: the next one is written in a later one.
    while data.events(GROUP).last().expect("an event")["time"] == between {
        let n = data.events(GROUP).len() as i64;
        data.feed(&[in_group(n + 1, GROUP, 1, "/add Two")]).ok();
    }
    let at = |time: &str| data.run(&["show", "-100", "--at", time]).ok().stdout;
    let then = at(&between);
    assert!(
        then.contains("#1 One") && !at("2001-01-01").contains("#1"),
        "{then}"
    );
    assert!(then.starts_with("chat -100, seq 2,"), "{then}");
    assert_eq!(at("9999-12-31"), data.run(&["show", "-100"]).ok().stdout);
    let wrong = data.run(&["show", "-100", "--at", "yesterday"]);
    assert_eq!(wrong.code, Some(2));
    assert!(wrong.stderr.contains("2026-11-22"), "{}", wrong.stderr);
}

#[test]
fn json_of_a_board_is_its_snapshot() {
    let data = two_boards();
    let show = |chat: &str| data.run(&["show", chat, "--format", "json"]).ok().stdout;
    assert_eq!(
        show("-100").as_bytes(),
        data.snapshots()[std::path::Path::new("-100/group.json")]
    );
    assert_eq!(
        show("5").as_bytes(),
        data.snapshots()[std::path::Path::new("5/user.json")]
    );
}

#[test]
fn a_group_that_moved_is_found_under_each_of_its_ids() {
    let data = two_boards();
    let moves = |update: i64, from: i64, to: i64| {
        let chat = json!({"id": from, "type": "group", "title": "G"});
        json!({"update_id": update, "message": {"message_id": update, "date": crate::support::DATE,
            "chat": chat, "migrate_to_chat_id": to}})
    };
    data.feed(&[
        moves(21, GROUP, -1_000_200),
        moves(22, -1_000_200, -1_000_300),
    ])
    .ok();
    assert!(!data.chat(GROUP).exists() && !data.chat(-1_000_200).exists());
    let shown = data.run(&["show", "-1000300"]).ok().stdout;
    assert!(shown.starts_with("chat -1000300, seq 9,"), "{shown}");
    for id in ["-100", "-1000200"] {
        assert_eq!(data.run(&["show", id]).ok().stdout, shown);
        let past = data.run(&["show", id, "--at", "3"]).ok().stdout;
        assert!(past.contains("#2 Buy tea"), "{past}");
        let history = data.run(&["history", id, "2"]).ok().stdout;
        assert!(history.contains("BountyDeleted"), "{history}");
        let verified = data.run(&["verify", id]).ok().stdout;
        assert!(verified.starts_with("-1000300\tseq 9"), "{verified}");
        let audited = data.run(&["audit", "--chat", id]).ok().stdout;
        assert_eq!(audited.lines().count(), 9, "{audited}");
    }
    data.run(&["replay", "--check"]).ok();
}

#[test]
fn the_history_of_a_deleted_bounty_tells_its_whole_life() {
    let data = two_boards();
    let history = data.run(&["history", "-100", "2"]).ok().stdout;
    let whole = data.log_bytes(GROUP);
    assert!(
        history.contains("seq 3      BountyAdded  User 2 (user 2)\n    text \"Buy tea\""),
        "{history}"
    );
    assert!(
        history.contains("seq 7      BountyDeleted  User 2 (user 2)"),
        "{history}"
    );
    let end = format!("chat -100 is at seq 7, head {}\n", head(&whole));
    assert!(history.ends_with(&end), "{history}");

    let run = data.run(&["history", "-100", "1", "--format", "json"]).ok();
    let json: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let changes: Vec<&Value> = json.as_array().expect("a list").iter().collect();
    assert_eq!(
        (&changes[0]["chat"], &changes[0]["bounty"]),
        (&json!(-100), &json!(1))
    );
    let types: Vec<&Value> = changes.iter().map(|change| &change["type"]).collect();
    assert_eq!(types, ["BountyAdded", "Tracked", "BountyEdited"]);
    assert_eq!(
        changes[2]["changes"],
        json!({"text": {"old": "Fix login bug", "new": "Fix the bug"},
               "due_date_ts": {"old": 1_927_670_340, "new": null}})
    );

    let never = data.run(&["history", "-100", "3"]);
    assert_eq!(never.code, Some(1));
    assert!(
        never.stderr.contains("never had a bounty 3"),
        "{}",
        never.stderr
    );
    data.run(&["history", &DM.to_string(), "1"]).ok();
}

#[test]
fn what_stands_in_a_log_that_was_cut_is_told_and_then_that_it_was_cut() {
    let data = two_boards();
    let log = data.log_bytes(GROUP);
    std::fs::write(data.log(GROUP), crate::library::lines(&log)[..4].concat()).expect("written");
    for args in [
        &["audit", "--format", "json"][..],
        &["audit", "--summary", "chat", "--format", "json"],
        &["show", "-100"],
        &["history", "-100", "1"],
    ] {
        let run = data.run(args);
        assert_eq!(run.code, Some(1), "{args:?}: {}", run.stdout);
        assert!(run.stdout.contains("-100"), "{args:?}: {}", run.stdout);
        let words = "the log ends before it, though";
        assert!(run.stderr.contains(words), "{args:?}: {}", run.stderr);
    }
    for (at, code) in [
        ("3", Some(0)),
        ("6", Some(1)),
        ("2001-01-01", Some(0)),
        ("9999-12-31", Some(1)),
    ] {
        let run = data.run(&["show", "-100", "--at", at]);
        assert_eq!(run.code, code, "{at}: {}", run.stdout);
    }
}

#[test]
fn a_log_that_is_gone_is_told_as_lost_and_not_as_one_that_never_was() {
    let data = two_boards();
    std::fs::remove_file(data.log(GROUP)).expect("removed");
    for args in [
        &["audit"][..],
        &["audit", "--chat", "-100"],
        &["audit", "--summary", "chat"],
        &["show", "-100"],
        &["history", "-100", "1"],
    ] {
        let run = data.run(args);
        assert_eq!(run.code, Some(1), "{args:?}: {}", run.stdout);
        let words = "the log is missing, though";
        assert!(run.stderr.contains(words), "{args:?}: {}", run.stderr);
        assert!(
            !run.stderr.contains("check the id"),
            "{args:?}: {}",
            run.stderr
        );
    }
}
