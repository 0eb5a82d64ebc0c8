//! No text is missing, none is left over.

use std::collections::BTreeSet;

use super::every;
use super::{NOON, TEXTS, render};
use crate::domain::board::{Answer, ChatKind, CommandName, CommandSet};
use crate::domain::due;
use crate::text::{Language, Message, Say, View};

const SOURCES: &[&str] = &[
    include_str!("../mod.rs"),
    include_str!("../confirm.rs"),
    include_str!("../guide.rs"),
    include_str!("../history.rs"),
    include_str!("../list.rs"),
    include_str!("../refusal.rs"),
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

fn keys(language: Language) -> BTreeSet<&'static str> {
    let is_key = |line: &&str| line.starts_with(|c: char| c.is_ascii_lowercase());
    language
        .source()
        .lines()
        .filter(is_key)
        .filter_map(|line| line.split_once(" ="))
        .map(|(key, _)| key)
        .collect()
}

#[test]
fn every_text_can_be_made_in_every_language() {
    for &language in Language::ALL {
        let view = View {
            language,
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
    let catalog = TEXTS.catalog(Language::English);
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
fn every_file_is_valid_and_has_the_same_keys_each_once() {
    let english = keys(Language::English);
    for &language in Language::ALL {
        assert_eq!(keys(language), english, "{language:?}");
        let parsed = fluent_bundle::FluentResource::try_new(language.source().to_owned());
        let resource = parsed.map_err(|(_, errors)| errors).unwrap();
        let mut bundle = fluent_bundle::FluentBundle::new(vec![]);
        assert!(
            bundle.add_resource(resource).is_ok(),
            "{language:?} has a key twice"
        );
    }
}

#[test]
fn every_key_is_used() {
    for key in keys(Language::English) {
        let quoted = format!("\"{key}\"");
        let is_used = SOURCES.iter().any(|source| source.contains(&quoted));
        let is_family = FAMILIES.iter().any(|family| key.starts_with(family));
        assert!(is_used || is_family, "nothing says {key}");
    }
}

#[test]
fn every_description_for_a_menu_is_plain_and_within_telegrams_limits() {
    for &language in Language::ALL {
        for kind in [ChatKind::Group, ChatKind::Private] {
            for command in CommandName::ALL {
                let name = command.as_str();
                assert!(name.len() <= 32 && name.bytes().all(|c| c.is_ascii_lowercase()));
                let description = TEXTS.description(language, command, kind);
                assert!(
                    (3..=256).contains(&description.chars().count()),
                    "{description}"
                );
                assert!(!description.contains(['⟦', '{', '<']), "{description}");
            }
        }
        assert!(TEXTS.outdated_button(language).chars().count() <= 200);
    }
}

#[test]
fn every_due_date_that_the_help_shows_is_understood() {
    let help = Answer::Help {
        kind: ChatKind::Group,
        commands: CommandSet::all(),
    };
    let html = render(&Say::Answer(&help), &[]).html;
    let (_, dates) = html.split_once("<code>due:</code>").unwrap();
    let examples = dates
        .split("<code>")
        .skip(1)
        .map(|rest| rest.split("</code>").next().unwrap());
    let examples: Vec<&str> = examples.collect();
    assert!(examples.len() >= 8, "{examples:?}");
    for example in examples {
        let words: Vec<&str> = example.split(' ').collect();
        assert!(due::parse(&words).is_some(), "{example}");
    }
}

#[test]
fn texts_are_shared_by_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<crate::text::Texts>();
}
