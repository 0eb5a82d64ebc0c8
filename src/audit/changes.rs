//! Every change, with what it changed from and to.

use std::ops::ControlFlow;
use std::path::PathBuf;

use crate::domain::board::{Board, BoardEvent, FieldChange, changes, setting_change};
use crate::domain::bridge::{self, Bridge, BridgeEvent};
use crate::domain::{BountyId, ChatId, Event, Recorded, SettingChange, StreamId, Timestamp};
use crate::store::{Damage, Line, StoreError, merged_logs};

use super::extent::Extent;
use super::merged::{MergedProblem, check_merged};
use super::reader::Reader;

/// Which events are asked for; an empty field asks for all.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    pub bounty: Option<BountyId>,
    /// The actor's Telegram id.
    pub user: Option<i64>,
    /// The event's type in the log.
    pub event: Option<String>,
    /// Not before this time.
    pub since: Option<Timestamp>,
    /// Not after this time.
    pub until: Option<Timestamp>,
}

impl AuditFilter {
    pub(super) fn asks_for(&self, record: &Recorded<BoardEvent>) -> bool {
        let bounty = self.bounty;
        bounty.is_none_or(|id| record.event.bounty() == Some(id)) && self.asks_for_any(record)
    }

    /// The same for streams without bounties.
    fn asks_for_any<E: Event>(&self, record: &Recorded<E>) -> bool {
        self.user.is_none_or(|user| record.actor.id() == Some(user))
            && self
                .event
                .as_ref()
                .is_none_or(|event| record.event.name().eq_ignore_ascii_case(event))
            && self.since.is_none_or(|since| record.time >= since)
            && self.until.is_none_or(|until| record.time <= until)
    }
}

/// One event, with what it did.
pub struct Change<'l> {
    pub chat: ChatId,
    pub record: &'l Recorded<BoardEvent>,
    /// The line as it stands in the log.
    pub line: &'l [u8],
    /// Which fields of its bounty changed, old to new.
    pub fields: Vec<FieldChange>,
    /// Which setting of the chat changed, old to new.
    pub setting: Option<SettingChange>,
}

/// One event of the bridge, with what it did.
pub struct BridgeChange<'l> {
    pub record: &'l Recorded<BridgeEvent>,
    /// The line as it stands in the log.
    pub line: &'l [u8],
    /// Which settings changed, old to new.
    pub settings: Vec<SettingChange>,
}

/// A board's events as they go by, each with what it changed on the board before it.
struct ChangesFold<'f> {
    chat: ChatId,
    filter: &'f AuditFilter,
    each: &'f mut dyn FnMut(Change<'_>) -> ControlFlow<()>,
    board: Board,
}

impl<'f> ChangesFold<'f> {
    fn new(
        chat: ChatId,
        filter: &'f AuditFilter,
        each: &'f mut dyn FnMut(Change<'_>) -> ControlFlow<()>,
    ) -> Self {
        let board = Board::default();
        Self {
            chat,
            filter,
            each,
            board,
        }
    }

    fn see(&mut self, line: &Line<'_, BoardEvent>) -> ControlFlow<()> {
        let (record, board) = (line.record, &mut self.board);
        let flow = if self.filter.asks_for(record) {
            (self.each)(Change {
                chat: self.chat,
                record,
                line: line.bytes,
                fields: changes(board, &record.event),
                setting: setting_change(board, &record.event),
            })
        } else {
            ControlFlow::Continue(())
        };
        board.evolve(record);
        flow
    }
}

impl Reader<'_> {
    /// Hands every event of a chat that is asked for to `each`, oldest first. Returns how far the log is readable, and whether it was
    /// longer; none when there is none.
    pub fn changes(
        &self,
        chat: ChatId,
        filter: &AuditFilter,
        each: &mut dyn FnMut(Change<'_>) -> ControlFlow<()>,
    ) -> Result<Option<Extent>, StoreError> {
        let mut fold = ChangesFold::new(chat, filter, each);
        self.read_extent(chat, &mut |line| fold.see(&line))
    }

    /// The same of the boards that were merged into this chat's, one after the other. Returns the first thing that is wrong with their
    /// logs.
    pub fn merged_changes(
        &self,
        chat: ChatId,
        filter: &AuditFilter,
        each: &mut dyn FnMut(Change<'_>) -> ControlFlow<()>,
    ) -> Result<Option<MergedProblem>, StoreError> {
        let (mut problem, mut flow) = (None, ControlFlow::Continue(()));
        for path in self.merged_logs(chat)? {
            let mut fold = ChangesFold::new(chat, filter, each);
            let mut see = |line: Line<'_, BoardEvent>| {
                flow = fold.see(&line);
                flow
            };
            let found = check_merged(self.disk, &path, &mut see)?;
            problem = problem.or(found);
            if flow.is_break() {
                break;
            }
        }
        Ok(problem)
    }

    /// The logs of the boards that were merged into this chat's.
    pub fn merged_logs(&self, chat: ChatId) -> Result<Vec<PathBuf>, StoreError> {
        merged_logs(self.disk, &self.layout.chat(chat))
    }

    /// The same for the bridge.
    pub fn bridge_changes(
        &self,
        filter: &AuditFilter,
        each: &mut dyn FnMut(BridgeChange<'_>) -> ControlFlow<()>,
    ) -> Result<Option<Damage>, StoreError> {
        let mut state = Bridge::default();
        let extent = self.read_extent(StreamId::Bridge, &mut |line: Line<'_, BridgeEvent>| {
            let record = &line.record;
            let flow = if filter.asks_for_any(record) {
                let settings = bridge::changes(&state, &record.event);
                each(BridgeChange {
                    record,
                    line: line.bytes,
                    settings,
                })
            } else {
                ControlFlow::Continue(())
            };
            state.evolve(record);
            flow
        })?;
        Ok(extent.and_then(|extent| extent.damage))
    }
}
