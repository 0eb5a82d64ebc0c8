//! Commands of every kind, right and wrong.

use bounty_ledger::domain::ChatId;
use bounty_ledger::domain::bridge::{
    BotParts, BridgeCommand, Change, CommandConfigId, CommandTrackerId, CommandTrackerListenerId,
    ConfigParts, LinkParts, NotificationCommand, NotificationTargetId, NotificationTrackerId,
    NotificationTrackerTargetId, NotifierParts, ProviderParts, QuietWish, SecretWish,
    ServiceProviderId, TargetParts, TelegramBotId, TrackerParts, UrlWish,
};
use proptest::option;
use proptest::prelude::*;
use serde_json::{Value, json};

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

pub fn command() -> impl Strategy<Value = BridgeCommand> {
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
