//! Files of an old version of the program stay readable for ever. They are never regenerated: see tests/golden/README.md.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::library::{files, head, lines};
use crate::support::{Data, copy_tree, in_dm, in_group, plain};

const GROUP: i64 = -1_000_000_000_555;
/// The group's id before it became a supergroup.
const OLD_GROUP: i64 = -555;
const DM: i64 = 123;
const GROUP_HEAD: &str = "6dabf549f9292a1b10f8eae1fd1f2e49922d3e7a8047bee75df36b1be9a44ed8";
const DM_HEAD: &str = "afc67e067dbfd642d1fbcae1134b0b7a09a9e51920b73b54314864ba7de9ce7c";

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// A copy of the golden files of version 1.
fn version_1() -> Data {
    let data = Data::new();
    copy_tree(&golden().join("v1"), &data.path());
    data
}

/// The files below a directory by their names there.
fn named(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let name = |path: PathBuf| path.strip_prefix(dir).expect("below").to_owned();
    files(dir)
        .into_iter()
        .map(|(path, content)| (name(path), content))
        .collect()
}

#[test]
fn golden_logs_have_the_heads_that_were_noted_when_they_were_made() {
    let data = version_1();
    let run = data.run(&["verify"]).ok();
    let expected = format!("{GROUP}\tseq 17\t{GROUP_HEAD}\tok\n{DM}\tseq 6\t{DM_HEAD}\tok\n");
    assert_eq!(run.stdout, expected);
    let noted = format!("17:{GROUP_HEAD}");
    data.run(&["verify", "-555", "--expect", &noted]).ok();
}

#[test]
fn golden_logs_have_every_type_of_event() {
    let data = version_1();
    let all = [data.events(GROUP), data.events(DM)].concat();
    for kind in [
        "BoardOpened",
        "UserStarted",
        "BountyAdded",
        "BountyEdited",
        "BountyDeleted",
        "Tracked",
        "Untracked",
        "ChatMigrated",
    ] {
        assert!(all.iter().any(|event| event["type"] == kind), "{kind}");
    }
    assert!(all.iter().any(|event| event["data"]["link"].is_null()));
    let content = named(&golden().join("v1")).into_values();
    assert!(
        content.flatten().all(|byte| byte != b'\r'),
        "line feeds only"
    );
}

#[test]
fn golden_snapshots_are_what_the_logs_give_byte_for_byte() {
    let data = version_1();
    data.run(&["replay", "--check"]).ok();
    let committed = data.snapshots();
    assert_eq!(committed.len(), 4);

    let out = data.path().with_file_name("out");
    let out_name = out.display().to_string();
    data.run(&["replay", "--out", &out_name]).ok();
    assert_eq!(named(&out), committed);

    data.delete_snapshots();
    data.run(&["replay"]).ok();
    assert_eq!(data.snapshots(), committed);
    assert_eq!(named(&data.path()), named(&golden().join("v1")));
}

#[test]
fn golden_boards_are_shown_under_their_old_and_new_ids() {
    let data = version_1();
    let shown = data.run(&["show", "-1000000000555"]).ok().stdout;
    let expected = format!(
        "chat {GROUP}, seq 17, head {GROUP_HEAD}, 3 bounties, next id 5\n\
         #1 Fix login, says the operator\n    by Ada Lovelace (456), 2024-12-31 00:02 UTC\n\
         #3 By the group itself\n    by Golden <group> ёж ({GROUP}), 2024-12-31 00:13 UTC\n\
         #4 After the move\n    due 2033-03-03 22:59 UTC\n    by Ada Lovelace (456), 2024-12-31 00:15 UTC\n\
         Ada Lovelace (456) tracks #1\n\
         Zoë \\u{{202e}} (789) tracks nothing\n"
    );
    assert_eq!(shown, expected);
    assert_eq!(data.run(&["show", "-555"]).ok().stdout, expected);
    let before = data.run(&["show", "-555", "--at", "12"]).ok().stdout;
    assert!(before.contains("#2 Купить чай"), "{before}");
    let dm = data.run(&["show", "123"]).ok().stdout;
    assert!(dm.contains("1 bounty, next id 3\n#1 Own 🦊\n"), "{dm}");

    let history = data.run(&["history", "-555", "2"]).ok().stdout;
    for words in [
        "BountyAdded",
        "link - -> https://e.com/tea?a=1&b=2",
        "BountyDeleted",
    ] {
        assert!(history.contains(words), "{words}: {history}");
    }
    let audit = data.run(&["audit", "--format", "json"]).ok();
    assert_eq!(audit.lines_json().len(), 23);
}

