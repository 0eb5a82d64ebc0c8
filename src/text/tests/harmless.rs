//! User text changes nothing but itself.

use super::every;
use super::{answer, bare, plain, render_in};
use crate::domain::Locale;
use crate::domain::board::{Answer, BountyView, EditLine, Entry, Page, Scope};
use crate::text::html::{Html, units};
use crate::text::{Message, Say};

const MARKUP: &str = "<b>x</b> & <a href=\"tg://user?id=1\">you</a> &lt;";

/// The tags of the text files are all there may be.
fn tags(message: &Message) -> Vec<&str> {
    let rest = message.html.split('<').skip(1);
    rest.map(|rest| rest.split('>').next().expect("a split has a first part"))
        .collect()
}

pub fn assert_only_our_tags(message: &Message) {
    let mut open = None;
    for tag in tags(message) {
        match (tag, open) {
            ("b" | "i" | "code", None) => open = Some(tag),
            (_, Some(name)) if tag == format!("/{name}") => open = None,
            _ => panic!("{tag} in {message:?}"),
        }
    }
    assert_eq!(open, None, "{message:?}");
    for entity in message.html.split('&').skip(1) {
        let known = ["amp;", "lt;", "gt;", "quot;"];
        assert!(
            known.iter().any(|known| entity.starts_with(known)),
            "&{entity}"
        );
    }
}

/// Says everything with these words, in every language.
fn assert_everything(words: &str, holds: impl Fn(Message)) {
    let notes = every::notes(words);
    for &locale in Locale::ALL {
        for of in every::answers(words) {
            holds(render_in(locale, &Say::Answer(&of), &notes));
        }
        for say in every::others(words) {
            holds(render_in(locale, &say, &notes));
        }
    }
}

#[test]
fn markup_that_a_user_typed_is_shown_not_obeyed_wherever_it_stands() {
    let long = MARKUP.repeat(100);
    for words in [MARKUP, "<", "&", "\"", ">", "{ $id }", &long] {
        assert_everything(words, |message| assert_only_our_tags(&message));
    }
    assert!(plain(&Answer::Added(bare(MARKUP))).contains(MARKUP));
    assert!(plain(&Answer::Added(bare("{ $id } { -x }"))).contains("{ $id } { -x }"));
}

#[test]
fn an_entry_of_a_list_is_one_line_and_cannot_disturb_the_others() {
    let text = "one\n\n<b>#4</b> two\u{202e}\u{7}\t three\u{2028}four";
    let page = Page {
        scope: Scope::Group,
        total: 1,
        page: 1,
        pages: 1,
        entries: vec![Entry {
            bounty: bare(text),
            creator: Some("@ada\n\u{2066}L".to_owned()),
        }],
    };
    assert_eq!(
        plain(&Answer::List(page)),
        "Bounties: 1\n\n#3 one <b>#4</b> two\u{fffd}\u{fffd} three four\nby ＠ada \u{fffd}L"
    );
}

#[test]
fn a_confirmation_keeps_the_lines_of_its_text() {
    let text = "one\r\ntwo\u{2028}three\u{0}";
    assert_eq!(
        plain(&Answer::Added(bare(text))),
        "Added #3\none\ntwo\nthree\u{fffd}"
    );
}

#[test]
fn text_is_cut_between_characters_and_before_it_is_escaped() {
    let cut = |text: &str, units| Html::line(text, units).into_string();
    assert_eq!(cut("abc", 3), "abc");
    assert_eq!(cut("abcd", 3), "ab…");
    assert_eq!(cut("<<<<", 3), "&lt;&lt;…");
    assert_eq!(cut("😀😀", 4), "😀😀");
    assert_eq!(cut("😀😀😀", 4), "😀…", "half of an emoji is no character");
    assert_eq!(cut("a😀b", 3), "a…");
    assert_eq!(cut("ab", 0), "…");
}

#[test]
fn the_longest_bounty_is_shortened_and_its_link_is_not() {
    let bounty = BountyView {
        text: "😀".repeat(1_000).into(),
        link: Some(format!("https://e.com/{}", "x".repeat(2_034)).into()),
        ..super::login()
    };
    for of in [
        Answer::Added,
        Answer::Deleted,
        Answer::Tracked,
        Answer::Untracked,
    ] {
        let text = plain(&of(bounty.clone()));
        assert!(
            text.contains("😀…\n")
                && text.contains(bounty.link.as_deref().expect("each of them has a link")),
            "{text}"
        );
        assert!(
            (4_090..=4_096).contains(&units(&text)),
            "no more than needed is left out"
        );
    }
}

#[test]
fn messages_fit_whatever_their_users_typed() {
    let words = ["😀".repeat(2_100), "\"x\n".repeat(1_500)];
    for words in &words {
        assert_everything(words, |message| assert!(!message.html.is_empty()));
    }
}

#[test]
fn the_plain_text_is_what_a_reader_sees() {
    let message = answer(&Answer::Added(bare("&lt; <i>\"&amp;\"</i>")));
    assert_eq!(
        message.html,
        "Added <b>#3</b>\n&amp;lt; &lt;i&gt;&quot;&amp;amp;&quot;&lt;/i&gt;"
    );
    assert_eq!(message.plain(), "Added #3\n&lt; <i>\"&amp;\"</i>");
}

#[test]
fn the_line_to_send_instead_of_an_edit_is_copied_as_it_is() {
    let line = |bounty, arguments: &str| {
        let arguments = arguments.to_owned();
        answer(&Answer::MessageEdited(EditLine { bounty, arguments })).html
    };
    let known = line(Some(crate::domain::BountyId(3)), "New <text>\nwith @ada");
    assert!(
        known.ends_with("<code>/edit 3 New &lt;text&gt;\nwith @ada</code>"),
        "{known}"
    );
    let long = line(Some(crate::domain::BountyId(3)), &"x".repeat(4_000));
    assert!(long.ends_with("<code>/edit 3 New text</code>"), "{long}");
    let unknown = line(None, "New text");
    assert!(
        unknown.contains("<code>/edit &lt;id&gt; New text</code>"),
        "{unknown}"
    );
}
