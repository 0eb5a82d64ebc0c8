//! Which word is the link, and what is written onto it.

use super::{BOT, added, assert_added, edited, hiding};
use crate::telegram::command::{Body, HiddenLink, MessageText, parse};

#[test]
fn the_scheme_is_known_in_any_case_and_others_are_passed_on_to_be_refused() {
    assert_added(&[
        ("A HTTPS://E.com/1", "A | link HTTPS://E.com/1"),
        ("A http://e.com", "A | link http://e.com"),
        ("A tg://resolve?domain=x", "A | link tg://resolve?domain=x"),
        (
            "A svn+ssh://e.com/x https://e.com/1",
            "A https://e.com/1 | link svn+ssh://e.com/x",
        ),
        (
            "A https://e.com/1 ftp://e.com/x",
            "A ftp://e.com/x | link https://e.com/1",
        ),
        ("A https://", "A | link https://"),
        ("A mailto:a@e.com", "A mailto:a@e.com"),
        ("A ://e.com", "A ://e.com"),
        ("A 1://e.com", "A 1://e.com"),
        ("A see:https://e.com", "A see:https://e.com"),
        ("A e.com/1", "A e.com/1"),
        ("A ссылка://e.com", "A ссылка://e.com"),
    ]);
}

#[test]
fn punctuation_around_a_link_is_not_part_of_it() {
    assert_added(&[
        ("See https://e.com/1.", "See. | link https://e.com/1"),
        (
            "See https://e.com/1, please",
            "See, please | link https://e.com/1",
        ),
        ("https://e.com/1, please", "please | link https://e.com/1"),
        ("Is it https://e.com/1?!", "Is it?! | link https://e.com/1"),
        ("Crash (https://e.com/1)", "Crash | link https://e.com/1"),
        ("Crash (https://e.com/1).", "Crash. | link https://e.com/1"),
        (
            "Crash (see https://e.com/1)",
            "Crash (see) | link https://e.com/1",
        ),
        (
            "Crash (https://e.com/1 again)",
            "Crash (again) | link https://e.com/1",
        ),
        ("Crash <https://e.com/1>", "Crash | link https://e.com/1"),
        ("Crash \"https://e.com/1\"", "Crash | link https://e.com/1"),
        ("Сбой «https://e.com/1»", "Сбой | link https://e.com/1"),
        (
            "Wiki https://e.com/a_(b)",
            "Wiki | link https://e.com/a_(b)",
        ),
        (
            "Wiki (https://e.com/a_(b))",
            "Wiki | link https://e.com/a_(b)",
        ),
        ("Six http://[::1]/ here", "Six here | link http://[::1]/"),
        (
            "Query https://e.com/?a=1&b=2 here",
            "Query here | link https://e.com/?a=1&b=2",
        ),
    ]);
}

#[test]
fn a_label_goes_with_its_link() {
    assert_added(&[
        ("A link:https://e.com/1", "A | link https://e.com/1"),
        (
            "A Link: https://e.com/1 fri",
            "A | link https://e.com/1 | due 2030-05-17 23:59",
        ),
        ("A link to nothing", "A link to nothing"),
        ("A ссылка:https://e.com/1", "A | link https://e.com/1"),
        (
            "A (Ссылка: https://e.com/1)",
            "A (Ссылка:) | link https://e.com/1",
        ),
        ("A ССЫЛКА: https://e.com/1", "A | link https://e.com/1"),
    ]);
    super::assert_edited(&[
        ("link: https://e.com/9", "link https://e.com/9"),
        ("ссылка: https://e.com/9", "link https://e.com/9"),
        ("ссылка:https://e.com/9", "link https://e.com/9"),
    ]);
}

#[test]
fn words_that_hide_a_link_stay_text() {
    let body = hiding("/add Fix the crash now", "the crash", "https://e.com/1");
    let message = MessageText {
        body,
        replied: None,
    };
    assert_eq!(
        added(&parse(&message, BOT)),
        "Fix the crash now | link https://e.com/1"
    );
}

#[test]
fn of_hidden_and_written_links_the_first_is_the_link() {
    let hidden = "https://hidden.e.com/";
    let rows = [
        (
            "/add Fix it https://e.com/1",
            "it",
            "Fix it https://e.com/1 | link https://hidden.e.com/",
        ),
        (
            "/add Fix https://e.com/1 it",
            "it",
            "Fix it https://hidden.e.com/ | link https://e.com/1",
        ),
        (
            "/add Fix https://e.com/1",
            "https://e.com/1",
            "Fix | link https://e.com/1",
        ),
    ];
    for (text, words, understood) in rows {
        let message = MessageText {
            body: hiding(text, words, hidden),
            replied: None,
        };
        assert_eq!(added(&parse(&message, BOT)), understood, "{text}");
    }
}

#[test]
fn a_link_behind_the_command_or_the_id_alone_does_not_count() {
    let link = |range| HiddenLink {
        range,
        url: "https://e.com/1".to_owned(),
    };
    let body = |hidden_links| Body {
        text: "/edit 3 New",
        hidden_links,
    };
    let edit = |range| {
        let message = MessageText {
            body: body(vec![link(range)]),
            replied: None,
        };
        edited(&parse(&message, BOT))
    };
    assert_eq!(edit(0..7), "text New");
    assert_eq!(edit(0..8), "text New | link https://e.com/1");
    assert_eq!(edit(8..usize::MAX), "text New | link https://e.com/1");
}

#[test]
fn the_other_links_behind_words_are_written_behind_them() {
    let text = "/add See docs and the blog, then mail tomorrow";
    let link = |words: &str, url: &str| {
        let start = text.find(words).expect("the words stand in the text");
        HiddenLink {
            range: start..start + words.len(),
            url: url.to_owned(),
        }
    };
    let read = |hidden_links, text| {
        let body = Body { text, hidden_links };
        let message = MessageText {
            body,
            replied: None,
        };
        added(&parse(&message, BOT))
    };
    let two = vec![
        link("the blog", "https://e.com/b"),
        link("docs", "https://e.com/d"),
    ];
    assert_eq!(
        read(two, text),
        "See docs and the blog, https://e.com/b then mail | link https://e.com/d | due 2030-05-16 23:59"
    );
    let over_date = vec![
        link("docs", "https://e.com/d"),
        link("tomorrow", "https://e.com/t"),
    ];
    assert_eq!(
        read(over_date, text),
        "See docs and the blog, then mail https://e.com/t | link https://e.com/d | due 2030-05-16 23:59"
    );
    let same = vec![
        link("docs", "https://e.com/d"),
        link("mail", "https://e.com/d"),
    ];
    assert_eq!(
        read(same, text),
        "See docs and the blog, then mail | link https://e.com/d | due 2030-05-16 23:59"
    );
}

#[test]
fn no_link_of_a_message_replied_to_is_lost() {
    let reply = |replied| MessageText {
        replied: Some(replied),
        ..MessageText::plain("/add https://mine.com/")
    };
    let plain = MessageText::plain("Orig https://o.com/").body;
    assert_eq!(
        added(&parse(&reply(plain), BOT)),
        "Orig https://o.com/ | link https://mine.com/"
    );
    let hidden = hiding("It crashes here.", "here", "https://o.com/");
    assert_eq!(
        added(&parse(&reply(hidden), BOT)),
        "It crashes here. https://o.com/ | link https://mine.com/"
    );
}