#[test]
fn golden_logs_go_on_with_a_further_command() {
    let data = version_1();
    let logs = [data.log_bytes(GROUP), data.log_bytes(DM)];
    let late = data.feed(&[in_group(101, OLD_GROUP, 789, "/track 4")]).ok();
    let run = data
        .feed(&[
            in_group(102, GROUP, 456, "/edit 1 Goes on"),
            in_dm(103, DM, "/add Third"),
        ])
        .ok();
    let told: Vec<_> = late
        .calls()
        .iter()
        .chain(&run.calls())
        .map(|call| {
            (
                call["chat_id"].as_i64(),
                plain(call["text"].as_str().expect("a text")),
            )
        })
        .collect();
    assert!(told[0].1.starts_with("You now track #4"), "{told:?}");
    assert!(told[1].1.starts_with("Edited #1"), "{told:?}");
    assert!(told[2].1.starts_with("Added #3"), "{told:?}");
    assert_eq!(
        told.iter().map(|(chat, _)| *chat).collect::<Vec<_>>(),
        [Some(GROUP), Some(GROUP), Some(DM)]
    );
    for (chat, old, new) in [(GROUP, &logs[0], 2), (DM, &logs[1], 1)] {
        let log = data.log_bytes(chat);
        assert!(log.starts_with(old), "a log is only appended to");
        assert_eq!(lines(&log).len(), lines(old).len() + new);
        assert_ne!(head(&log), head(old));
    }
    assert_eq!(
        data.json(GROUP, "789.json"),
        json!({"user_id": 789, "tracked": [4], "seq": 18})
    );
    data.run(&["verify"]).ok();
    data.run(&["replay", "--check"]).ok();
    assert!(!data.chat(OLD_GROUP).exists());
}

#[test]
fn golden_logs_know_the_updates_that_they_were_made_from() {
    let data = version_1();
    let updates = fs::read(golden().join("updates.jsonl")).expect("the updates");
    let feed = ["feed", "--bot-id", "7001", "--tz", "Europe/Berlin"];
    let run = data.run_with(&feed, &updates).ok();
    assert_eq!(
        run.calls().len(),
        19,
        "all but the migration are answered again"
    );
    assert_eq!(named(&data.path()), named(&golden().join("v1")));
}

#[test]
fn golden_settings_are_read_replayed_and_followed() {
    let (data, kept) = (Data::new(), golden().join("settings-v1"));
    copy_tree(&kept, &data.path());
    let chat = -1_000_000_000_777;
    let head = "67b1c025590e69afd141f4321a6d2e0fcfcbe9db3d3d1c2861946e18376ce0fd";
    let noted = format!("6:{head}");
    data.run(&["verify", &chat.to_string(), "--expect", &noted])
        .ok();
    data.run(&["replay", "--check"]).ok();
    data.delete_snapshots();
    data.run(&["replay"]).ok();
    assert_eq!(named(&data.path()), named(&kept));

    let updates = fs::read(golden().join("settings-updates.jsonl")).expect("the updates");
    let again = data.run_with(&["feed", "--bot-id", "7001"], &updates).ok();
    assert_eq!(again.calls().len(), 6, "all are answered again");
    assert_eq!(named(&data.path()), named(&kept));
    let listed = data
        .feed(&[in_group(101, chat, 789, "/bounty")])
        .ok()
        .texts();
    assert!(listed[0].starts_with("2 задачи"), "{listed:?}");
    assert!(listed[0].contains("время: UTC+3"), "{listed:?}");
    let shown = data.run(&["show", &chat.to_string()]).ok().stdout;
    assert!(
        shown.contains("\nlanguage ru, time zone Etc/GMT-3\n"),
        "{shown}"
    );
}
