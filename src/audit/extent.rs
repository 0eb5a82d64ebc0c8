//! How far a log goes, and whether it was longer: what whoever shows something of it has to say besides.

use crate::domain::{ChatId, Event, Recorded, StreamId};
use crate::store::{Damage, EachLine, Line, Position, StoreError};

use super::reader::Reader;

/// How far a log is readable.
#[derive(Debug)]
pub struct Extent {
    /// The last valid event.
    pub end: Position,
    /// Why there is no more: the next line is damaged, or the main snapshot or the checkpoint reflects a later event.
    pub damage: Option<Damage>,
    /// The ids that its chat has had, the latest last.
    pub ids: Vec<ChatId>,
}

impl Reader<'_> {
    /// Reads the stream's log up to its last valid line, and asks the main snapshot and the checkpoint whether there were more. None when
    /// there is no log and nothing that says there was one.
    pub fn read_extent<E: Event>(
        &self,
        stream: impl Into<StreamId>,
        each: EachLine<'_, E>,
    ) -> Result<Option<Extent>, StoreError> {
        let stream = stream.into();
        // Before the log: a snapshot never runs ahead of its log, but that may grow while this reads.
        let witnesses = self.main_witnesses(stream);
        let (mut is_stopped, mut ids) = (false, Vec::new());
        let scan = self.read(stream, &mut |line: Line<'_, E>| {
            ids.extend(named_chat(line.record));
            let flow = each(line);
            is_stopped = flow.is_break();
            flow
        })?;
        let end = scan.as_ref().map_or(Position::START, |scan| scan.end);
        let damaged = scan
            .as_ref()
            .and_then(|scan| scan.damage(&self.log_path(stream)));
        let damage = match damaged {
            None if !is_stopped => self.lost_for_good(stream, &witnesses?, end, scan.is_some()),
            damaged => damaged,
        };
        let is_there = scan.is_some() || damage.is_some();
        Ok(is_there.then_some(Extent { end, damage, ids }))
    }
}

/// The chat whose log this event says that it is in, if it says so.
pub(super) fn named_chat<E: Event>(record: &Recorded<E>) -> Option<ChatId> {
    match record.event.stream() {
        Some(StreamId::Chat(chat)) => Some(chat),
        _ => None,
    }
}
