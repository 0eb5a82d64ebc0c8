mod add;
mod calls;
mod due;
mod edit;
mod hostile;
mod links;
mod options;
mod replies;

use chrono::DateTime;
use chrono_tz::UTC;

use super::{Body, HiddenLink, MessageText, Note, Parsed, Usage, parse};
use crate::domain::board::{Change, Command, DueWish, EditParts, NewBounty};
use crate::domain::due::DueExpr;

const BOT: &str = "bounty_bot";

/// Wednesday, 15 May 2030, 12:00.
const NOON: i64 = 1_905_076_800;

fn read(text: &str) -> Parsed {
    parse(&MessageText::plain(text), BOT)
}

/// A body in which `words` hide a link.
fn hiding<'a>(text: &'a str, words: &str, url: &str) -> Body<'a> {
    let start = text.find(words).expect("the words stand in the text");
    let link = HiddenLink {
        range: start..start + words.len(),
        url: url.to_owned(),
    };
    Body {
        text,
        hidden_links: vec![link],
    }
}

fn moment(due: &DueExpr) -> String {
    let at = due.resolve(NOON, UTC).expect("within the calendar");
    let moment = DateTime::from_timestamp(at, 0).expect("within the calendar");
    moment.format("%Y-%m-%d %H:%M").to_string()
}

/// How an `/add` was understood, in one line.
fn added(parsed: &Parsed) -> String {
    let (bounty, notes) = match parsed {
        Parsed::Command(Command::Change(Change::Add(bounty)), notes) => (bounty, notes),
        Parsed::Usage(Usage::Add) => return "usage".to_owned(),
        Parsed::Usage(Usage::AddOnlyLink) => return "only a link".to_owned(),
        Parsed::Usage(Usage::Link { link, .. }) => return format!("bad link: {link}"),
        other => panic!("no /add: {other:?}"),
    };
    let NewBounty { text, link, due } = bounty;
    let mut line = text.clone();
    line.extend(link.iter().map(|link| format!(" | link {link}")));
    line.extend(due.iter().map(|due| format!(" | due {}", moment(due))));
    for note in notes {
        match note {
            Note::DueNotUnderstood { words } => line += &format!(" | no date: {words}"),
            Note::AddEdited | Note::ZoneAssumed { .. } | Note::Forwarded(_) | Note::Partial => {
                panic!("a parser knows no record")
            }
        }
    }
    line
}

/// How an `/edit 3` was understood, in one line.
fn edited(parsed: &Parsed) -> String {
    let parts = match parsed {
        Parsed::Command(Command::Change(Change::Edit(id, parts)), notes) => {
            assert_eq!((id.0, notes.as_slice()), (3, [].as_slice()));
            parts
        }
        Parsed::Usage(Usage::Edit) => return "usage".to_owned(),
        Parsed::Usage(Usage::DueNotUnderstood { words }) => return format!("no date: {words}"),
        other => panic!("no /edit: {other:?}"),
    };
    let EditParts { text, link, due } = parts;
    let text = text.iter().map(|text| format!("text {text}"));
    let link = link
        .iter()
        .map(|link| format!("link {}", link.as_deref().unwrap_or("cleared")));
    let due = due.iter().map(|due| match due {
        DueWish::Clear => "due cleared".to_owned(),
        DueWish::Set(due) => format!("due {}", moment(due)),
    });
    text.chain(link).chain(due).collect::<Vec<_>>().join(" | ")
}

#[track_caller]
fn assert_added(table: &[(&str, &str)]) {
    for (typed, understood) in table {
        let message = format!("/add {typed}");
        assert_eq!(added(&read(&message)), *understood, "/add {typed}");
    }
}

#[track_caller]
fn assert_edited(table: &[(&str, &str)]) {
    for (typed, understood) in table {
        let message = format!("/edit 3 {typed}");
        assert_eq!(edited(&read(&message)), *understood, "/edit 3 {typed}");
    }
}
