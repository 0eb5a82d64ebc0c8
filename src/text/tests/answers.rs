//! What typical answers say, to the letter.

use super::*;
use crate::domain::LinkError;
use crate::domain::board::{ChatKind, CommandName, CommandSet, EditLine, FieldChange};
use crate::text::{TroubleText, Usage};

fn edited(changes: Vec<FieldChange>) -> String {
    plain(&Answer::Edited {
        bounty: login(),
        changes,
    })
}

fn usage(usage: Usage) -> String {
    render(&Say::Usage(usage), &[]).plain()
}

const LOGIN: &str =
    "Fix login bug\nhttps://example.com/1\ndue Fri 31 Jan 2031 23:59 UTC (in 3 days)";

#[test]
fn a_confirmation_has_id_text_link_and_due_date() {
    let added = answer(&Answer::Added(login()));
    assert_eq!(added.html, format!("Added <b>#3</b>\n{LOGIN}"));
    assert_eq!(
        plain(&Answer::Deleted(login())),
        format!("Deleted #3\n{LOGIN}\nIts history stays: /history 3")
    );
    assert_eq!(
        plain(&Answer::Tracked(login())),
        format!("You now track #3\n{LOGIN}\n/my lists what you track here, /untrack 3 stops it.")
    );
    assert_eq!(
        plain(&Answer::Untracked(bare("x"))),
        "You no longer track #3\nx"
    );
}

#[test]
fn a_preview_is_welcome_only_where_a_link_is_new() {
    assert!(answer(&Answer::Added(login())).preview);
    assert!(!answer(&Answer::Added(bare("x"))).preview);
    assert!(!answer(&Answer::Tracked(login())).preview);
    let link = |new: Option<&str>| Answer::Edited {
        bounty: login(),
        changes: vec![FieldChange::Link {
            old: None,
            new: new.map(Into::into),
        }],
    };
    assert!(answer(&link(Some("https://e.com/"))).preview);
    assert!(!answer(&link(None)).preview);
}

#[test]
fn an_edit_shows_what_changed_in_the_place_of_what_did_not() {
    let text = FieldChange::Text {
        old: "Fix\nlogin".into(),
        new: "Fix login bug".into(),
    };
    assert_eq!(
        edited(vec![text]),
        "Edited #3\ntext: Fix login → Fix login bug\nhttps://example.com/1\n\
         due Fri 31 Jan 2031 23:59 UTC (in 3 days)"
    );
    let link = FieldChange::Link {
        old: None,
        new: Some("https://example.com/1".into()),
    };
    let due = FieldChange::Due {
        old: Some(NOON),
        new: Some(FRIDAY),
    };
    assert_eq!(
        edited(vec![link, due]),
        "Edited #3\nFix login bug\nlink: none → https://example.com/1\n\
         due: Tue 28 Jan 2031 12:00 UTC → Fri 31 Jan 2031 23:59 UTC (in 3 days)"
    );
    let due = FieldChange::Due {
        old: Some(FRIDAY),
        new: None,
    };
    let cleared = edited(vec![due]);
    assert!(
        cleared.ends_with("\ndue: Fri 31 Jan 2031 23:59 UTC → none"),
        "{cleared}"
    );
}

#[test]
fn words_that_were_no_due_date_are_named_below_the_confirmation() {
    let added = Answer::Added(bare("A 31.13"));
    let note = Note::DueNotUnderstood {
        words: "31.13".to_owned(),
    };
    assert_eq!(
        render(&Say::Answer(&added), &[note]).plain(),
        "Added #3\nA 31.13\n\nNo due date was understood in “31.13”: it stays in the text. \
         To set one: /edit 3 tomorrow 18:00 or /edit 3 2031-12-31"
    );
}

#[test]
fn a_refusal_says_why_and_what_to_do() {
    let id = BountyId(3);
    assert_eq!(
        refused(Refusal::UnknownBounty { id, deleted: false }),
        "There is no #3 here. /bounty lists the bounties with their ids."
    );
    assert_eq!(
        refused(Refusal::UnknownBounty { id, deleted: true }),
        "#3 was deleted. What it was, and who deleted it: /history 3"
    );
    let creator = "Ada L.".to_owned();
    assert_eq!(
        refused(Refusal::NotCreator { id, creator }),
        "Only Ada L., who added #3, can change or delete it. Ask them, or add a bounty of your own with /add"
    );
    assert_eq!(
        refused(Refusal::TextTooLong { characters: 1_234 }),
        "The text has 1234 characters, and 1000 is the limit. Shorten it by 234 and send it again."
    );
    assert_eq!(
        refused(Refusal::DueInPast { due: NOON - DAY }),
        "Mon 27 Jan 2031 12:00 UTC (yesterday) is in the past. \
         Send the command again with a later date, such as tomorrow 18:00 or in 3 days"
    );
    let link = "ftp://e.com/x".to_owned();
    assert_eq!(
        refused(Refusal::Link {
            link,
            error: LinkError::Scheme
        }),
        "Only http and https links can be kept, and this is another kind:\nftp://e.com/x\n\
         Send the command again with an https link, or without the link."
    );
}

