//! A chat can read by name, and by no more, to whom else it is told what happens on its board.

use chrono_tz::UTC;

use super::{TEXTS, every, view};
use crate::domain::board::{Answer, ChatKind, CommandSet};
use crate::domain::bridge::Forwarding;
use crate::text::{Note, Say};

/// What stands below the help.
fn note(found: &[Forwarding]) -> String {
    let help = Answer::Help {
        ids: Vec::new(),
        kind: ChatKind::Group,
        commands: CommandSet::all(),
    };
    let note = Note::Forwarded(found.to_vec());
    let message = TEXTS.render(&Say::Answer(&help), &[note], &view(UTC));
    let told = message.plain();
    let (_, note) = told.rsplit_once("\n\n").expect("a note");
    note.to_owned()
}

#[test]
fn the_help_names_each_target_and_nothing_tells_where_it_is() {
    let found = every::forwardings("Team <");
    assert_eq!(
        note(&found[..2]),
        "What happens on this board is also told to the web hook “Team <0”, the chat “Team <0”. \
         The operator of this bot set that up."
    );
    let told = note(&found);
    assert!(
        !told.contains("private-path") && !told.contains("-5"),
        "{told}"
    );
}

#[test]
fn a_target_is_named_once_and_ten_at_most() {
    let found = every::forwardings("T");
    let again: Vec<Forwarding> = found.iter().chain(&found).cloned().collect();
    let told = note(&again);
    assert_eq!(told.matches('“').count(), 10, "{told}");
    assert!(told.contains("the chat “T4”, 10 more."), "{told}");
}
