//! What belongs to what after `/edit <id>`.

use super::{assert_edited, edited, read};
use crate::domain::BountyId;
use crate::telegram::command::{EditedCommand, edited_command};

#[test]
fn the_table_of_what_belongs_to_what_holds() {
    assert_edited(&[
        ("New text", "text New text"),
        ("https://e.com/9", "link https://e.com/9"),
        ("tomorrow", "due 2030-05-16 23:59"),
        ("31.12 18:00", "due 2030-12-31 18:00"),
        ("link:none", "link cleared"),
        ("due:none", "due cleared"),
    ]);
}

#[test]
fn several_parts_may_be_given_at_once() {
    assert_edited(&[
        (
            "New text https://e.com/9 tomorrow",
            "text New text | link https://e.com/9 | due 2030-05-16 23:59",
        ),
        (
            "https://e.com/9 tomorrow",
            "link https://e.com/9 | due 2030-05-16 23:59",
        ),
        (
            "tomorrow https://e.com/9",
            "link https://e.com/9 | due 2030-05-16 23:59",
        ),
        ("New text tomorrow", "text New text | due 2030-05-16 23:59"),
        (
            "New text tomorrow link:none",
            "text New text | link cleared | due 2030-05-16 23:59",
        ),
        ("link:none due:none", "link cleared | due cleared"),
        ("LINK: NONE, Due: None", "link cleared | due cleared"),
        ("link none", "link cleared"),
        ("due none", "due cleared"),
        ("ссылка нет срок нет", "link cleared | due cleared"),
        ("Pay when due none", "text Pay when due none"),
        ("link none of these", "text link none of these"),
        ("New due:none text", "text New text | due cleared"),
        (
            "due:none https://e.com/9",
            "link https://e.com/9 | due cleared",
        ),
        ("Новый текст срок:none", "text Новый текст | due cleared"),
        ("next fri", "due 2030-05-24 23:59"),
        ("by friday", "due 2030-05-17 23:59"),
        ("due: завтра", "due 2030-05-16 23:59"),
    ]);
}

#[test]
fn a_mere_date_never_becomes_the_text() {
    assert_edited(&[
        ("6pm tomorrow", "due 2030-05-16 18:00"),
        ("ко вторнику", "due 2030-05-21 23:59"),
        ("this friday", "due 2030-05-17 23:59"),
        ("в эту пятницу", "due 2030-05-17 23:59"),
        ("31 дек 18:00", "due 2030-12-31 18:00"),
        ("на 31.12", "due 2030-12-31 23:59"),
        ("Fri 17 May 2030 23:59", "due 2030-05-17 23:59"),
        (
            "due Fri 17 May 2030 23:59 UTC (in 2 days)",
            "due 2030-05-17 23:59",
        ),
        ("чт, 16 мая 2030, 23:59", "due 2030-05-16 23:59"),
        (
            "срок: чт, 16 мая 2030, 23:59 UTC (завтра)",
            "due 2030-05-16 23:59",
        ),
    ]);
}

#[test]
fn an_edit_whose_date_was_not_understood_changes_nothing() {
    assert_edited(&[
        ("New text 31.13", "no date: 31.13"),
        ("due: soon", "no date: soon"),
        ("https://e.com/9 25:00", "no date: 25:00"),
        ("due:nonesuch", "no date: nonesuch"),
    ]);
}

#[test]
fn an_edit_without_an_id_or_parts_or_with_contradictions_is_answered_with_an_example() {
    assert_edited(&[
        ("", "usage"),
        ("link:none https://e.com/9", "usage"),
        ("due:none tomorrow", "usage"),
    ]);
    for typed in [
        "/edit",
        "/edit New text",
        "/edit #",
        "/edit 0 New",
        "/edit -3 New",
        "/edit +3 New",
        "/edit 3, New",
    ] {
        assert_eq!(edited(&read(typed)), "usage", "{typed}");
    }
}

#[test]
fn an_id_is_accepted_with_and_without_its_sign() {
    assert_eq!(edited(&read("/edit #3 New\ntext")), "text New\ntext");
    assert_eq!(edited(&read("/edit\n3\u{a0}New text")), "text New text");
}

#[test]
fn an_edited_message_gives_what_stands_after_its_command() {
    let add = |arguments: &str| {
        Some(EditedCommand::Add {
            arguments: arguments.to_owned(),
        })
    };
    let edit = |id: Option<u64>, arguments: &str| {
        Some(EditedCommand::Edit {
            bounty: id.map(BountyId),
            arguments: arguments.to_owned(),
        })
    };
    assert_eq!(
        edited_command("/add Fix it\nfri", "bounty_bot"),
        add("Fix it\nfri")
    );
    assert_eq!(
        edited_command(" /ADD@Bounty_Bot\u{a0}Fix ", "bounty_bot"),
        add("Fix")
    );
    assert_eq!(edited_command("/add", "bounty_bot"), add(""));
    assert_eq!(
        edited_command("/edit #3 New text", "bounty_bot"),
        edit(Some(3), "New text")
    );
    assert_eq!(
        edited_command("/edit New text", "bounty_bot"),
        edit(None, "New text")
    );
    assert_eq!(
        edited_command("/delete 3", "bounty_bot"),
        Some(EditedCommand::Other)
    );
    for text in ["", "Fix it", "/foo", "/add@other_bot Fix", "see /add"] {
        assert_eq!(edited_command(text, "bounty_bot"), None, "{text}");
    }
}
