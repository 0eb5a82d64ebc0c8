//! `bounty audit`: who changed what, filtered, as a table, JSON and CSV, with nothing in it that a terminal or a spreadsheet
//! would obey.

use serde_json::{Value, json};

use super::{DM, GROUP, two_boards};
use crate::library::{body, lines, sealed};
use crate::support::{Data, Run, in_group};

/// The events that a filter leaves, as "chat seq".
fn found(data: &Data, filter: &[&str]) -> Vec<(i64, u64)> {
    let run = data
        .run(&[&["audit", "--format", "json"], filter].concat())
        .ok();
    let place = |event: &Value| {
        let chat = event["chat"].as_i64().expect("a chat");
        (chat, event["seq"].as_u64().expect("a seq"))
    };
    let found = run.lines_json().iter().map(place).collect();
    let table = data.run(&[&["audit"], filter].concat()).ok();
    let csv = data
        .run(&[&["audit", "--format", "csv"], filter].concat())
        .ok();
    assert_eq!(table.stdout.lines().count(), run.stdout.lines().count());
    assert_eq!(csv.stdout.lines().count(), run.stdout.lines().count() + 1);
    found
}

fn seqs(chat: i64, seqs: &[u64]) -> Vec<(i64, u64)> {
    seqs.iter().map(|seq| (chat, *seq)).collect()
}

#[test]
fn filters_leave_what_was_asked_for() {
    let data = two_boards();
    let group = seqs(GROUP, &[1, 2, 3, 4, 5, 6, 7]);
    let dm = seqs(DM, &[1, 2]);
    assert_eq!(found(&data, &[]), [group.clone(), dm.clone()].concat());
    assert_eq!(found(&data, &["--chat", "-100"]), group);
    assert_eq!(found(&data, &["--chat", "5", "--chat", "-100"]).len(), 9);
    assert_eq!(found(&data, &["--bounty", "2"]), seqs(GROUP, &[3, 7]));
    assert_eq!(found(&data, &["--user", "2"]), seqs(GROUP, &[3, 4, 7]));
    assert_eq!(found(&data, &["--type", "bountyedited"]), seqs(GROUP, &[6]));
    let all = [
        "--chat=-100",
        "--user=2",
        "--bounty=2",
        "--type=BountyDeleted",
    ];
    assert_eq!(found(&data, &all), seqs(GROUP, &[7]));
    assert_eq!(found(&data, &["--bounty", "9"]), []);
}

/// A board whose events were recorded at noon of 21, 22 and 23 November 2026, to the millisecond.
fn three_days() -> Data {
    let data = Data::new();
    data.feed(&[
        in_group(1, GROUP, 1, "/add One"),
        in_group(2, GROUP, 1, "/add Two"),
    ])
    .ok();
    let log = data.log_bytes(GROUP);
    let dated = lines(&log).into_iter().zip(21..).map(|(line, day)| {
        let mut event: Value = serde_json::from_slice(line).expect("JSON");
        let then = event["time"].take();
        let text = String::from_utf8(body(line).to_vec()).expect("UTF-8");
        text.replace(
            then.as_str().expect("a time"),
            &format!("2026-11-{day}T12:00:00.250Z"),
        )
    });
    std::fs::write(data.log(GROUP), sealed(dated)).expect("written");
    data.delete_snapshots();
    data
}

#[test]
fn since_and_until_are_inclusive() {
    let data = three_days();
    let all = seqs(GROUP, &[1, 2, 3]);
    for (filter, expected) in [
        (["--since", "2026-11-22T12:00:00.250Z"], &all[1..]),
        (["--since", "2026-11-22T12:00:00.251Z"], &all[2..]),
        (["--until", "2026-11-22T12:00:00.250Z"], &all[..2]),
        (["--until", "2026-11-22T12:00:00.249Z"], &all[..1]),
        (["--until", "2026-11-22T12:00:00Z"], &all[..2]),
        (["--since", "2026-11-22T13:00:00+01:00"], &all[1..]),
        (["--since", "2026-11-22"], &all[1..]),
        (["--until", "2026-11-22"], &all[..2]),
    ] {
        assert_eq!(found(&data, &filter), expected, "{filter:?}");
    }
    let day = ["--since", "2026-11-22", "--until", "2026-11-22"];
    assert_eq!(found(&data, &day), seqs(GROUP, &[2]));
    let at = |time: &str| data.run(&["show", "-100", "--at", time]).ok().stdout;
    assert!(at("2026-11-22").starts_with("chat -100, seq 2,"));
    assert!(at("2026-11-22T12:00:00.249Z").starts_with("chat -100, seq 1,"));
    let wrong = data.run(&["audit", "--since", "last week"]);
    assert_eq!(wrong.code, Some(2));
}

#[test]
fn json_is_the_logs_event_and_its_chat() {
    let data = two_boards();
    let run = data
        .run(&["audit", "--format", "json", "--chat", "-100"])
        .ok();
    let expected = data.events(GROUP).into_iter().map(|mut event| {
        event["chat"] = json!(GROUP);
        event
    });
    assert_eq!(run.lines_json(), expected.collect::<Vec<_>>());
}

const HOSTILE: &str = "=HYPERLINK(\"x\") \u{202e}gnp.exe\u{202c} \u{1b}[31mred\u{7} \u{200f}\u{2066}\u{feff}\u{2028}end";

fn no_hidden_characters(run: &Run) {
    for text in [&run.stdout, &run.stderr] {
        let hidden = text.chars().find(|character| {
            (character.is_control() && *character != '\n' && *character != '\t')
                || matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
                    | '\u{2028}' | '\u{2029}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
        });
        assert_eq!(hidden, None, "{text:?}");
    }
}

