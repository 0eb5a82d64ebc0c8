//! A chat is told by name, and by no more, to whom else it is told what happens on its board.

use chrono_tz::UTC;

use super::{TEXTS, every, view};
use crate::domain::board::{Answer, ChatKind, CommandSet};
use crate::domain::bridge::Forwarding;
use crate::text::{Note, Say};

fn plain(started: &[Forwarding], stopped: &[Forwarding]) -> String {
    let say = Say::ForwardingChanged { started, stopped };
    TEXTS.render(&say, &[], &view(UTC)).plain()
}

#[test]
fn a_start_and_an_end_name_the_targets() {
    let found = every::forwardings("Team <");
    let one = "From now on, what happens on this board is also told to the chat “Team <0”. \
        The operator of this bot set that up; /help always shows it.";
    assert_eq!(plain(&found[..1], &[]), one);
    let other = "What happens on this board is no longer told to the web hook “Team <0”.";
    assert_eq!(plain(&[], &found[1..2]), other);
    assert_eq!(
        plain(&found[..1], &found[1..2]),
        format!("{one}\n\n{other}")
    );
}

#[test]
fn a_target_is_named_once_and_ten_at_most() {
    let found = every::forwardings("T");
    let again: Vec<Forwarding> = found.iter().chain(&found).cloned().collect();
    let told = plain(&again, &[]);
    assert_eq!(told.matches('“').count(), 10, "{told}");
    assert!(told.contains("the chat “T4”, 10 more."), "{told}");
}

#[test]
fn the_help_ends_with_it_and_nothing_tells_where_a_target_is() {
    let help = Answer::Help {
        kind: ChatKind::Group,
        commands: CommandSet::all(),
    };
    let note = Note::Forwarded(every::forwardings("T"));
    let message = TEXTS.render(&Say::Answer(&help), &[note], &view(UTC));
    let told = message.plain();
    assert!(
        told.ends_with("more. The operator of this bot set that up."),
        "{told}"
    );
    assert!(
        !told.contains("private-path") && !told.contains("-5"),
        "{told}"
    );
}
