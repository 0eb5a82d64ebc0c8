//! A board as far as it was read: its state, and its last events.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Instant;

use crate::domain::board::{Board, BoardEvent};
use crate::domain::notifier::{DueChange, News, due_changes, news};
use crate::domain::{BountyId, Position, Recorded, Seq, Timestamp};
use crate::store::FileId;

/// So many of a board's last events are kept in memory.
const RECENT: usize = 512;

/// One event of a board, and what it means.
#[derive(Debug)]
pub struct Entry {
    /// Where it ends.
    pub at: Position,
    pub news: Option<News>,
    pub due: Option<DueChange>,
    pub gone: Option<BountyId>,
}

/// Which events behind a place are asked for.
pub struct Asked<'a> {
    /// None is after this one, which was read before; none: up to the end.
    pub to: Option<Seq>,
    /// They are no more than these …
    pub limit: usize,
    /// … of this kind.
    pub is_meant: &'a dyn Fn(&Entry) -> bool,
}

/// A board as far as it was read.
pub struct Known {
    pub board: Board,
    pub at: Position,
    /// When its first event was recorded.
    pub began: Option<Timestamp>,
    /// Whether there is more that is not valid.
    pub is_damaged: bool,
    pub file: Option<FileId>,
    /// Its last events.
    pub recent: VecDeque<Arc<Entry>>,
    /// Where the first of them begins.
    pub start: Position,
    /// The board as of a place before those, where somebody reads who is far behind.
    pub behind: Option<(Position, Board)>,
    pub used: Instant,
}

impl Default for Known {
    fn default() -> Self {
        Self {
            board: Board::default(),
            at: Position::START,
            began: None,
            is_damaged: false,
            file: None,
            recent: VecDeque::new(),
            start: Position::START,
            behind: None,
            used: Instant::now(),
        }
    }
}

impl Known {
    pub fn see(&mut self, record: &Recorded<BoardEvent>, at: Position) {
        let entry = entry(&self.board, record, at);
        self.board.evolve(record);
        self.at = at;
        self.began.get_or_insert(record.time);
        if self.recent.len() == RECENT
            && let Some(first) = self.recent.pop_front()
        {
            self.start = first.at;
        }
        self.recent.push_back(Arc::new(entry));
    }

    /// The events behind a place that is among the last ones.
    pub fn recent_after(&self, after: Position, asked: &Asked<'_>) -> Option<Vec<Arc<Entry>>> {
        let passed = after.seq.0.checked_sub(self.start.seq.0)?;
        let passed = usize::try_from(passed).ok()?;
        let place = match passed {
            0 => self.start,
            passed => self.recent.get(passed - 1)?.at,
        };
        if place != after {
            return None;
        }
        let mut taken = Taken::new(asked);
        let mut behind = self.recent.iter().skip(passed);
        while let Some(entry) = behind.next()
            && taken.take(Arc::clone(entry)).is_continue()
        {}
        Some(taken.entries)
    }
}

/// The entries that are asked for, while they go by.
pub struct Taken<'a> {
    asked: &'a Asked<'a>,
    pub entries: Vec<Arc<Entry>>,
}

impl<'a> Taken<'a> {
    pub fn new(asked: &'a Asked<'a>) -> Self {
        Self {
            asked,
            entries: Vec::new(),
        }
    }

    pub fn take(&mut self, entry: Arc<Entry>) -> ControlFlow<()> {
        if self.asked.to.is_some_and(|to| entry.at.seq > to) {
            return ControlFlow::Break(());
        }
        if (self.asked.is_meant)(&entry) {
            self.entries.push(entry);
        }
        if self.entries.len() >= self.asked.limit {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}

/// What an event means on the board as it was before.
pub fn entry(before: &Board, record: &Recorded<BoardEvent>, at: Position) -> Entry {
    let (due, gone) = due_changes(record);
    Entry {
        at,
        news: news(before, record, at),
        due,
        gone,
    }
}
