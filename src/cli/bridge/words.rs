//! How the bridge's entities, changes and refusals are put into words for operators.

use serde_json::Value;

use crate::bridge::Executed;
use crate::cli::output::visible;
use crate::domain::Event;
use crate::domain::bridge::{
    EntityKind, Locale, Named, Refusal, ResponseMode, SettingChange, TypesDiffer, UpdateMode,
    commands_of,
};

/// The word for a kind of entity on the command line.
pub fn kind(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::Provider => "provider",
        EntityKind::Bot => "bot",
        EntityKind::Config => "config",
        EntityKind::Tracker => "tracker",
        EntityKind::Listener => "listener",
    }
}

/// The word for an entity on the command line, by its name in `bridge.json`.
pub fn entity(name: &str) -> &str {
    match name {
        "service_provider" => "provider",
        "telegram_bot" => "bot",
        "command_config" => "config",
        "command_tracker" => "tracker",
        "command_tracker_listener" => "listener",
        other => other,
    }
}

/// One entity: its kind, id and name.
pub fn named(what: &Named) -> String {
    let (word, id) = (kind(what.kind), what.id);
    match (what.kind, visible(&what.name)) {
        (EntityKind::Listener, tracker) => format!("{word} {id} (of tracker \"{tracker}\")"),
        (_, name) => format!("{word} {id} \"{name}\""),
    }
}

/// Several entities, with commas.
pub fn all_named(entities: &[Named]) -> String {
    let words: Vec<String> = entities.iter().map(named).collect();
    words.join(", ")
}

