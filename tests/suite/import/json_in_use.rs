//! An import into chats that are in use.

use serde_json::json;

use super::{GROUP, Old, assert_whole, assert_written};
use crate::support::in_group;

#[test]
fn taken_ids_get_fresh_ones_and_free_ones_are_kept() {
    let old = Old::new();
    let updates: Vec<_> = (1..=3)
        .map(|n| in_group(n, GROUP, 9, &format!("/add Here {n}")))
        .collect();
    old.data.feed(&updates).ok();
    let dry = old.report(&["--dry-run"]);
    let expected =
        json!([{"chat": GROUP, "old": 1, "new": 8}, {"chat": GROUP, "old": 3, "new": 9}]);
    assert_eq!(dry["ids"], expected);
    let report = old.report(&[]);
    assert_eq!(report["ids"], expected);
    let board = old.data.json(GROUP, "group.json");
    let ids: Vec<_> = board["bounties"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|bounty| {
            (
                bounty["id"].as_i64().expect("an id"),
                bounty["text"].as_str().expect("a text").to_owned(),
            )
        })
        .collect();
    let texts = [
        (1, "Here 1"),
        (2, "Here 2"),
        (3, "Here 3"),
        (7, "By the group"),
        (8, "Fix login bug"),
        (9, "Купить чай"),
    ];
    assert_eq!(ids, texts.map(|(id, text)| (id, text.to_owned())));
    assert_eq!(old.data.json(GROUP, "456.json")["tracked"], json!([7, 8]));
    assert_whole(&old.data, || old.import(&[]));
}

#[test]
fn what_was_deleted_here_since_does_not_come_back() {
    let old = Old::new();
    old.import(&[]).ok();
    old.data
        .feed(&[
            in_group(1, GROUP, 456, "/delete 1"),
            in_group(2, GROUP, 456, "/untrack 7"),
        ])
        .ok();
    old.put("-100123/457.json", &json!({"user_id": 457, "tracked": [1]}));
    assert_whole(&old.data, || old.import(&[]));
    let board = old.data.json(GROUP, "group.json");
    assert_eq!(board["bounties"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_chat_that_changed_its_id_gets_its_rows_under_the_new_one() {
    let old = Old::new();
    let supergroup = -1_000_000_100_123;
    let migrated = json!({"update_id": 1, "message": {"message_id": 1, "date": 1_735_603_200,
        "chat": {"id": GROUP, "type": "group", "title": "G"}, "migrate_to_chat_id": supergroup,
        "from": {"id": 9, "is_bot": false, "first_name": "A"}}});
    old.data
        .feed(&[in_group(5, GROUP, 9, "/add Here"), migrated])
        .ok();
    old.import(&[]).ok();
    let board = old.data.json(supergroup, "group.json");
    let last = &board["bounties"][2];
    assert_eq!(last["text"], "By the group");
    assert_eq!(last["created_by_user_id"], supergroup);
    assert!(!old.data.chat(GROUP).exists());
    assert_whole(&old.data, || old.import(&[]));
}

#[test]
fn a_damaged_log_stops_the_whole_import() {
    let old = Old::new();
    old.data.feed(&[in_group(1, GROUP, 9, "/add Here")]).ok();
    let mut log = old.data.log_bytes(GROUP);
    log[30] ^= 1;
    std::fs::write(old.data.log(GROUP), log).expect("written");
    let run = old.import(&[]);
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr.contains("nothing was written") && run.stderr.contains("damaged"),
        "{}",
        run.stderr
    );
    assert!(!old.data.chat(super::DM).exists());
}

#[test]
fn two_names_are_two_sources() {
    let old = Old::new();
    old.import(&["--source", "one"]).ok();
    old.import(&["--source", "two"]).ok();
    assert_eq!(
        old.data.json(GROUP, "group.json")["bounties"]
            .as_array()
            .map(Vec::len),
        Some(6)
    );
    assert_whole(&old.data, || old.import(&["--source", "one"]));
}

#[test]
fn a_board_that_was_merged_into_another_since_is_not_imported_again() {
    let old = Old::new();
    old.import(&[]).ok();
    old.data.feed(&[in_group(1, GROUP, 457, "/delete 3")]).ok();
    let (before, migrated) = (
        -55,
        json!({"update_id": 9, "message": {"message_id": 9, "date": 1_735_603_200,
        "chat": {"id": -55, "type": "group", "title": "G"}, "migrate_to_chat_id": GROUP,
        "from": {"id": 9, "is_bot": false, "first_name": "A"}}}),
    );
    old.data
        .feed(&[in_group(5, before, 9, "/add Here first"), migrated])
        .ok();
    let texts = || {
        let board = old.data.json(GROUP, "group.json");
        let rows = board["bounties"].as_array().expect("a list").clone();
        rows.iter()
            .map(|row| row["text"].as_str().expect("a text").to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(texts(), ["Here first", "Fix login bug", "By the group"]);
    // Somebody went on with the old bot: what was deleted here does not come back with it.
    old.put(
        "-100123/457.json",
        &json!({"user_id": 457, "tracked": [1, 3]}),
    );
    let run = old.import(&[]).ok();
    assert_written(&run, 1);
    assert_eq!(texts(), ["Here first", "Fix login bug", "By the group"]);
    assert_eq!(old.data.json(GROUP, "457.json")["tracked"], json!([2]));
    assert_whole(&old.data, || old.import(&[]));
}
