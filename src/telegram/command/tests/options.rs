//! `--text`, and the chat's own settings.

use super::{added, edited, read};
use crate::domain::BountyId;
use crate::domain::board::{Change, Command, Query};
use crate::telegram::command::{Parsed, Usage, called};

fn is_plain(text: &str) -> bool {
    called(text, "bounty_bot").expect("a command").plain
}

#[test]
fn a_reading_command_may_end_with_the_wish_for_plain_text() {
    for (text, query) in [
        ("/bounty --text", Query::List { page: 1 }),
        ("/bounty 2 --TEXT ", Query::List { page: 2 }),
        ("/my@bounty_bot 3 —text", Query::Mine { page: 3 }),
        ("/history #3\n–text", Query::History(BountyId(3))),
        ("/help --text", Query::Help),
        ("/language --text", Query::Language),
        ("/timezone --text", Query::Timezone),
    ] {
        let expected = Parsed::Command(Command::Query(query), vec![]);
        assert_eq!(read(text), expected, "{text}");
        assert!(is_plain(text), "{text}");
    }
    assert_eq!(read("/history --text"), Parsed::Usage(Usage::History));
    assert!(is_plain("/history --text"));
}

#[test]
fn the_wish_stands_at_the_end_or_it_is_none() {
    assert_eq!(read("/bounty --text 2"), Parsed::Usage(Usage::List));
    assert_eq!(read("/bounty --text --text"), Parsed::Usage(Usage::List));
    for text in [
        "/bounty",
        "/bounty --texts",
        "/bounty 2 -- text",
        "/bounty --text 2",
    ] {
        assert!(!is_plain(text), "{text}");
    }
}

#[test]
fn the_wish_is_a_part_of_what_a_writing_command_says() {
    assert_eq!(added(&read("/add Support --text")), "Support --text");
    assert_eq!(added(&read("/add --text")), "--text");
    assert_eq!(edited(&read("/edit 3 --text")), "text --text");
    assert_eq!(read("/delete 3 --text"), Parsed::Usage(Usage::Delete));
    for text in ["/add x --text", "/edit 3 --text", "/track 3 --text"] {
        assert!(!is_plain(text), "{text}");
    }
}

#[test]
fn a_setting_is_shown_or_chosen() {
    let query = |text: &str, query| {
        assert_eq!(read(text), Parsed::Command(Command::Query(query), vec![]));
    };
    query("/language", Query::Language);
    query("/TimeZone \n", Query::Timezone);
    let change = |text: &str, change| {
        assert_eq!(read(text), Parsed::Command(Command::Change(change), vec![]));
    };
    change("/language ru", Change::ChooseLanguage("ru".to_owned()));
    let city = "New York".to_owned();
    change(
        "/timezone@bounty_bot  New York ",
        Change::ChooseTimezone(city),
    );
}

#[test]
fn link_and_due_date_are_cleared_in_russian_too() {
    let clear = "link cleared | due cleared";
    for text in ["/edit 3 link:none due:none", "/edit 3 Ссылка:нет срок: нет"] {
        assert_eq!(edited(&read(text)), clear, "{text}");
    }
}
