//! What Russian users read, and what every language shares.

use chrono_tz::{Etc, Europe, Tz, UTC};

use super::{FRIDAY, NOON, TEXTS, bare, login, view};
use crate::domain::board::{Answer, BountyView, Refusal};
use crate::domain::{BountyId, Locale};
use crate::text::{Note, Say, View};

fn russian(answer: &Answer, notes: &[Note], zone: Tz) -> String {
    let view = View {
        locale: Locale::Russian,
        ..view(zone)
    };
    TEXTS.render(&Say::Answer(answer), notes, &view).plain()
}

#[test]
fn a_confirmation_in_russian_has_a_russian_date() {
    let text = russian(&Answer::Added(login()), &[], Europe::Moscow);
    assert_eq!(
        text,
        "Добавлена #3\nFix login bug\nhttps://example.com/1\n\
         срок: сб, 1 февраля 2031, 02:59 Europe/Moscow (через 4 дня)"
    );
}

#[test]
fn a_refusal_in_russian_names_the_creator_and_what_to_do() {
    let refusal = Refusal::NotCreator {
        id: BountyId(3),
        creator: "Ada".to_owned(),
    };
    let text = russian(&Answer::Refused(refusal), &[], UTC);
    assert!(
        text.contains("#3 может только тот, кто её добавил: Ada"),
        "{text}"
    );
    assert!(text.contains("/add"), "{text}");
}

#[test]
fn a_zone_that_was_assumed_is_named_with_how_to_change_it() {
    let bounty = BountyView {
        due: Some(FRIDAY),
        ..bare("x")
    };
    let added = Answer::Added(bounty);
    for &locale in Locale::ALL {
        let said = |zone, guess| {
            let view = View {
                locale,
                ..view(zone)
            };
            let note = Note::ZoneAssumed { guess };
            let text = TEXTS.render(&Say::Answer(&added), &[note], &view).plain();
            text.split_once("\n\n")
                .expect("a note below the answer")
                .1
                .to_owned()
        };
        let offered = said(UTC, Some(Europe::Moscow));
        assert!(offered.contains("UTC"), "{offered}");
        assert!(offered.contains("/timezone Europe/Moscow"), "{offered}");
        for guess in [None, Some(Europe::Moscow)] {
            let same = said(Europe::Moscow, guess);
            assert!(same.contains("Europe/Moscow"), "{same}");
            assert!(
                same.contains("/timezone") && !same.contains("/timezone Europe"),
                "{same}"
            );
        }
    }
}

#[test]
fn the_settings_are_shown_with_the_choices() {
    for &locale in Locale::ALL {
        let said = |answer| {
            let view = View {
                locale,
                ..view(Etc::GMTMinus3)
            };
            TEXTS.render(&Say::Answer(&answer), &[], &view).plain()
        };
        for chosen in [true, false] {
            let language = said(Answer::Language { chosen });
            for other in Locale::ALL {
                let command = format!("/language {}", other.as_str());
                assert!(language.contains(&command), "{language}");
            }
            let zone = said(Answer::Timezone { chosen });
            assert!(zone.contains("UTC+3") && zone.contains("15:00"), "{zone}");
        }
        assert_ne!(
            said(Answer::Language { chosen: true }),
            said(Answer::Language { chosen: false })
        );
        assert_ne!(
            said(Answer::Timezone { chosen: true }),
            said(Answer::Timezone { chosen: false })
        );
        assert!(said(Answer::TimezoneChosen).contains("UTC+3"));
    }
    assert_eq!(NOON % 86_400, 12 * 3_600);
}

#[test]
fn what_is_no_language_or_zone_is_repeated_with_the_choices() {
    let typed = "<b>Kling".to_owned();
    for &locale in Locale::ALL {
        let view = View {
            locale,
            ..view(UTC)
        };
        for (refusal, choice) in [
            (
                Refusal::UnknownLanguage {
                    typed: typed.clone(),
                },
                "/language ru",
            ),
            (
                Refusal::UnknownTimezone {
                    typed: typed.clone(),
                },
                "/timezone Europe/Berlin",
            ),
        ] {
            let refused = Answer::Refused(refusal);
            let html = TEXTS.render(&Say::Answer(&refused), &[], &view).html;
            assert!(html.contains("&lt;b&gt;Kling"), "{html}");
            let is_offered = html.contains(choice) || html.contains("/timezone London");
            assert!(is_offered, "{html}");
        }
    }
}
