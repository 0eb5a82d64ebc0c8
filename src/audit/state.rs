//! A board as it is, or as it was.

use std::ops::ControlFlow;

use crate::domain::board::{Board, BoardEvent};
use crate::domain::{ChatId, Seq, Timestamp};
use crate::store::{Damage, Line, Position, StoreError};

use super::reader::Reader;

/// Which moment of a board's past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// After its last event.
    End,
    /// After this event.
    Seq(Seq),
    /// After the last event that was recorded at this time or before it.
    Time(Timestamp),
}

/// A board at one moment.
#[derive(Debug)]
pub struct StateAt {
    pub board: Board,
    pub position: Position,
    /// Where the log stops being readable, or was cut, unless that is surely behind the moment asked for.
    pub damage: Option<Damage>,
}

impl Reader<'_> {
    /// The board at this moment, as far as the log is readable. None when the chat has no log and nothing says it had
    /// one.
    pub fn state_at(&self, chat: ChatId, at: At) -> Result<Option<StateAt>, StoreError> {
        let last = match at {
            At::End => Seq(u64::MAX),
            At::Seq(seq) => seq,
            At::Time(time) => self.last_before(chat, time)?,
        };
        let (mut board, mut position) = (Board::default(), Position::START);
        let mut is_past = false;
        let extent = self.read_extent(chat, &mut |line: Line<'_, BoardEvent>| {
            if line.record.seq <= last {
                board.evolve(line.record);
                position = line.end;
            }
            is_past = matches!(at, At::Time(time) if line.record.time > time);
            ControlFlow::Continue(())
        })?;
        let Some(extent) = extent else {
            return Ok(None);
        };
        let damage = extent.damage.filter(|damage| match at {
            At::Seq(last) => damage.seq <= last,
            // What stands there was recorded after the last readable event, unless the clock stepped back.
            At::Time(_) => !is_past,
            At::End => true,
        });
        Ok(Some(StateAt {
            board,
            position,
            damage,
        }))
    }

    /// The last event whose time is not after this one: clocks step back, so it may stand behind later times.
    fn last_before(&self, chat: ChatId, time: Timestamp) -> Result<Seq, StoreError> {
        let mut last = Seq(0);
        self.read(chat, &mut |line: Line<'_, BoardEvent>| {
            if line.record.time <= time {
                last = line.record.seq;
            }
            ControlFlow::Continue(())
        })?;
        Ok(last)
    }
}