#[test]
fn what_cannot_be_understood_is_answered_with_an_example() {
    assert_eq!(
        usage(Usage::Add),
        "What is to be done? Send a text; a link and a due date may follow:\n\
         /add Fix login bug https://example.com/1 tomorrow 18:00"
    );
    assert_eq!(
        usage(Usage::Delete),
        "Say which bounty to delete, by its id. For example:\n/delete 3\n/bounty lists the ids."
    );
    let nothing = usage(Usage::DueNotUnderstood {
        words: "31.13".to_owned(),
    });
    assert!(nothing.starts_with("No due date was understood in “31.13”, so nothing was changed."));
}

#[test]
fn trouble_says_that_nothing_was_changed_and_when_to_try_again() {
    let trouble = |trouble| render(&Say::Trouble(trouble), &[]).plain();
    assert_eq!(
        trouble(TroubleText::Flood { seconds: 40 }),
        "That was a lot within a minute, so this was not done. \
         There is room again in 40 seconds: please send it again then."
    );
    assert_eq!(
        trouble(TroubleText::TooSoon { seconds: 1 }),
        "This came too soon after the last one here, so it was not done. Please send it again in 1 second."
    );
    assert_eq!(
        trouble(TroubleText::Damaged),
        "This chat's record is damaged, so nothing can be changed here until the operator has repaired it. \
         What is there can still be read: /bounty"
    );
}

#[test]
fn an_edited_message_is_answered_with_the_command_to_send() {
    let arguments = "New text".to_owned();
    let line = EditLine {
        bounty: Some(BountyId(3)),
        arguments,
    };
    assert_eq!(
        plain(&Answer::MessageEdited(line)),
        "Editing a message changes nothing on the board. To change #3, send\n/edit 3 New text"
    );
}

#[test]
fn an_edited_add_is_answered_with_what_the_line_to_send_leaves_out_or_with_the_add_itself() {
    let answered = |bounty, arguments: &str| {
        let arguments = arguments.to_owned();
        let answer = Answer::MessageEdited(EditLine { bounty, arguments });
        let notes = [Note::AddEdited];
        TEXTS
            .render(&Say::Answer(&answer), &notes, &view(UTC))
            .plain()
    };
    let known = answered(Some(BountyId(3)), "Pay");
    assert!(known.contains("/edit 3 Pay\n"), "{known}");
    let left_out = "What this line leaves out stays: link:none and due:none at its end";
    assert!(known.contains(left_out), "{known}");
    let unknown = answered(None, "Buy <milk>");
    let anew = "If no bounty came of it, send it as a new message:\n/add Buy <milk>";
    assert!(unknown.ends_with(anew), "{unknown}");
    for arguments in ["", &"x".repeat(4_000)] {
        let unknown = answered(None, arguments);
        assert!(unknown.ends_with("send it as a new message."), "{unknown}");
    }
}

fn help(kind: ChatKind, commands: CommandSet) -> String {
    plain(&Answer::Help {
        kind,
        commands,
        ids: Vec::new(),
    })
}

#[test]
fn the_help_shows_the_commands_of_its_kind_of_chat() {
    let group = help(ChatKind::Group, CommandSet::all());
    let private = help(ChatKind::Private, CommandSet::all());
    for command in [
        "/add",
        "/bounty",
        "/my",
        "/edit 3",
        "/delete 3",
        "/history 3",
        "/help",
        "/start",
    ] {
        let line = format!("\n\n{command}");
        assert!(
            group.contains(&line) && private.contains(&line),
            "{command}"
        );
    }
    assert!(group.contains("\n\n/track 3") && !private.contains("/track"));
}

#[test]
fn the_help_shows_only_what_is_answered_and_dates_where_they_can_be_typed() {
    let reading = [CommandName::Bounty, CommandName::Help, CommandName::Track];
    let private = help(ChatKind::Private, reading.into_iter().collect());
    let shown: Vec<&str> = private
        .lines()
        .filter(|line| line.starts_with('/'))
        .collect();
    assert_eq!(shown, ["/bounty", "/help"]);
    assert!(!private.contains("Due dates"), "{private}");
    let editing = help(ChatKind::Group, [CommandName::Edit].into_iter().collect());
    assert!(editing.contains("/edit 3") && editing.contains("Due dates"));
}
