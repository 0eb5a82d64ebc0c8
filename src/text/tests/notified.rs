//! What other chats are told of a board.

use chrono_tz::UTC;

use super::harmless::assert_only_our_tags;
use super::{FRIDAY, NOON, TEXTS, view};
use crate::domain::board::FieldChange;
use crate::domain::bridge::EventType;
use crate::domain::notifier::{News, Told};
use crate::domain::{BountyId, ChatId, Locale, Position, Seq, Timestamp};
use crate::text::html::units;
use crate::text::{MESSAGE_UNITS, Message, Notification, View};

fn news(kind: EventType, words: &str) -> News {
    let text = FieldChange::Text {
        old: "Before".into(),
        new: words.into(),
    };
    let due = FieldChange::Due {
        old: Some(NOON),
        new: Some(FRIDAY),
    };
    let is_edit = kind == EventType::Edited;
    News {
        kind,
        bounty: BountyId(3),
        seqs: vec![Seq(7)],
        at: Position::START,
        time: Timestamp::from_millis(NOON * 1_000),
        actor: words.to_owned(),
        actor_id: Some(456),
        text: words.into(),
        link: Some(words.into()),
        due: Some(FRIDAY),
        changes: if is_edit { vec![text, due] } else { Vec::new() },
    }
}

fn reminder(kind: EventType, words: Option<&str>) -> Told {
    Told::Reminder {
        kind,
        bounty: BountyId(3),
        due: FRIDAY,
        text: words.map(Into::into),
        link: words.map(Into::into),
    }
}

/// One of everything that can be told.
fn all(words: &str) -> Vec<Told> {
    let news = EventType::DEFAULT.map(|kind| Told::News(news(kind, words)));
    let reminders = [EventType::DueSoon, EventType::Overdue];
    let reminders = reminders
        .into_iter()
        .flat_map(|kind| [Some(words), None].map(|words| reminder(kind, words)));
    news.into_iter().chain(reminders).collect()
}

fn message(title: Option<&str>, told: &[Told], locale: Locale) -> Message {
    let notification = Notification {
        chat: ChatId(-100),
        title,
        told,
    };
    let view = View {
        locale,
        ..view(UTC)
    };
    TEXTS.notification(&notification, &view)
}

fn plain(told: Told) -> String {
    message(Some("Team"), &[told], Locale::English).plain()
}

#[test]
fn each_event_is_told_with_who_did_it_and_what_it_is_about() {
    let told = |kind| plain(Told::News(news(kind, "Fix")));
    let added = "Team\n\nFix added #3\nFix\nFix\ndue Fri 31 Jan 2031 23:59 UTC (in 3 days)";
    assert_eq!(told(EventType::Added), added);
    let edited = "Team\n\nFix edited #3\ntext: Before → Fix\ndue: Tue 28 Jan 2031 12:00 UTC → \
        Fri 31 Jan 2031 23:59 UTC (in 3 days)";
    assert_eq!(told(EventType::Edited), edited);
    assert_eq!(told(EventType::Deleted), "Team\n\nFix deleted #3\nFix");
    assert_eq!(told(EventType::Tracked), "Team\n\nFix now tracks #3\nFix");
    let soon = plain(reminder(EventType::DueSoon, Some("Fix")));
    assert_eq!(
        soon,
        "Team\n\n#3 is due Fri 31 Jan 2031 23:59 UTC (in 3 days)\nFix\nFix"
    );
    let overdue = plain(reminder(EventType::Overdue, None));
    assert_eq!(
        overdue,
        "Team\n\n#3 is overdue since Fri 31 Jan 2031 23:59 UTC (in 3 days)"
    );
}

#[test]
fn a_chat_without_a_title_is_its_id() {
    let told = [reminder(EventType::Overdue, None)];
    let message = message(None, &told, Locale::English).plain();
    assert!(message.starts_with("-100\n\n"), "{message}");
}

#[test]
fn whoever_has_no_name_is_an_id_the_operator_or_the_program() {
    let by = |actor: &str, actor_id| {
        let news = News {
            actor: actor.to_owned(),
            actor_id,
            ..news(EventType::Deleted, "Fix")
        };
        let told = plain(Told::News(news));
        told.lines().nth(2).expect("a line").to_owned()
    };
    assert_eq!(by("", Some(456)), "456 deleted #3");
    assert!(by("ada", None).contains("ada"));
    assert!(by("ada", None) != by("ada", Some(1)));
    assert!(!by("", None).starts_with(' '));
}

#[test]
fn markup_that_a_user_typed_is_shown_not_obeyed_and_everything_fits_in_every_language() {
    let markup = "<b>x</b> & <a href=\"tg://user?id=1\">@you</a> &lt; { $id }\u{202e}\n";
    for words in [markup, "<", "&", &markup.repeat(40)] {
        for &locale in Locale::ALL {
            let message = message(Some(words), &all(words), locale);
            assert_only_our_tags(&message);
            assert!(units(&message.plain()) <= MESSAGE_UNITS);
            assert!(!message.html.contains('⟦') && !message.preview);
            let names = [words.to_owned(), words.to_owned()];
            for (started, stopped) in [(&names[..], &names[..]), (&names, &[]), (&[], &names)] {
                let view = View {
                    locale,
                    ..view(UTC)
                };
                let message = TEXTS.forwarding(started, stopped, &view);
                assert_only_our_tags(&message);
                assert!(!message.html.contains('⟦') && !message.plain().is_empty());
            }
        }
    }
}
