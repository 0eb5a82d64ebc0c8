//! Any sequence of commands: the rules hold, judged from `bridge.json` alone, and the log gives that file again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use bounty_ledger::audit::Reader;
use bounty_ledger::audit::rebuild_into;
use bounty_ledger::bridge::{Asker, BridgeError, OpenBridge};
use bounty_ledger::domain::bridge::{
    BotParts, BridgeCommand, BridgeUserId, Change, CommandConfigId, CommandTrackerId,
    CommandTrackerListenerId, ConfigParts, LinkParts, NotificationCommand, NotificationTargetId,
    NotificationTrackerId, NotificationTrackerTargetId, NotifierParts, ProviderParts, QuietWish,
    SecretWish, ServiceProviderId, TargetParts, TelegramBotId, TrackerParts, UrlWish, active_bots,
    forwarded_from,
};
use bounty_ledger::domain::{Actor, Cause, ChatId, StreamId, Timestamp};
use proptest::option;
use proptest::prelude::*;
use proptest::test_runner::Config;
use serde_json::{Value, json};

use crate::library::{disk, layout};
use crate::support::Data;

fn kind() -> impl Strategy<Value = String> {
    prop_oneof![3 => Just("bounty".to_owned()), 1 => Just("immich".to_owned())]
}

fn name() -> impl Strategy<Value = Option<String>> {
    prop_oneof![1 => Just(None), 1 => Just(Some(String::new())), 8 => "[a-zA-Zя\u{202e}\n\" ]{1,8}".prop_map(Some)]
}

fn id() -> impl Strategy<Value = u64> {
    1..5_u64
}

fn provider() -> impl Strategy<Value = ProviderParts> {
    let value = prop_oneof![
        any::<f64>().prop_map(|number| json!(number)),
        any::<i64>().prop_map(|number| json!(number)),
        Just(json!({"env": "X"})),
        Just(Value::Null),
        "[a-zё]{0,5}".prop_map(Value::from),
    ];
    let config = prop::collection::btree_map("[a-z_]{1,6}|api_key", value, 0..4);
    (name(), prop::option::of(config)).prop_map(|(name, config)| ProviderParts {
        name,
        icon: None,
        config: config.map(|config| json!(config)),
    })
}

fn config() -> impl Strategy<Value = ConfigParts> {
    let command =
        prop_oneof![8 => Just("add"), 8 => Just("/My"), 4 => Just("help"), 1 => Just("search")];
    let locale = prop_oneof![4 => Just("en"), 4 => Just("RU"), 1 => Just("de")];
    let limit = prop_oneof![4 => Just("30"), 2 => Just("0"), 1 => Just("1.5")];
    let category = prop_oneof![8 => Just("read"), 8 => Just("write"), 1 => Just("all")];
    (
        name(),
        prop::option::of(prop::collection::vec(command.prop_map(str::to_owned), 0..4)),
        prop::option::of(locale.prop_map(str::to_owned)),
        prop::option::of(0..23_i64),
        prop::collection::vec(
            (
                category.prop_map(str::to_owned),
                limit.prop_map(str::to_owned),
            ),
            0..3,
        ),
    )
        .prop_map(
            |(name, commands, locale, default_count, limits)| ConfigParts {
                name,
                commands,
                locale,
                default_count,
                limits,
                ..ConfigParts::default()
            },
        )
}

fn tracker() -> impl Strategy<Value = TrackerParts> {
    let (provider, config) = (prop::option::of(id()), prop::option::of(id()));
    (name(), provider, config, any::<Option<bool>>()).prop_map(
        |(name, provider, config, enabled)| TrackerParts {
            name,
            icon: None,
            provider: provider.map(ServiceProviderId),
            config: config.map(CommandConfigId),
            enabled,
        },
    )
}

fn bot() -> impl Strategy<Value = BotParts> {
    let token = prop_oneof![
        "[A-Z]{1,3}",
        Just("7001:AAHdqTcvCH1vGWJxfSeofSAs".to_owned())
    ];
    let token = token.prop_map(SecretWish::Env);
    (name(), prop::option::of(token)).prop_map(|(name, token)| BotParts {
        name,
        token,
        ..BotParts::default()
    })
}

fn target() -> impl Strategy<Value = TargetParts> {
    let action = prop_oneof![
        Just(Change::Clear),
        Just(Change::Set("typing".to_owned())),
        Just(Change::Set("dancing".to_owned())),
    ];
    let (bot, chat) = (
        option::weighted(0.8, id()),
        option::weighted(0.8, -3..1_i64),
    );
    (name(), bot, chat, option::of(action)).prop_map(|(name, bot, chat, chat_action)| TargetParts {
        name,
        bot: bot.map(TelegramBotId),
        chat: chat.map(ChatId),
        chat_action,
        ..TargetParts::default()
    })
}

