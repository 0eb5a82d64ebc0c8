//! What a board's events mean to somebody who is told of them.

use smol_str::SmolStr;

use super::delivery::Telling;
use crate::domain::board::{Board, BoardEvent, Bounty, FieldChange, changes};
use crate::domain::bridge::EventType;
use crate::domain::{BountyId, Cause, Position, Recorded, Seq, Timestamp, UnixTime};

/// One event of a board, with all that is needed to tell of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    pub kind: EventType,
    pub bounty: BountyId,
    /// The events that it tells, ascending: one, until quiet hours made one thing of several.
    pub seqs: Vec<Seq>,
    /// The last of them, and where it ends in the log.
    pub at: Position,
    pub time: Timestamp,
    /// Who did it, by name, and by Telegram id.
    pub actor: String,
    pub actor_id: Option<i64>,
    /// The bounty as it was left; of a deleted one as it was before.
    pub text: SmolStr,
    pub link: Option<SmolStr>,
    pub due: Option<UnixTime>,
    /// What an edit changed.
    pub changes: Vec<FieldChange>,
}

impl News {
    /// What is kept of it in the tracker's own stream.
    pub fn telling(&self) -> Telling {
        Telling {
            kind: self.kind,
            bounty: self.bounty,
            seqs: self.seqs.clone(),
            due: None,
        }
    }
}

/// What a message says: something that happened, or a reminder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    News(News),
    Reminder {
        kind: EventType,
        bounty: BountyId,
        due: UnixTime,
        /// None when the bounty is not there any more.
        text: Option<SmolStr>,
        link: Option<SmolStr>,
    },
}

/// What an event means; `before` is the board without it, `at` is where it ends in the log. None for what is told to nobody, such as
/// the copies that a merge of two boards makes.
pub fn news(before: &Board, record: &Recorded<BoardEvent>, at: Position) -> Option<News> {
    if matches!(record.cause, Cause::Import { .. }) {
        return None;
    }
    let kind = kind(&record.event)?;
    let id = record.event.bounty()?;
    let bounty = subject(before, record, id)?;
    let is_edit = kind == EventType::Edited;
    Some(News {
        kind,
        bounty: id,
        seqs: vec![record.seq],
        at,
        time: record.time,
        actor: record.actor.name().to_owned(),
        actor_id: record.actor.id(),
        text: bounty.text,
        link: bounty.link,
        due: bounty.due,
        changes: if is_edit {
            changes(before, &record.event)
        } else {
            Vec::new()
        },
    })
}

fn kind(event: &BoardEvent) -> Option<EventType> {
    Some(match event {
        BoardEvent::BountyAdded(_) => EventType::Added,
        BoardEvent::BountyEdited(_) => EventType::Edited,
        BoardEvent::BountyDeleted(_) => EventType::Deleted,
        BoardEvent::Tracked(_) => EventType::Tracked,
        BoardEvent::Untracked(_) => EventType::Untracked,
        BoardEvent::BoardOpened(_)
        | BoardEvent::UserStarted(_)
        | BoardEvent::ChatMigrated(_)
        | BoardEvent::BoardRepaired(_)
        | BoardEvent::IdsReserved(_)
        | BoardEvent::LanguageChosen(_)
        | BoardEvent::TimezoneChosen(_)
        | BoardEvent::CommandsSwitched(_) => return None,
    })
}

/// The bounty after an event that leaves it there, before one that does not.
fn subject(before: &Board, record: &Recorded<BoardEvent>, id: BountyId) -> Option<Bounty> {
    match &record.event {
        BoardEvent::BountyAdded(added) => Some(Bounty {
            id,
            created_by: record.actor.id().unwrap_or(0),
            text: added.text.clone(),
            link: added.link.clone(),
            due: added.due_date_ts,
            created_at: added.created_at,
        }),
        BoardEvent::BountyEdited(edited) => {
            let mut bounty = before.bounty(id)?.clone();
            if let Some(text) = &edited.text {
                bounty.text.clone_from(text);
            }
            if let Some(link) = &edited.link {
                bounty.link.clone_from(link);
            }
            bounty.due = edited.due_date_ts.unwrap_or(bounty.due);
            Some(bounty)
        }
        _ => before.bounty(id).cloned(),
    }
}