#[test]
fn hostile_text_is_escaped_in_every_output() {
    let data = Data::new();
    let mut update = in_group(1, GROUP, 1, &format!("/add {HOSTILE}"));
    update["message"]["from"]["first_name"] = json!("=cmd|' /C calc'!A0\u{202e}\u{1b}]0;x\u{7}");
    update["message"]["chat"]["title"] = json!("\u{202e}title\u{1b}[2J");
    data.feed(&[update, in_group(2, GROUP, 1, "/edit 1 due:2031-01-01")])
        .ok();
    let outputs = [
        &["audit"][..],
        &["audit", "--format", "json"],
        &["audit", "--format", "csv"],
        &["history", "-100", "1"],
        &["history", "-100", "1", "--format", "json"],
        &["show", "-100"],
        &["show", "-100", "--format", "json"],
        &["verify"],
        &["replay"],
    ];
    for command in outputs {
        no_hidden_characters(&data.run(command).ok());
    }
    for typed in ["/bounty", "/history 1", "/my"] {
        no_hidden_characters(&data.shell(&["--chat", "-100", "--user", "1"], typed).ok());
    }
    // Escaped, not changed: a program reads the same value.
    let json = data.run(&["audit", "--format", "json"]).ok().lines_json();
    let text = &json[1]["data"]["text"];
    assert_eq!(*text, data.events(GROUP)[1]["data"]["text"]);
    assert!(text.as_str().expect("a text").contains('\u{202e}'));
}

#[test]
fn no_cell_of_a_csv_is_a_formula() {
    let data = Data::new();
    let formulas = ["=1+1", "+1", "-1+2", "@SUM(A1)", "%0A", "|x", "\"=1\",=2"];
    let updates: Vec<Value> = (1..)
        .zip(formulas)
        .map(|(n, formula)| {
            let mut update = in_group(n, GROUP, 1, &format!("/add {formula}"));
            update["message"]["from"]["first_name"] = json!(format!("{formula} name"));
            update
        })
        .collect();
    data.feed(&updates).ok();
    let csv = data.run(&["audit", "--format", "csv"]).ok().stdout;
    let mut rows = csv::Reader::from_reader(csv.as_bytes());
    let rows: Vec<csv::StringRecord> = rows.records().map(|row| row.expect("a row")).collect();
    assert_eq!(rows.len(), formulas.len() + 1);
    for (row, formula) in rows[1..].iter().zip(formulas) {
        for column in [5, 9] {
            let cell = &row[column];
            assert!(cell.contains(formula), "{cell}");
            let first = cell.trim_start().chars().next();
            assert!(
                !matches!(first, Some('=' | '+' | '-' | '@' | '%' | '|')),
                "{cell}"
            );
        }
    }
}

#[test]
fn a_damaged_chat_is_named_and_the_others_are_still_audited() {
    let data = two_boards();
    let mut log = data.log_bytes(GROUP);
    let end = log.len() - 10;
    log[end] ^= 1;
    std::fs::write(data.log(GROUP), log).expect("written");
    let run = data.run(&["audit", "--format", "json"]);
    assert_eq!(run.code, Some(1));
    assert_eq!(
        run.stdout.lines().count(),
        8,
        "all but the last of the group"
    );
    assert!(
        run.stderr.contains("damaged at line 7 (seq 7)"),
        "{}",
        run.stderr
    );
    let shown = data.run(&["show", "-100"]);
    assert_eq!(shown.code, Some(1));
    assert!(
        shown.stdout.starts_with("chat -100, seq 6,"),
        "{}",
        shown.stdout
    );
    data.run(&["show", "-100", "--at", "6"]).ok();
}

#[test]
fn no_event_of_another_chat_is_told_as_the_one_of_the_directory_it_lies_in() {
    let data = two_boards();
    std::fs::copy(data.log(DM), data.log(GROUP)).expect("copied");
    for args in [
        &["audit", "--format", "json"][..],
        &["audit", "--format", "json", "--summary", "chat"],
    ] {
        let run = data.run(args);
        assert_eq!(run.code, Some(1), "{args:?}");
        assert!(!run.stdout.contains("-100"), "{args:?}: {}", run.stdout);
        assert!(run.stdout.contains("\"chat\": 5") || run.stdout.contains("\"chat\":5"));
        let words = "the log belongs to chat 5, not to this directory";
        assert!(run.stderr.contains(words), "{args:?}: {}", run.stderr);
    }
}

#[test]
fn a_group_that_moved_is_told_whole_though_the_note_of_its_old_id_is_lost() {
    let data = two_boards();
    let texts = ["/add Three", "/edit 3 Trois"];
    let moved = json!({"update_id": 20, "message": {
        "message_id": 20, "date": crate::support::DATE, "migrate_to_chat_id": -1005,
        "chat": {"id": GROUP, "type": "group", "title": "Group"},
        "from": {"id": 1, "is_bot": false, "first_name": "User 1"},
    }});
    data.feed(&[moved]).ok();
    for (n, text) in (21..).zip(texts) {
        data.feed(&[in_group(n, -1005, 1, text)]).ok();
    }
    let whole = found(&data, &["--chat", "-1005"]);
    assert_eq!(whole.len(), 10);
    std::fs::remove_file(data.path().join("moved/-100")).expect("removed");
    assert_eq!(found(&data, &["--chat", "-1005"]), whole);
}
