//! The rules, judged from `bridge.json` alone.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

type Rows<'f> = BTreeMap<u64, &'f Value>;

fn rows<'f>(file: &'f Value, table: &str) -> Rows<'f> {
    let rows = file[table].as_array().expect("an array");
    let by_id: Rows = rows
        .iter()
        .map(|row| (row["id"].as_u64().expect("an id"), row))
        .collect();
    assert_eq!(by_id.len(), rows.len(), "ids of {table} are unique");
    by_id
}

fn get(row: &Value, field: &str) -> u64 {
    row[field]
        .as_u64()
        .unwrap_or_else(|| panic!("{field} of {row}"))
}

/// The rules, and the active listeners of each bot, from the file alone.
pub fn judge(file: &Value) -> BTreeMap<u64, u64> {
    let [users, providers, bots, configs, trackers, listeners] = [
        "user",
        "service_provider",
        "telegram_bot",
        "command_config",
        "command_tracker",
        "command_tracker_listener",
    ]
    .map(|table| rows(file, table));
    for table in [&providers, &bots, &configs, &trackers] {
        for row in table.values() {
            assert!(users.contains_key(&get(row, "user_id")));
            assert!(!row["name"].as_str().expect("a name").trim().is_empty());
        }
    }
    for config in configs.values() {
        assert!((1..=20).contains(&get(config, "default_count")));
        let commands = config["enabled_commands"].as_array().expect("commands");
        let is_bounty = config["provider_type"] == "bounty";
        assert!(!is_bounty || commands.iter().all(|command| command != "search"));
        let distinct: BTreeSet<_> = commands.iter().map(Value::as_str).collect();
        assert_eq!(distinct.len(), commands.len());
    }
    for tracker in trackers.values() {
        let provider = providers[&get(tracker, "provider_id")];
        let config = configs[&get(tracker, "command_config_id")];
        assert_eq!(provider["type"], config["provider_type"]);
    }
    let (mut pairs, mut active) = (BTreeSet::new(), BTreeMap::new());
    for listener in listeners.values() {
        let (tracker, bot) = (
            get(listener, "command_tracker_id"),
            get(listener, "listener_id"),
        );
        assert!(bots.contains_key(&bot));
        assert!(pairs.insert((tracker, bot)), "a listener is there twice");
        if trackers[&tracker]["enabled"] == true {
            *active.entry(bot).or_insert(0) += 1;
        }
    }
    active
}

/// The rules of notifications, and where it is told what happens on the boards of these chats, from the file alone.
pub fn judge_notifications(file: &Value, chats: &[i64]) -> BTreeMap<i64, BTreeSet<(u64, u64)>> {
    let mut told: BTreeMap<i64, BTreeSet<(u64, u64)>> = BTreeMap::new();
    if file.get("notification_target").is_none() {
        return told;
    }
    let [providers, bots, targets, notifiers, links] = [
        "service_provider",
        "telegram_bot",
        "notification_target",
        "notification_tracker",
        "notification_tracker_target",
    ]
    .map(|table| rows(file, table));
    for target in targets.values() {
        judge_target(target, &bots);
    }
    let is_bounty = |notifier: &Value| providers[&get(notifier, "provider_id")]["type"] == "bounty";
    for notifier in notifiers.values() {
        let collections = notifier["collection_ids"].as_array().expect("a list");
        assert!(!collections.is_empty());
        assert!(!is_bounty(notifier) || !collections.contains(&json!("album")));
    }
    let mut pairs = BTreeSet::new();
    for link in links.values() {
        let (by, to) = (get(link, "notification_tracker_id"), get(link, "target_id"));
        let (notifier, target) = (notifiers[&by], targets[&to]);
        assert!(pairs.insert((by, to)), "a link is there twice");
        let (start, end) = (&link["quiet_hours_start"], &link["quiet_hours_end"]);
        assert!((start.is_null() && end.is_null()) || (start.is_string() && start != end));
        let is_on = link["enabled"] == true && notifier["enabled"] == true && is_bounty(notifier);
        let collections = notifier["collection_ids"].as_array().expect("a list");
        for chat in chats.iter().filter(|_| is_on) {
            let is_all = collections.contains(&json!("*")) && *chat < 0;
            let is_elsewhere = target["config"]["chat_id"] != *chat;
            if is_elsewhere && (is_all || collections.contains(&json!(chat))) {
                told.entry(*chat).or_default().insert((by, to));
            }
        }
    }
    told
}

fn judge_target(target: &Value, bots: &Rows<'_>) {
    let config = &target["config"];
    if target["type"] == "telegram" {
        assert!(bots.contains_key(&get(config, "bot_id")));
        assert_ne!(config["chat_id"], 0);
    } else {
        assert_eq!(config["url"], "https://e.com/hook");
        assert_eq!(config["key"], json!({"env": "KEY"}));
        assert_eq!(target["chat_action"], Value::Null);
    }
}
