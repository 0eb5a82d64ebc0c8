//! An import into a bridge that is in use, or that was begun before.

use std::fs;

use serde_json::json;

use super::{KIND, TOKENS, assert_no_secret, bridge, config_of, log, old_shape};
use crate::import::assert_whole;
use crate::import::database::Database;
use crate::library::{files, lines};
use crate::support::Data;

#[test]
fn into_a_bridge_in_use_ids_are_kept_where_they_are_free_and_listed_where_they_are_not() {
    let old = Database::new(KIND, &old_shape());
    crate::bridge::bridge(&old.data, "provider add --name Mine").ok();
    crate::bridge::bridge(&old.data, "bot add --name Mine --token-env MINE").ok();
    let report = old.report(&[]);
    let ids = report["ids"].as_array().expect("ids");
    assert!(
        ids.contains(&json!({"entity": "telegram_bot", "old": 1, "new": 4})),
        "{ids:?}"
    );
    assert!(
        ids.contains(&json!({"entity": "user", "old": 1, "new": 3})),
        "{ids:?}"
    );
    let bridge = bridge(&old.data);
    let names: Vec<_> = bridge["telegram_bot"]
        .as_array()
        .expect("bots")
        .iter()
        .map(|bot| bot["name"].as_str().expect("a name"))
        .collect();
    assert_eq!(names, ["Mine", "Second", "Third", "Helper"]);
    assert_eq!(bridge["telegram_bot"][3]["user_id"], 3);
    assert_eq!(bridge["notification_target"][0]["config"]["bot_id"], 4);
    assert_eq!(config_of(&bridge, "Helper")["locale"], "ru");
    assert_whole(&old.data, || old.import(&[]));
}

#[test]
fn a_bot_that_is_here_already_or_twice_in_the_source_is_named_with_what_to_do() {
    let twice = format!(
        "{}UPDATE telegram_bot SET token = '{} ' WHERE id = 3;",
        old_shape(),
        TOKENS[1]
    );
    let old = Database::new(KIND, &twice);
    let token = old.data.path().with_file_name("token");
    fs::write(&token, TOKENS[0]).expect("written");
    let add = format!("bot add --name Mine --token-file {}", token.display());
    crate::bridge::bridge(&old.data, &add).ok();
    let twins = [
        "bot 1 \"Mine\" and bot 4 \"Helper\" have the same token",
        "bot 2 \"Second\" and bot 3 \"Third\" have the same token",
    ];
    let check = |data: &Data| crate::bridge::bridge(data, "check").ok();
    for run in [
        old.import(&["--dry-run"]).ok(),
        old.import(&[]).ok(),
        old.import(&[]).ok(),
        check(&old.data),
    ] {
        for words in twins {
            assert!(run.stdout.contains(words), "{words}: {}", run.stdout);
        }
        let remove = old.data.in_commands("`bounty bridge bot remove 4`");
        assert!(run.stdout.contains(&remove), "{}", run.stdout);
        assert_no_secret(&old, &format!("{}{}", run.stdout, run.stderr));
    }
    let report = old.report(&[]);
    assert_eq!(
        report["same_token"],
        json!([{"bot": 3, "as": 2}, {"bot": 4, "as": 1}])
    );
    crate::bridge::bridge(&old.data, "bot remove 1").ok();
    let run = old.import(&[]).ok();
    assert!(!run.stdout.contains(twins[0]), "{}", run.stdout);
    assert!(run.stdout.contains(twins[1]), "{}", run.stdout);
}

#[test]
fn an_import_cut_after_any_event_is_completed_to_the_same_bytes() {
    let old = Database::new(KIND, &old_shape());
    old.import(&[]).ok();
    let whole = files(&old.data.path());
    let bytes = log(&old.data);
    for kept in 0..lines(&bytes).len() {
        let cut = lines(&bytes)[..kept].concat();
        fs::write(old.data.path().join("bridge/events.jsonl"), cut).expect("cut");
        fs::remove_file(old.data.path().join("bridge/bridge.json")).expect("removed");
        old.import(&[]).ok();
        let mut found = files(&old.data.path());
        found.retain(|path, _| !path.starts_with(old.data.path().join("active")));
        assert!(found == whole, "{kept} lines were kept");
    }
}

#[test]
#[expect(deprecated, reason = "the old names are what is tested")]
fn the_names_of_before_the_refactor_are_understood() {
    use bounty_ledger::domain::bridge::{
        NotificationTracker, NotificationTrackerTarget, Tracker, TrackerTarget,
    };
    fn same<T>(_: fn(T) -> T) {}
    same::<NotificationTracker>(|row: Tracker| row);
    same::<NotificationTrackerTarget>(|row: TrackerTarget| row);
    let old = Database::new(KIND, &old_shape());
    old.import(&[]).ok();
    let run = crate::bridge::bridge(&old.data, "tracker-target add --tracker-id 2 --target 1").ok();
    assert!(run.stdout.contains("Added link 3"), "{}", run.stdout);
}