fn web_hook() -> impl Strategy<Value = TargetParts> {
    let url = prop_oneof![
        6 => Just("https://e.com/hook"),
        1 => Just("https://ada:AAHdq@e.com/"),
        1 => Just("e.com"),
    ];
    let key = prop_oneof![
        6 => Just(SecretWish::Env("KEY".to_owned())),
        1 => Just(SecretWish::InTheClear),
    ];
    let (url, key) = (option::weighted(0.8, url), option::weighted(0.8, key));
    (name(), url, key).prop_map(|(name, url, key)| TargetParts {
        name,
        url: url.map(|url| UrlWish::Plain(url.to_owned())),
        key,
        ..TargetParts::default()
    })
}

fn notifier() -> impl Strategy<Value = NotifierParts> {
    let collection = prop_oneof![
        4 => (-3..3_i64).prop_map(|chat| chat.to_string()),
        2 => Just("*".to_owned()),
        1 => Just("album".to_owned()),
    ];
    let event = prop_oneof![8 => Just("added"), 8 => Just("due_soon"), 1 => Just("moved")];
    let events = prop::collection::vec(event.prop_map(str::to_owned), 0..3);
    (
        name(),
        option::of(id()),
        option::weighted(0.8, prop::collection::vec(collection, 0..3)),
        option::of(events),
        option::of(-1..3_i64),
        any::<Option<bool>>(),
    )
        .prop_map(
            |(name, provider, collections, event_types, batch_duration, enabled)| NotifierParts {
                name,
                provider: provider.map(ServiceProviderId),
                collections,
                event_types,
                batch_duration,
                enabled,
                ..NotifierParts::default()
            },
        )
}

fn link() -> impl Strategy<Value = LinkParts> {
    let time = || prop_oneof![3 => Just("22:00"), 3 => Just("08:00"), 1 => Just("8")];
    let hours = (time(), time()).prop_map(|(start, end)| {
        Change::Set(QuietWish {
            start: start.to_owned(),
            end: end.to_owned(),
        })
    });
    let quiet = prop_oneof![1 => Just(Change::Clear), 2 => hours];
    (any::<Option<bool>>(), option::of(quiet)).prop_map(|(enabled, quiet_hours)| LinkParts {
        enabled,
        quiet_hours,
        zone: None,
    })
}

fn notification() -> impl Strategy<Value = NotificationCommand> {
    use NotificationCommand as Command;
    let add_target = |target_type: &str, parts| Command::AddTarget {
        target_type: target_type.to_owned(),
        parts: Box::new(parts),
    };
    let edit_target = |(id, parts)| Command::EditTarget(NotificationTargetId(id), Box::new(parts));
    prop_oneof![
        4 => target().prop_map(move |parts| add_target("telegram", parts)),
        4 => web_hook().prop_map(move |parts| add_target("webhook", parts)),
        2 => (id(), target()).prop_map(edit_target),
        2 => (id(), web_hook()).prop_map(edit_target),
        1 => id().prop_map(|id| Command::RemoveTarget(NotificationTargetId(id))),
        6 => (id(), notifier()).prop_map(|(provider, parts)| Command::AddNotifier {
            provider: ServiceProviderId(provider),
            parts: NotifierParts { provider: None, ..parts },
        }),
        3 => (id(), notifier()).prop_map(|(id, parts)| Command::EditNotifier(NotificationTrackerId(id), parts)),
        1 => id().prop_map(|id| Command::RemoveNotifier(NotificationTrackerId(id))),
        8 => (id(), id(), link()).prop_map(|(notifier, target, parts)| Command::AddLink {
            notifier: NotificationTrackerId(notifier),
            target: NotificationTargetId(target),
            parts,
        }),
        3 => (id(), link()).prop_map(|(id, parts)| Command::EditLink(NotificationTrackerTargetId(id), parts)),
        1 => id().prop_map(|id| Command::RemoveLink(NotificationTrackerTargetId(id))),
    ]
}

