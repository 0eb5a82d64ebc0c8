//! Everything that has a place here comes along, whatever shape the database has.

use std::fs;

use serde_json::{Value, json};

use super::shapes::{DROPS, NEW_TABLES, RENAMES, TOKENS, new_shape, old_shape};
use super::{KIND, assert_no_secret, bridge, config_of, log};
use crate::import::database::Database;
use crate::import::{assert_whole, assert_written};

#[test]
fn a_database_before_the_refactor_is_carried_and_every_bot_can_answer() {
    let old = Database::new(KIND, &old_shape());
    let run = old.import(&[]).ok();
    assert_no_secret(&old, &format!("{}{}", run.stdout, run.stderr));
    let bridge = bridge(&old.data);
    let helper = config_of(&bridge, "Helper");
    assert_eq!(helper["enabled_commands"], json!(["bounty", "add"]));
    assert_eq!(
        (
            &helper["locale"],
            &helper["default_count"],
            &helper["rate_limits"]
        ),
        (&json!("ru"), &json!(2), &json!({"write": 30}))
    );
    let common = config_of(&bridge, "Second");
    assert_eq!(common, config_of(&bridge, "Third"));
    assert_eq!(
        (
            &common["locale"],
            &common["response_mode"],
            &common["default_count"]
        ),
        (&json!("en"), &json!("media"), &json!(5))
    );
    assert_eq!(bridge["command_config"].as_array().map(Vec::len), Some(2));
    for (at, token) in TOKENS.iter().enumerate() {
        let path = bridge["telegram_bot"][at]["token"]["file"]
            .as_str()
            .expect("a file");
        assert_eq!(fs::read_to_string(path).expect("a secret").trim(), *token);
    }
    let provider = &bridge["service_provider"][0];
    assert_eq!(
        (&provider["id"], &provider["type"], &provider["created_at"]),
        (&json!(1), &json!("immich"), &json!(1_772_359_200))
    );
    let key = provider["config"]["api_key"]["file"]
        .as_str()
        .expect("a file");
    assert_eq!(
        fs::read_to_string(key).expect("a secret").trim(),
        "very-secret-key"
    );
    for words in [
        "dropped  telegram_chat 1: nothing was chosen",
        "dropped  telegram_chat 3: another row",
        "1: switched off: nothing here serves the type immich",
        "nothing here answers albums",
        "its commands_config is dropped",
        "nothing here writes to the type discord",
    ] {
        assert!(run.stdout.contains(words), "{words}: {}", run.stdout);
    }
    let chosen = old.data.events(-43);
    assert_eq!(chosen[0]["data"]["title"], "Друзья");
    assert_eq!(chosen[1]["data"], json!({"language": "ru"}));
    assert!(!old.data.chat(-42).exists());
    assert_whole(&old.data, || old.import(&[]));
}

#[test]
fn trackers_targets_and_links_have_their_new_names() {
    for shape in [old_shape(), new_shape()] {
        let old = Database::new(KIND, &shape);
        old.import(&[]).ok();
        let bridge = bridge(&old.data);
        let tracker = &bridge["notification_tracker"][0];
        assert_eq!(
            (&tracker["name"], &tracker["enabled"]),
            (&json!("Albums"), &json!(false))
        );
        assert_eq!(tracker["collection_ids"], json!(["album-1", "album-2"]));
        assert_eq!(bridge["notification_tracker"][1]["batch_duration"], 10);
        let link = &bridge["notification_tracker_target"][0];
        assert_eq!(
            (
                &link["notification_tracker_id"],
                &link["quiet_hours_start"],
                &link["enabled"]
            ),
            (&json!(1), &json!("22:00"), &json!(true))
        );
        assert_eq!(bridge["notification_tracker_target"][1]["enabled"], false);
        let [family, hook, discord] =
            [0, 1, 2].map(|at| &bridge["notification_target"][at]["config"]);
        assert_eq!(
            family,
            &json!({"bot_id": 1, "chat_id": -42, "topic_id": null, "disable_url_preview": true})
        );
        assert_eq!(hook["url"], "https://example.com/hook");
        assert!(hook["key"]["file"].is_string() && discord["webhook_url"]["file"].is_string());
        let action = if shape.contains("chat_action") {
            json!("typing")
        } else {
            Value::Null
        };
        assert_eq!(bridge["notification_target"][0]["chat_action"], action);
    }
}

#[test]
fn a_database_after_the_refactor_is_carried_as_it_is_and_its_bots_answer_boards_too() {
    let old = Database::new(KIND, &new_shape());
    let run = old.import(&[]).ok();
    assert_no_secret(&old, &format!("{}{}", run.stdout, run.stderr));
    let bridge = bridge(&old.data);
    let kept = &bridge["command_config"][0];
    assert_eq!(
        (&kept["provider_type"], &kept["enabled_commands"]),
        (&json!("immich"), &json!(["bounty", "add", "albums"]))
    );
    assert_eq!(bridge["command_tracker"][0]["enabled"], false);
    assert_eq!(bridge["command_tracker_listener"][0]["listener_id"], 1);
    let helper = config_of(&bridge, "Helper");
    assert_eq!(
        (&helper["locale"], &helper["rate_limits"]),
        (&json!("ru"), &json!({"write": 30}))
    );
    assert_eq!(config_of(&bridge, "Second")["locale"], "en");
    assert_whole(&old.data, || old.import(&[]));
}

#[test]
fn a_refactor_that_stopped_anywhere_is_gone_on_with() {
    let copied = "CREATE TABLE notification_tracker AS SELECT * FROM tracker WHERE id = 1;
        ALTER TABLE tracker_target ADD COLUMN notification_tracker_id INTEGER; UPDATE tracker_target SET notification_tracker_id = tracker_id WHERE id = 1;";
    let halves = [
        String::new(),
        RENAMES[..RENAMES.find("ALTER TABLE tracker_state").expect("a step")].to_owned(),
        RENAMES.to_owned(),
        format!("{RENAMES}{NEW_TABLES}"),
        format!("{RENAMES}{NEW_TABLES}{DROPS}"),
        copied.to_owned(),
    ];
    for half in halves {
        let old = Database::new(KIND, &format!("{}{half}", old_shape()));
        old.import(&[]).ok();
        let bridge = bridge(&old.data);
        assert_eq!(
            bridge["notification_tracker"].as_array().map(Vec::len),
            Some(2),
            "{half}"
        );
        assert_eq!(
            bridge["notification_tracker_target"]
                .as_array()
                .map(Vec::len),
            Some(2),
            "{half}"
        );
        let log = String::from_utf8(log(&old.data)).expect("UTF-8");
        for kind in ["NotificationTrackerAdded", "NotificationTrackerTargetAdded"] {
            let events = log.matches(&format!("\"type\":\"{kind}\"")).count();
            assert_eq!(events, 2, "{kind}: {half}");
        }
        assert_eq!(config_of(&bridge, "Helper")["locale"], "ru", "{half}");
        assert_eq!(config_of(&bridge, "Third")["locale"], "en", "{half}");
        assert_whole(&old.data, || old.import(&[]));
        // Whatever state it was imported in: when the refactor is done, nothing of it is there twice.
        if half.is_empty() {
            old.change(RENAMES);
            let run = old.import(&[]);
            assert_written(&run, 0);
        }
    }
}
