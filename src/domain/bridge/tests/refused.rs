//! What is refused, and why.

use serde_json::json;

use super::given::{
    Given, add_bot, add_config, add_provider, add_tracker, edit_bot, edit_config, edit_tracker,
    listen, provider_config, switch,
};
use crate::domain::bridge::{
    BotParts, BridgeCommand, CommandConfigId, ConfigParts, EntityKind, Named, ProviderParts,
    Refusal, ServiceProviderId, TelegramBotId, TrackerParts, TypesDiffer,
};

fn named(kind: EntityKind, id: u64, name: &str) -> Named {
    Named {
        kind,
        id,
        name: name.to_owned(),
    }
}

#[test]
fn a_trackers_provider_and_config_are_of_one_type_also_after_a_change() {
    let given = Given::one_bot()
        .and(add_config("immich", &["search"]))
        .and(add_provider("immich"));
    let differ = Refusal::TypesDiffer(Box::new(TypesDiffer {
        provider: named(EntityKind::Provider, 1, "Boards"),
        provider_type: "bounty".to_owned(),
        config: named(EntityKind::Config, 2, "A config"),
        config_type: "immich".to_owned(),
    }));
    assert_eq!(given.refusal(add_tracker(1, 2)), differ);
    let to_config = TrackerParts {
        config: Some(CommandConfigId(2)),
        ..TrackerParts::default()
    };
    assert_eq!(given.refusal(edit_tracker(1, to_config.clone())), differ);
    let both = TrackerParts {
        provider: Some(ServiceProviderId(2)),
        ..to_config
    };
    assert!(given.when(edit_tracker(1, both)).is_ok());
}

#[test]
fn only_commands_of_the_providers_type_can_be_enabled() {
    let expected = Refusal::UnknownCommand {
        provider_type: "bounty".to_owned(),
        command: "search".to_owned(),
    };
    let given = Given::opened();
    assert_eq!(
        given.refusal(add_config("bounty", &["add", "search"])),
        expected
    );
}

#[test]
fn a_bot_listens_once_for_a_tracker() {
    let given = Given::one_bot();
    let expected = Refusal::DuplicateListener {
        listener: 1,
        tracker: named(EntityKind::Tracker, 1, "A tracker"),
        bot: named(EntityKind::Bot, 1, "A bot"),
    };
    assert_eq!(given.refusal(listen(1, 1)), expected);
}

#[test]
fn the_values_of_a_config_are_judged() {
    let given = Given::one_bot();
    let refusal = |change: fn(&mut ConfigParts)| {
        let mut parts = ConfigParts::default();
        change(&mut parts);
        given.refusal(edit_config(parts))
    };
    let count = |count| Refusal::CountOutOfRange { count };
    assert_eq!(refusal(|parts| parts.default_count = Some(0)), count(0));
    assert_eq!(refusal(|parts| parts.default_count = Some(21)), count(21));
    assert_eq!(refusal(|parts| parts.default_count = Some(261)), count(261));
    let locale = "de".to_owned();
    let expected = Refusal::UnknownLocale { locale };
    assert_eq!(
        refusal(|parts| parts.locale = Some("de".to_owned())),
        expected
    );
    let mode = "rich".to_owned();
    let expected = Refusal::UnknownResponseMode { mode };
    assert_eq!(
        refusal(|parts| parts.response_mode = Some("rich".to_owned())),
        expected
    );
    for limit in ["1.5", "-1", "+1", "", "soon", "4294967296"] {
        let parts = ConfigParts {
            limits: vec![("read".to_owned(), limit.to_owned())],
            ..ConfigParts::default()
        };
        let expected = Refusal::LimitNotSeconds {
            category: "read".to_owned(),
            limit: limit.to_owned(),
        };
        assert_eq!(given.refusal(edit_config(parts)), expected);
    }
    let other = |parts: &mut ConfigParts| parts.limits = vec![("all".into(), "1".into())];
    assert!(matches!(refusal(other), Refusal::UnknownCategory { .. }));
}

#[test]
fn what_is_in_use_stays_and_its_users_are_named() {
    let given = Given::one_bot();
    let tracker = vec![named(EntityKind::Tracker, 1, "A tracker")];
    let in_use = |kind, name, users| Refusal::InUse {
        what: named(kind, 1, name),
        users,
    };
    let config = BridgeCommand::RemoveConfig(CommandConfigId(1));
    let expected = in_use(EntityKind::Config, "A config", tracker.clone());
    assert_eq!(given.refusal(config), expected);
    let provider = BridgeCommand::RemoveProvider(ServiceProviderId(1));
    let expected = in_use(EntityKind::Provider, "Boards", tracker);
    assert_eq!(given.refusal(provider), expected);
    let bot = BridgeCommand::RemoveBot(TelegramBotId(1));
    let listener = vec![named(EntityKind::Listener, 1, "A tracker")];
    assert_eq!(
        given.refusal(bot),
        in_use(EntityKind::Bot, "A bot", listener)
    );
}

#[test]
fn webhooks_are_not_there_yet() {
    let mode = |mode: &str| {
        edit_bot(BotParts {
            update_mode: Some(mode.to_owned()),
            ..BotParts::default()
        })
    };
    let given = Given::one_bot();
    assert_eq!(given.refusal(mode("webhook")), Refusal::Webhook);
    assert!(matches!(
        given.refusal(mode("push")),
        Refusal::UnknownUpdateMode { .. }
    ));
}

#[test]
fn what_is_not_there_is_told_from_what_was_removed() {
    let given = Given::opened()
        .and(add_bot("ONE"))
        .and(BridgeCommand::RemoveBot(TelegramBotId(1)));
    let unknown = |id, removed| Refusal::Unknown {
        kind: EntityKind::Bot,
        id,
        removed,
    };
    let remove = |id| BridgeCommand::RemoveBot(TelegramBotId(id));
    assert_eq!(given.refusal(remove(1)), unknown(1, true));
    assert_eq!(given.refusal(remove(2)), unknown(2, false));
}

#[test]
fn an_edit_without_a_change_and_an_entity_without_a_name_are_refused() {
    let given = Given::one_bot();
    assert!(matches!(
        given.refusal(switch(1, true)),
        Refusal::NothingChanged { .. }
    ));
    let nameless = BridgeCommand::AddProvider {
        provider_type: "bounty".to_owned(),
        parts: ProviderParts::default(),
    };
    assert_eq!(
        given.refusal(nameless),
        Refusal::TextMissing { field: "name" }
    );
    assert_eq!(
        given.refusal(provider_config(json!([1]))),
        Refusal::ConfigNotObject
    );
}
