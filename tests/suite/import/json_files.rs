//! The bounty bot's JSON files.

use serde_json::{Value, json};

use super::{DM, GROUP, Old, assert_whole, assert_written, bounty};
use crate::library::files;
use crate::support::{DATE, in_group};

#[test]
fn every_row_becomes_an_event_with_its_own_time_and_creator() {
    let old = Old::new();
    let source = files(&old.dir());
    let run = old.import(&[]).ok();
    assert!(run.stdout.contains("7 rows, 7 the same."), "{}", run.stdout);
    let events = old.data.events(GROUP);
    let types: Vec<&str> = events
        .iter()
        .filter_map(|event| event["type"].as_str())
        .collect();
    let expected = [
        "BoardOpened",
        "BountyAdded",
        "BountyAdded",
        "BountyAdded",
        "UserStarted",
        "Tracked",
        "Tracked",
        "IdsReserved",
    ];
    let mut sorted = types.clone();
    sorted[4..7].sort_unstable_by(|one, other| other.cmp(one));
    assert_eq!(sorted, expected, "{types:?}");
    let first = &events[1];
    assert_eq!(first["time"], "2024-12-31T00:00:01.000Z");
    assert_eq!(
        first["actor"],
        json!({"kind": "user", "id": 456, "name": ""})
    );
    let cause = json!({"kind": "import", "source": "old", "file": "-100123/group.json", "key": "bounties -100123/1"});
    assert_eq!(first["cause"], cause);
    assert_eq!(events[3]["actor"]["kind"], "chat");
    assert_whole(&old.data, || old.import(&[]));
    assert!(files(&old.dir()) == source, "the source was changed");
}

#[test]
fn the_snapshots_say_what_the_source_said() {
    let old = Old::new();
    let source = |name: &str| -> Value {
        let content = std::fs::read(old.dir().join(name)).expect("a file");
        serde_json::from_slice(&content).expect("JSON")
    };
    old.import(&[]).ok();
    let group = old.data.json(GROUP, "group.json");
    assert_eq!(group["bounties"], source("-100123/group.json")["bounties"]);
    assert_eq!(group["next_id"], 9);
    assert_eq!(old.data.json(GROUP, "456.json")["tracked"], json!([1, 7]));
    assert_eq!(old.data.json(GROUP, "457.json")["tracked"], json!([]));
    let own = old.data.json(DM, "user.json");
    assert_eq!(own["bounties"], source("123/user.json")["bounties"]);
    assert_eq!(own["next_id"], 2);
}

#[test]
fn the_next_bounty_gets_the_id_that_the_old_bot_would_have_given() {
    let old = Old::new();
    old.import(&[]).ok();
    let run = old.data.feed(&[in_group(1, GROUP, 456, "/add New")]).ok();
    assert!(run.texts()[0].contains("Added #9"), "{:?}", run.texts());
    let gone = old.data.feed(&[
        in_group(2, GROUP, 456, "/delete 8"),
        in_group(3, GROUP, 456, "/delete 5"),
    ]);
    assert!(
        gone.texts().iter().all(|text| !text.contains("deleted")),
        "{:?}",
        gone.texts()
    );
}

#[test]
fn other_spellings_and_numbers_with_a_fraction_are_understood() {
    let old = Old::empty();
    let mut odd = bounty(2, 456, "Odd");
    odd["id"] = json!(2.0);
    odd["created_at"] = json!(1_735_603_202.75);
    odd["link"] = json!("");
    odd["group_id"] = json!(GROUP);
    old.put("-100123/group.json", &json!({"bounties": [odd]}));
    old.put(
        "-100123/456.json",
        &json!({"user_id": 456, "tracked_bounties": [2]}),
    );
    old.import(&[]).ok();
    let board = old.data.json(GROUP, "group.json");
    assert_eq!(board["bounties"][0]["created_at"], DATE + 2);
    assert_eq!(board["bounties"][0]["link"], Value::Null);
    assert_eq!(board["next_id"], 3);
    assert_eq!(old.data.json(GROUP, "456.json")["tracked"], json!([2]));
}

#[test]
fn an_empty_board_is_a_board() {
    let old = Old::empty();
    old.put(
        "-100123/group.json",
        &json!({"group_id": GROUP, "bounties": []}),
    );
    old.put("123/user.json", &json!({"user_id": DM, "bounties": []}));
    old.import(&[]).ok();
    assert_eq!(old.data.events(GROUP).len(), 1);
    assert_eq!(old.data.json(DM, "user.json")["bounties"], json!([]));
    assert_whole(&old.data, || old.import(&[]));
}