/// A field's value on one line; `-` when there is none.
pub fn value(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => visible(text),
        Value::Array(values) if !values.is_empty() => {
            let words: Vec<String> = values.iter().map(self::value).collect();
            words.join(",")
        }
        Value::Object(fields) if !fields.is_empty() => {
            let field = |(name, value): (&String, &Value)| {
                format!("{}={}", visible(name), self::value(value))
            };
            fields.iter().map(field).collect::<Vec<_>>().join(" ")
        }
        Value::Array(_) | Value::Object(_) => "-".to_owned(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// One setting's change, old to new.
pub fn setting(change: &SettingChange) -> String {
    let quoted = |side: &Value| match side {
        Value::String(text) => format!("\"{}\"", visible(text)),
        other => value(other),
    };
    let field = visible(&change.field);
    match (&change.old, &change.new) {
        (Some(old), Some(new)) => format!("{field} {} -> {}", quoted(old), quoted(new)),
        (Some(only), None) | (None, Some(only)) => format!("{field} {}", quoted(only)),
        (None, None) => field,
    }
}

/// What a command did.
pub fn executed(executed: &Executed) -> String {
    let Executed { event, changes, .. } = executed;
    let (entity_name, id) = event.subject().unwrap_or(("bridge", 0));
    let what = format!("{} {id}", entity(entity_name));
    let name = changes.iter().find(|change| change.field == "name");
    let name = name.and_then(|change| change.new.as_ref().or(change.old.as_ref()));
    let name = name.map_or_else(String::new, |name| format!(" \"{}\"", value(name)));
    let type_name = event.name();
    if type_name.ends_with("Added") {
        format!("Added {what}{name}")
    } else if type_name.ends_with("Removed") {
        format!("Removed {what}{name}")
    } else {
        let changes: Vec<String> = changes.iter().map(setting).collect();
        format!("Edited {what}: {}", changes.join("; "))
    }
}

/// Why nothing changed, and what to do.
pub fn refusal(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Unknown { kind, id, removed } => {
            let (word, was) = (
                self::kind(*kind),
                if *removed {
                    "was removed"
                } else {
                    "is not there"
                },
            );
            format!("{word} {id} {was}; `bounty bridge {word} list` shows those that are")
        }
        Refusal::TypesDiffer(differ) => types_differ(differ),
        Refusal::UnknownCommand {
            provider_type,
            command,
        } => format!(
            "{} is no command of a {} provider; its commands are {}",
            visible(command),
            visible(provider_type),
            words(command_names(provider_type)),
        ),
        Refusal::DuplicateListener {
            listener,
            tracker,
            bot,
        } => format!(
            "{} listens for {} already, as listener {listener}; there is nothing to do",
            named(bot),
            named(tracker),
        ),
        Refusal::CountOutOfRange { count } => {
            format!("a page cannot have {count} entries; --default-count takes 1 to 20")
        }
        Refusal::UnknownLocale { locale } => format!(
            "there are no answers in {}; --locale takes {}",
            visible(locale),
            words(Locale::WORDS),
        ),
        Refusal::UnknownResponseMode { mode } => format!(
            "{} is no form of answers; --response-mode takes {}",
            visible(mode),
            words(ResponseMode::WORDS),
        ),
        Refusal::UnknownUpdateMode { mode } => format!(
            "{} is no way to get updates; --update-mode takes {}",
            visible(mode),
            UpdateMode::Polling.as_str(),
        ),
        Refusal::Webhook => {
            "webhooks are not there yet; leave the bot at --update-mode polling".to_owned()
        }
        Refusal::LimitNotSeconds { category, limit } => format!(
            "\"{}\" is no whole number of seconds; write --limit {}=30, or =0 for no limit",
            visible(limit),
            visible(category),
        ),
        Refusal::UnknownCategory {
            provider_type,
            category,
        } => format!(
            "the commands of a {} provider have no category {}; limits are for {}",
            visible(provider_type),
            visible(category),
            words(category_names(provider_type)),
        ),
        Refusal::InUse { what, users } => format!(
            "{} is needed by {}; change or remove what needs it first",
            named(what),
            all_named(users),
        ),
        Refusal::Secret { field } => secret(field),
        Refusal::ReferenceMissing { field } => format!(
            "where is the {field}? Name the variable that has it with --{field}-env NAME, or the file with --{field}-file PATH",
        ),
        Refusal::ConfigNotObject => {
            "--config takes a JSON object, like '{\"url\": \"https://e.com\"}'".to_owned()
        }
        Refusal::TextMissing { field } => format!("the {field} is missing; give it with --{field}"),
        Refusal::TextTooLong { field, characters } => {
            format!("the {field} has {characters} characters; at most 100 are taken")
        }
        Refusal::NothingChanged { what } => {
            format!("nothing to change: {} is like that already", named(what))
        }
    }
}

fn types_differ(differ: &TypesDiffer) -> String {
    let TypesDiffer {
        provider,
        provider_type,
        config,
        config_type,
    } = differ;
    let (of_provider, of_config) = (visible(provider_type), visible(config_type));
    format!(
        "{} is of type {of_provider}, {} is for type {of_config}; choose two of one type, or add a config with --type {of_provider}",
        named(provider),
        named(config),
    )
}

fn secret(field: &str) -> String {
    let field = visible(field);
    let how = if field == "token" {
        "put it into a variable or a file that only the bot's user can read, and name that: --token-env NAME or --token-file PATH"
    } else if field.starts_with("config.") {
        "write a reference in its place: {\"env\": \"NAME\"} for a variable, {\"file\": \"PATH\"} for a file, and leave credentials out of addresses"
    } else {
        "leave it out of this text"
    };
    format!("{field}: this is, or may be, a secret, and secrets are never recorded; {how}")
}

fn command_names(provider_type: &str) -> Vec<&'static str> {
    let known = commands_of(provider_type).unwrap_or_default();
    known.iter().map(|spec| spec.name).collect()
}

fn category_names(provider_type: &str) -> Vec<&'static str> {
    let known = commands_of(provider_type).unwrap_or_default();
    let mut names: Vec<_> = known.iter().map(|spec| spec.category.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn words(words: impl AsRef<[&'static str]>) -> String {
    words.as_ref().join(", ")
}
