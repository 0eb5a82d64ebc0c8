//! What the log tells of the past, folded event by event.

use super::answer::{Answer, HistoryEntry};
use super::confirm::{changes, confirm};
use super::event::{BoardEvent, ChatKind};
use super::state::Board;
use crate::domain::{BountyId, Event, Recorded, Seq};

/// Collects the changes of one bounty while a board's events go by.
#[derive(Debug)]
pub struct HistoryFold {
    id: BountyId,
    board: Board,
    entries: Vec<HistoryEntry>,
}

impl HistoryFold {
    /// A fold that has seen nothing yet.
    pub fn new(id: BountyId) -> Self {
        Self {
            id,
            board: Board::default(),
            entries: Vec::new(),
        }
    }

    /// The next event of the board.
    pub fn see(&mut self, record: &Recorded<BoardEvent>) {
        if record.event.bounty() == Some(self.id) {
            self.entries.push(HistoryEntry {
                seq: record.seq,
                time: record.time,
                actor: record.actor.clone(),
                event: record.event.name(),
                changes: changes(&self.board, &record.event),
            });
        }
        self.board.evolve(record);
    }

    /// What was seen, oldest first.
    pub fn into_entries(self) -> Vec<HistoryEntry> {
        self.entries
    }
}

/// The answer that the event `seq` had when it was new: the board's events go by until it comes.
pub fn repeat_answer(
    before: &mut Board,
    record: &Recorded<BoardEvent>,
    seq: Seq,
    kind: ChatKind,
) -> Option<Answer> {
    if record.seq == seq {
        return confirm(before, &record.event, kind);
    }
    before.evolve(record);
    None
}