fn command() -> impl Strategy<Value = BridgeCommand> {
    use BridgeCommand as Command;
    let listener = |(tracker, bot)| Command::AddListener {
        tracker: CommandTrackerId(tracker),
        bot: TelegramBotId(bot),
    };
    prop_oneof![
        4 => (kind(), provider()).prop_map(|(provider_type, parts)| Command::AddProvider { provider_type, parts }),
        1 => (id(), provider()).prop_map(|(id, parts)| Command::EditProvider(ServiceProviderId(id), parts)),
        1 => id().prop_map(|id| Command::RemoveProvider(ServiceProviderId(id))),
        4 => bot().prop_map(|parts| Command::AddBot { token: SecretWish::File("/run/a".to_owned()), parts }),
        1 => (id(), bot()).prop_map(|(id, parts)| Command::EditBot(TelegramBotId(id), parts)),
        1 => id().prop_map(|id| Command::RemoveBot(TelegramBotId(id))),
        4 => (kind(), config()).prop_map(|(provider_type, parts)| Command::AddConfig { provider_type, parts }),
        2 => (id(), config()).prop_map(|(id, parts)| Command::EditConfig(CommandConfigId(id), parts)),
        1 => id().prop_map(|id| Command::RemoveConfig(CommandConfigId(id))),
        6 => (id(), id(), tracker()).prop_map(|(provider, config, parts)| Command::AddTracker {
            provider: ServiceProviderId(provider),
            config: CommandConfigId(config),
            parts: TrackerParts { provider: None, config: None, ..parts },
        }),
        3 => (id(), tracker()).prop_map(|(id, parts)| Command::EditTracker(CommandTrackerId(id), parts)),
        1 => id().prop_map(|id| Command::RemoveTracker(CommandTrackerId(id))),
        8 => (id(), id()).prop_map(listener),
        2 => id().prop_map(|id| Command::RemoveListener(CommandTrackerListenerId(id))),
        24 => notification().prop_map(Command::Notification),
    ]
}

fn asker() -> Asker {
    Asker {
        user: BridgeUserId::OPERATOR,
        actor: Actor::Operator {
            name: "tester".into(),
        },
        cause: Cause::Cli {
            user: "tester".into(),
        },
        now: Timestamp::from_millis(1_735_603_200_000),
    }
}

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
fn judge(file: &Value) -> BTreeMap<u64, u64> {
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
fn judge_notifications(file: &Value, chats: &[i64]) -> BTreeMap<i64, BTreeSet<(u64, u64)>> {
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

proptest! {
    #![proptest_config(Config { cases: 96, ..Config::default() })]

    #[test]
    fn the_rules_hold_and_the_log_gives_the_snapshot_again(commands in prop::collection::vec(command(), 1..90)) {
        let data = Data::in_memory();
        let mut bridge = OpenBridge::new(disk(), layout(&data));
        let mut other = OpenBridge::new(disk(), layout(&data));
        let mut accepted = 0;
        for (turn, command) in commands.iter().enumerate() {
            // Two processes by turns: each sees what the other did.
            let here = if turn % 3 == 0 { &mut other } else { &mut bridge };
            match here.execute(command, &asker()) {
                Ok(_) => accepted += 1,
                Err(BridgeError::Refused(_)) => {}
                Err(error) => panic!("{error}"),
            }
        }
        bridge.refresh().expect("refreshed");
        other.refresh().expect("refreshed");
        prop_assert_eq!(bridge.state(), other.state());
        if accepted == 0 {
            prop_assert!(!data.path().exists());
            return Ok(());
        }
        prop_assert_eq!(bridge.state().seq().0, accepted + 3);

        let live = fs::read(data.path().join("bridge/bridge.json")).expect("a snapshot");
        let counted = active_bots(bridge.state()).into_iter().map(|(bot, count)| (bot.0, count)).collect();
        let file: Value = serde_json::from_slice(&live).expect("JSON");
        prop_assert_eq!(judge(&file), counted);
        let chats = [-3, -2, -1, 1, 2];
        let told = chats.into_iter().map(|chat| {
            let found = forwarded_from(bridge.state(), &[ChatId(chat)]).into_iter();
            (chat, found.map(|found| (found.tracker.0, found.target.0)).collect::<BTreeSet<_>>())
        });
        let told: BTreeMap<_, _> = told.filter(|(_, found)| !found.is_empty()).collect();
        prop_assert_eq!(judge_notifications(&file, &chats), told);
        let (disk, layout) = (disk(), layout(&data));
        let reader = Reader::new(&*disk, &layout);
        let out = data.path().join("again");
        rebuild_into(&reader, StreamId::Bridge, &out).expect("rebuilt");
        let again = fs::read(out.join("bridge/bridge.json")).expect("a snapshot");
        prop_assert_eq!(&live, &again);
        prop_assert!(reader.verify(StreamId::Bridge, None).problem.is_none());
        prop_assert!(!String::from_utf8_lossy(&again).contains("AAHdq"));
    }
}
