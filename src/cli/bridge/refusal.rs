//! Why the bridge refused a command, and what the operator can do, in words.

use super::words::{all_named, kind, named};
use crate::cli::output::visible;
use crate::domain::Locale;
use crate::domain::bridge::{Refusal, ResponseMode, TypesDiffer, UpdateMode, commands_of};

/// Why nothing changed, and what to do.
pub fn words(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Unknown {
            kind: of_kind,
            id,
            removed,
        } => {
            let word = kind(*of_kind);
            let was = if *removed {
                "was removed"
            } else {
                "is not there"
            };
            format!("{word} {id} {was}; `bounty bridge {word} list` shows those that are")
        }
        Refusal::TypesDiffer(differ) => types_differ(differ),
        Refusal::UnknownCommand {
            provider_type,
            command,
        } => format!(
            "\"{}\" is no command of a {} provider; its commands are {}",
            visible(command),
            visible(provider_type),
            listed(command_names(provider_type)),
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
            "there are no answers in \"{}\"; --locale takes {}",
            visible(locale),
            listed(Locale::WORDS),
        ),
        Refusal::UnknownResponseMode { mode } => format!(
            "\"{}\" is no form of answers; --response-mode takes {}",
            visible(mode),
            listed(ResponseMode::WORDS),
        ),
        Refusal::UnknownUpdateMode { mode } => format!(
            "\"{}\" is no way to get updates; --update-mode takes {}",
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
            "the commands of a {} provider have no category \"{}\"; limits are for {}",
            visible(provider_type),
            visible(category),
            listed(category_names(provider_type)),
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
        Refusal::TextMissing { field } => format!(
            "the {field} is missing; give it with {}",
            option_of(field)
        ),
        Refusal::TextTooLong { field, characters } => {
            format!("the {field} has {characters} characters; at most 100 are taken")
        }
        Refusal::UnknownWord { field, word, known } => format!(
            "\"{}\" is nothing that --{field} takes; it takes {}",
            visible(word),
            listed(known),
        ),
        Refusal::OutOfRange {
            field,
            number,
            least,
            most,
        } => format!("--{field} cannot be {number}; it takes {least} to {most}"),
        Refusal::NotReadable { field, typed } => not_readable(field, typed),
        Refusal::NotOfType { field, target_type } => format!(
            "--{field} is nothing that a target of type {} has",
            visible(target_type),
        ),
        Refusal::NoUrl => {
            "--url takes an http or https address, like https://example.com/hook".to_owned()
        }
        Refusal::NoBoard { collection } => format!(
            "{} is no board; name boards by their chats' ids, like --collections -1001234,-1005678, or every group with \"*\"",
            visible(collection),
        ),
        Refusal::FollowsNothing => {
            "what is to be followed? Name boards by their chats' ids, like --collections -1001234,-1005678, or every group with \"*\"".to_owned()
        }
        Refusal::DuplicateLink {
            link,
            notifier,
            target,
        } => format!(
            "{} tells {} already, by link {link}; there is nothing to do",
            named(notifier),
            named(target),
        ),
        Refusal::NothingChanged { what } => {
            format!(
                "nothing to change: {} is like that already; `bounty bridge {} edit --help` tells what can be named",
                named(what),
                kind(what.kind),
            )
        }
    }
}

/// The option that takes a field's text.
fn option_of(field: &str) -> String {
    match field {
        "command" => "--commands, like --commands add,bounty".to_owned(),
        "category" => "--limit, like --limit write=30".to_owned(),
        field => format!("--{field}"),
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

fn not_readable(field: &str, typed: &str) -> String {
    let how = match field {
        "quiet-hours" => "write the first and the last time of day, like 22:00-08:00, or none",
        "quiet-zone" => "write a time zone as in Europe/Berlin",
        "topic" => "write the topic's number as in its link, or none",
        _ => "write the id of a chat, like -1001234",
    };
    format!("\"{}\" is nothing for --{field}; {how}", visible(typed))
}

fn secret(field: &str) -> String {
    let field = visible(field);
    let how = if matches!(&*field, "token" | "key" | "url") {
        &*format!(
            "put it into a variable or a file that only the bot's user can read, and name that: --{field}-env NAME or --{field}-file PATH"
        )
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

fn listed(words: impl AsRef<[&'static str]>) -> String {
    words.as_ref().join(", ")
}
