//! No text is missing, none is left over.

use chrono_tz::UTC;

use super::every;
use super::syntax::{choices, messages};
use super::{NOON, TEXTS, view};
use crate::domain::Locale;
use crate::domain::board::{Answer, ChatKind, CommandName, CommandSet};
use crate::domain::due;
use crate::text::{Message, Say, Toast, View};

const SOURCES: &[&str] = &[
    include_str!("../mod.rs"),
    include_str!("../confirm.rs"),
    include_str!("../forwarding.rs"),
    include_str!("../guide.rs"),
    include_str!("../history.rs"),
    include_str!("../list.rs"),
    include_str!("../notify.rs"),
    include_str!("../refusal.rs"),
    include_str!("../settings.rs"),
    include_str!("../time.rs"),
];

/// Keys that are made of a family's name and something else.
const FAMILIES: &[&str] = &["weekday-", "month-", "in-", "ago-", "command-", "example-"];

fn assert_complete(message: &Message) {
    let plain = message.plain();
    assert!(
        !plain.contains(['⟦', '{', '}']),
        "a text is missing: {plain}"
    );
    assert!(!plain.trim().is_empty());
}

#[test]
fn every_text_can_be_made_in_every_language() {
    for &locale in Locale::ALL {
        let view = View {
            locale,
            zone: chrono_tz::UTC,
            at: NOON,
        };
        let notes = every::notes("31.13");
        for answer in every::answers("Fix login bug") {
            let say = Say::Answer(&answer);
            assert_complete(&TEXTS.render(&say, &[], &view));
            assert_complete(&TEXTS.render(&say, &notes, &view));
        }
        for say in every::others("31.13") {
            assert_complete(&TEXTS.render(&say, &notes, &view));
        }
    }
}

#[test]
fn a_key_that_is_in_no_file_shows_itself_and_is_no_panic() {
    let catalog = TEXTS.catalog(Locale::English);
    let args = crate::text::Args::default();
    assert_eq!(
        catalog.format("no-such-key", &args).plain(),
        "⟦no-such-key⟧"
    );
    assert_eq!(
        catalog.format("added", &args).plain(),
        "⟦added⟧",
        "its id is missing"
    );
}

#[test]
fn every_file_has_the_same_keys_attributes_and_variables_as_every_other() {
    let english = messages(Locale::English);
    for &locale in Locale::ALL {
        let others = messages(locale);
        for key in english.keys().chain(others.keys()) {
            assert_eq!(others.get(key), english.get(key), "{key} in {locale:?}");
        }
    }
}

#[test]
fn every_choice_of_a_text_has_the_same_words_in_every_file() {
    let english = choices(Locale::English);
    for &locale in Locale::ALL {
        assert_eq!(choices(locale), english, "{locale:?}");
    }
}

#[test]
fn every_key_is_used() {
    for key in messages(Locale::English).into_keys() {
        let quoted = format!("\"{key}\"");
        let is_used = SOURCES.iter().any(|source| source.contains(&quoted));
        let is_family = FAMILIES.iter().any(|family| key.starts_with(family));
        assert!(is_used || is_family, "nothing says {key}");
    }
}

#[test]
fn every_description_for_a_menu_is_plain_and_within_telegrams_limits() {
    for &locale in Locale::ALL {
        for kind in [ChatKind::Group, ChatKind::Private] {
            for command in CommandName::ALL {
                let name = command.as_str();
                assert!(name.len() <= 32 && name.bytes().all(|c| c.is_ascii_lowercase()));
                let description = TEXTS.description(locale, command, kind);
                assert!(
                    (3..=256).contains(&description.chars().count()),
                    "{description}"
                );
                assert!(!description.contains(['⟦', '{', '<']), "{description}");
            }
        }
        for toast in [Toast::Outdated, Toast::Foreign] {
            assert!(TEXTS.toast(locale, toast).chars().count() <= 200);
        }
    }
}

#[test]
fn every_due_date_that_the_help_shows_is_understood() {
    for (locale, before) in [
        (Locale::English, "<code>due:</code>"),
        (Locale::Russian, "<code>срок:</code>"),
    ] {
        let view = View {
            locale,
            ..view(UTC)
        };
        let help = Answer::Help {
            ids: Vec::new(),
            kind: ChatKind::Group,
            commands: CommandSet::all(),
        };
        let html = TEXTS.render(&Say::Answer(&help), &[], &view).html;
        let (_, dates) = html.split_once(before).expect("the help has this heading");
        let examples = dates.split("<code>").skip(1).map(|rest| {
            rest.split("</code>")
                .next()
                .expect("a split has a first part")
        });
        let examples: Vec<&str> = examples.collect();
        assert!(examples.len() >= 8, "{examples:?}");
        for example in examples {
            let words: Vec<&str> = example.split(' ').collect();
            assert!(due::parse(&words).is_some(), "{example}");
        }
    }
}

#[test]
fn texts_are_shared_by_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<crate::text::Texts>();
}
