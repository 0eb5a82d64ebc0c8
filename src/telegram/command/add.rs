//! `/add <text> [link] [due]`, also as a reply to the message that holds the text.

use crate::domain::board::{Change, Command, NewBounty};
use crate::domain::normalise_link;

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
        None => Parsed::Usage(usage(&own, message.replied.as_ref())),
    }
}

/// What to say about a bounty without a text.
fn usage(own: &Split, replied: Option<&Body>) -> Usage {
    let theirs = replied.and_then(|replied| Split::new(replied, 0, words(replied.text)).link());
    match own.link().or(theirs) {
        None => Usage::Add,
        Some(link) => match normalise_link(&link) {
            Ok(_) => Usage::AddOnlyLink,
            Err(error) => Usage::Link { link, error },
        },
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

/// What was typed goes before what is in the message replied to; what was meant as a mere date, and is none, behind its text.
fn from_reply(own: &Split, replied: &Body) -> Option<(NewBounty, Vec<Note>)> {
    let theirs = theirs(own, replied);
    let (due, missed) = due_of(own);
    let text = match (&due, &missed) {
        (Some(Due { from, .. }), _) => own.text_before(*from).or_else(|| theirs.text()),
        (None, Some(Missed { from: 0, .. })) => joined(theirs.text(), own.text()),
        (None, _) => own.text().or_else(|| theirs.text()),
    };
    let link = own.link().or_else(|| theirs.link());
    Some(bounty(text?, link, due, missed))
}

/// The message replied to: its link stays text where another one was typed.
fn theirs<'a>(own: &Split, replied: &'a Body) -> Split<'a> {
    let theirs = Split::new(replied, 0, words(replied.text));
    match own.link() {
        Some(link) if theirs.link().is_some_and(|other| other != link) => Split::whole(replied),
        _ => theirs,
    }
}

fn joined(first: Option<String>, second: Option<String>) -> Option<String> {
    let both: Vec<String> = first.into_iter().chain(second).collect();
    (!both.is_empty()).then(|| both.join(" "))
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
