//! What an event did, told from the state before it. The same function serves the first answer and a repeated one.

use smol_str::SmolStr;

use super::answer::{Answer, BountyView, FieldChange};
use super::command::Change;
use super::event::{BoardEvent, BountyEdited, ChatKind};
use super::state::{Board, Bounty};

/// A bounty as answers show it.
pub fn view(bounty: &Bounty) -> BountyView {
    BountyView {
        id: bounty.id,
        text: bounty.text.clone(),
        link: bounty.link.clone(),
        due: bounty.due,
    }
}

/// The confirmation of `event`, which was decided on the state `before`. `kind` is what the chat is.
/// None for events that nobody asked for by a command.
pub fn confirm(before: &Board, event: &BoardEvent, kind: ChatKind) -> Option<Answer> {
    let known = |id| before.bounty(id).map(view);
    match event {
        BoardEvent::UserStarted(_) => Some(Answer::Welcome { kind }),
        BoardEvent::BountyAdded(added) => Some(Answer::Added(BountyView {
            id: added.id,
            text: added.text.clone(),
            link: added.link.clone(),
            due: added.due_date_ts,
        })),
        BoardEvent::BountyEdited(edited) => {
            let bounty = after_edit(known(edited.id)?, edited);
            Some(Answer::Edited {
                bounty,
                changes: changes(before, event),
            })
        }
        BoardEvent::BountyDeleted(deleted) => known(deleted.id).map(Answer::Deleted),
        BoardEvent::Tracked(tracked) => known(tracked.id).map(Answer::Tracked),
        BoardEvent::Untracked(untracked) => known(untracked.id).map(Answer::Untracked),
        BoardEvent::LanguageChosen(_) => Some(Answer::LanguageChosen),
        BoardEvent::TimezoneChosen(_) => Some(Answer::TimezoneChosen),
        BoardEvent::CommandsSwitched(switched) => Some(Answer::CommandsSwitched {
            enabled: switched.enabled,
        }),
        BoardEvent::BoardOpened(_)
        | BoardEvent::ChatMigrated(_)
        | BoardEvent::BoardRepaired(_)
        | BoardEvent::IdsReserved(_) => None,
    }
}

/// The answer to a change that had nothing to record and nothing wrong: what is there already.
pub fn unchanged(board: &Board, change: &Change, kind: ChatKind) -> Answer {
    match change {
        Change::ChooseLanguage(_) => language(board),
        Change::ChooseTimezone(_) => timezone(board),
        Change::SwitchCommands { enabled, .. } => Answer::CommandsSwitched { enabled: *enabled },
        _ => Answer::Welcome { kind },
    }
}

/// In which language the chat is answered.
pub fn language(board: &Board) -> Answer {
    Answer::Language {
        chosen: board.settings().language.is_some(),
    }
}

/// In which time zone its dates are.
pub fn timezone(board: &Board) -> Answer {
    Answer::Timezone {
        chosen: board.settings().zone().is_some(),
    }
}

fn after_edit(mut bounty: BountyView, edited: &BountyEdited) -> BountyView {
    if let Some(text) = &edited.text {
        bounty.text.clone_from(text);
    }
    if let Some(link) = &edited.link {
        bounty.link.clone_from(link);
    }
    if let Some(due) = edited.due_date_ts {
        bounty.due = due;
    }
    bounty
}

/// Which fields of its bounty an event changes, old to new, seen from the state `before`.
/// An added bounty's fields come from nothing, a deleted one's go to nothing.
pub fn changes(before: &Board, event: &BoardEvent) -> Vec<FieldChange> {
    match event {
        BoardEvent::BountyAdded(added) => {
            let text = FieldChange::Text {
                old: SmolStr::default(),
                new: added.text.clone(),
            };
            let link = added.link.clone().map(|new| FieldChange::Link {
                old: None,
                new: Some(new),
            });
            let due = added.due_date_ts.map(|new| FieldChange::Due {
                old: None,
                new: Some(new),
            });
            [Some(text), link, due].into_iter().flatten().collect()
        }
        BoardEvent::BountyEdited(edited) => before
            .bounty(edited.id)
            .map(|old| edit_changes(old, edited))
            .unwrap_or_default(),
        BoardEvent::BountyDeleted(deleted) => before
            .bounty(deleted.id)
            .map(deletion_changes)
            .unwrap_or_default(),
        _ => Vec::new(),
    }
}

fn edit_changes(old: &Bounty, edited: &BountyEdited) -> Vec<FieldChange> {
    let text = edited.text.clone().map(|new| FieldChange::Text {
        old: old.text.clone(),
        new,
    });
    let link = edited.link.clone().map(|new| FieldChange::Link {
        old: old.link.clone(),
        new,
    });
    let due = edited
        .due_date_ts
        .map(|new| FieldChange::Due { old: old.due, new });
    [text, link, due].into_iter().flatten().collect()
}

fn deletion_changes(old: &Bounty) -> Vec<FieldChange> {
    let text = FieldChange::Text {
        old: old.text.clone(),
        new: SmolStr::default(),
    };
    let link = old.link.clone().map(|link| FieldChange::Link {
        old: Some(link),
        new: None,
    });
    let due = old.due.map(|due| FieldChange::Due {
        old: Some(due),
        new: None,
    });
    [Some(text), link, due].into_iter().flatten().collect()
}
