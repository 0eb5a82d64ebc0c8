//! `/add <text> [link] [due]`, also as a reply to the message that holds the text.

use crate::domain::board::{Change, Command, NewBounty};

use super::due::{Due, Missed};
use super::split::Split;
use super::{Body, MessageText, Note, Parsed, Usage, words};

pub(super) fn add(message: &MessageText, after: usize) -> Parsed {
    let own = Split::new(&message.body, after, words(&message.body.text[after..]));
    let added = match &message.replied {
        None => from_words(&own),
        Some(replied) => from_reply(&own, replied),
    };
    match added {
        Some((bounty, notes)) => Parsed::Command(Command::Change(Change::Add(bounty)), notes),
        None => Parsed::Usage(Usage::Add),
    }
}

/// A bounty has a text: words that would be its date stay text when there are no others.
fn from_words(own: &Split) -> Option<(NewBounty, Vec<Note>)> {
    let (due, missed) = due_of(own);
    let due = due.filter(|due| due.from > 0);
    let text = match &due {
        Some(due) => own.text_before(due.from),
        None => own.text(),
    };
    Some(bounty(text?, own.link(), due, missed))
}

/// What was typed goes before what is in the message replied to.
fn from_reply(own: &Split, replied: &Body) -> Option<(NewBounty, Vec<Note>)> {
    let theirs = Split::new(replied, 0, words(replied.text));
    let (due, missed) = due_of(own);
    let end_of_text = match (&due, &missed) {
        (Some(Due { from, .. }), _) => Some(*from),
        (None, Some(Missed { from: 0, .. })) => Some(0),
        (None, _) => None,
    };
    let text = match end_of_text {
        Some(end) => own.text_before(end),
        None => own.text(),
    };
    let link = own.link().or_else(|| theirs.link());
    let text = text.or_else(|| theirs.text())?;
    Some(bounty(text, link, due, missed))
}

fn due_of(own: &Split) -> (Option<Due>, Option<Missed>) {
    match own.due() {
        Some(due) => (Some(due), None),
        None => (None, own.missed_due()),
    }
}

fn bounty(
    text: String,
    link: Option<String>,
    due: Option<Due>,
    missed: Option<Missed>,
) -> (NewBounty, Vec<Note>) {
    let due = due.map(|due| due.expression);
    let note = missed.map(|Missed { words, .. }| Note::DueNotUnderstood { words });
    (NewBounty { text, link, due }, note.into_iter().collect())
}