#[test]
fn a_source_that_has_grown_adds_only_what_is_new() {
    let old = Old::new();
    old.import(&[]).ok();
    let before = old.data.log_bytes(GROUP);
    let group = json!({"group_id": GROUP, "next_id": 11, "bounties": [
        bounty(1, 456, "Fix login bug"), bounty(3, 457, "Купить чай"), bounty(7, GROUP, "By the group"),
        bounty(10, 456, "Later")]});
    old.put("-100123/group.json", &group);
    old.put(
        "-100123/457.json",
        &json!({"user_id": 457, "tracked": [10]}),
    );
    let run = old.import(&[]).ok();
    assert_written(&run, 2);
    assert!(old.data.log_bytes(GROUP).starts_with(&before));
    assert_eq!(old.data.json(GROUP, "group.json")["bounties"][3]["id"], 10);
    assert_eq!(old.data.json(GROUP, "457.json")["tracked"], json!([10]));
}

#[test]
fn a_row_that_was_changed_after_its_import_is_named() {
    let old = Old::new();
    old.import(&[]).ok();
    let mut changed = bounty(1, 0, "Changed");
    changed
        .as_object_mut()
        .expect("an object")
        .remove("created_by_user_id");
    old.put(
        "123/user.json",
        &json!({"user_id": DM, "bounties": [changed]}),
    );
    let run = old.import(&[]);
    assert_eq!(run.code, Some(1));
    assert!(
        run.stdout.contains("differs  bounties 123/1"),
        "{}",
        run.stdout
    );
    assert_eq!(
        old.data.json(DM, "user.json")["bounties"][0]["text"],
        "My own"
    );
}

#[test]
fn a_dry_run_says_what_would_be_done_and_makes_nothing() {
    let old = Old::new();
    let run = old.import(&["--dry-run"]).ok();
    assert!(
        run.stdout.contains("To be written: 10 events."),
        "{}",
        run.stdout
    );
    assert!(!old.data.path().exists());
    let report = old.report(&["--dry-run"]);
    assert_eq!(report["written"], false);
    assert_eq!(report["chats"][0]["events"], 8);
}

#[test]
fn hostile_texts_are_carried_as_they_are() {
    let old = Old::empty();
    let texts = [
        "\u{0}\u{1b}[31m",
        "\u{202e}gnp.exe",
        "<b>&amp;</b>",
        "\"},\"seq\":1",
        "=1+1",
        "'; DROP TABLE bounties;--",
        "\u{10ffff}\u{feff}",
        "a\r\nb\u{2028}c",
        "",
    ];
    let bounties: Vec<Value> = (1..)
        .zip(texts)
        .map(|(id, text)| bounty(id, 456, text))
        .collect();
    old.put(
        "-100123/group.json",
        &json!({"group_id": GROUP, "bounties": bounties}),
    );
    let run = old.import(&[]).ok();
    assert!(
        run.stdout
            .contains("carried  bounties -100123/9: its text is empty"),
        "{}",
        run.stdout
    );
    let board = old.data.json(GROUP, "group.json");
    let carried: Vec<&str> = board["bounties"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|bounty| bounty["text"].as_str())
        .collect();
    assert_eq!(carried, texts);
    assert_whole(&old.data, || old.import(&[]));
}

#[test]
fn what_today_is_refused_is_carried_and_named() {
    let old = Old::empty();
    let mut late = bounty(1, 456, &"long ".repeat(300));
    late["due_date_ts"] = json!(1_000);
    late["link"] = json!("javascript:alert(1)");
    old.put(
        "-100123/group.json",
        &json!({"group_id": GROUP, "bounties": [late.clone()]}),
    );
    let run = old.import(&[]).ok();
    for words in [
        "longer than 1000 characters",
        "its due date is past",
        "no http or https address",
    ] {
        assert!(run.stdout.contains(words), "{words}: {}", run.stdout);
    }
    assert_eq!(old.data.json(GROUP, "group.json")["bounties"][0], late);
    let list = old.data.feed(&[in_group(1, GROUP, 456, "/bounty")]).ok();
    assert!(!list.stdout.contains("href"), "{}", list.stdout);
}

#[test]
fn a_hundred_thousand_bounties_are_carried_one_by_one() {
    let old = Old::empty();
    let group = |number: i64| -> Vec<Value> {
        let text = |id| format!("Bounty {id} of {number} ёж");
        (1..=10_000).map(|id| bounty(id, 456, &text(id))).collect()
    };
    for number in 1..=10 {
        let content = json!({"group_id": -number, "bounties": group(number)});
        old.put(&format!("-{number}/group.json"), &content);
    }
    let run = old.import(&[]).ok();
    assert!(
        run.stdout.contains("100000 rows, 100000 the same."),
        "{}",
        run.stdout
    );
    for number in 1..=10 {
        let carried = &old.data.json(-number, "group.json")["bounties"];
        assert!(*carried == json!(group(number)), "a bounty of {number}");
    }
    assert_whole(&old.data, || old.import(&[]));
}
