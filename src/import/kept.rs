//! What a source recorded of its notification trackers' work, on its way into the trackers' own streams. Nothing here acts on it.

use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;

use uuid::Uuid;

use super::bridge::{BridgeRows, EntityIds};
use super::check::{Comparison, Records};
use super::plan::Place;
use super::row::Row;
use super::secrets;
use super::stream::{Draft, Known, Rows};
use crate::audit::Reader;
use crate::domain::bridge::NotificationTrackerId;
use crate::domain::notifier::{Notifier, NotifierEvent, NotifierOpened};
use crate::domain::{Actor, Cause, StreamId, Timestamp};
use crate::store::{Disk, Line, StoreError};

/// The kind of the entities that it belongs to.
const TRACKER: &str = "notification_tracker";

/// One row.
#[derive(Clone, Debug)]
pub struct KeptRow {
    pub row: Row,
    /// The tracker's id in the source; none when the source has no such tracker any more.
    pub tracker: Option<u64>,
    pub time: Timestamp,
    pub event: NotifierEvent,
}

/// The rows that go to one tracker's stream, by time.
pub struct NotifierRows<'r> {
    of: &'r BridgeRows,
    tracker: NotificationTrackerId,
    rows: Vec<&'r KeptRow>,
}

/// The rows by the streams that they go to, or went to before their tracker was gone from the source; `ids` are those that trackers
/// have here.
pub fn by_stream<'r>(
    place: Place<'_>,
    of: &'r BridgeRows,
    ids: &EntityIds,
) -> Result<Vec<NotifierRows<'r>>, StoreError> {
    if of.kept.is_empty() {
        return Ok(Vec::new());
    }
    let recorded = recorded(place)?;
    let mut streams: BTreeMap<NotificationTrackerId, Vec<&KeptRow>> = BTreeMap::new();
    for row in &of.kept {
        let here = || {
            let id = ids.get(&(TRACKER, row.tracker?))?;
            Some(NotificationTrackerId(*id))
        };
        let before = recorded.get(&row.row.event_id(&of.source)).copied();
        let tracker = before.or_else(here);
        let tracker = tracker.unwrap_or(NotificationTrackerId::GONE);
        streams.entry(tracker).or_default().push(row);
    }
    let streams = streams.into_iter().map(|(tracker, mut rows)| {
        rows.sort_by_key(|row| row.time);
        NotifierRows { of, tracker, rows }
    });
    Ok(streams.collect())
}

/// The imported events of all trackers' streams, each with the tracker.
fn recorded(place: Place<'_>) -> Result<HashMap<Uuid, NotificationTrackerId>, StoreError> {
    let reader = Reader::new(&**place.disk, place.layout);
    let mut recorded = HashMap::new();
    for tracker in reader.notifiers()? {
        let mut see = |line: Line<'_, NotifierEvent>| {
            if matches!(line.record.cause, Cause::Import { .. }) {
                recorded.insert(line.record.id, tracker);
            }
            ControlFlow::Continue(())
        };
        reader.read(StreamId::Notifier(tracker), &mut see)?;
    }
    Ok(recorded)
}

impl NotifierRows<'_> {
    /// The stream that they go to.
    pub fn stream(&self) -> StreamId {
        StreamId::Notifier(self.tracker)
    }

    fn draft(&self, row: &Row, time: Timestamp, event: NotifierEvent) -> Draft<NotifierEvent> {
        Draft {
            id: row.event_id(&self.of.source),
            time,
            actor: Actor::System {},
            cause: row.cause(&self.of.source),
            event,
        }
    }

    /// The event that names the stream. It is imported too: a tracker's deliveries get their keys from an event of its own.
    fn opening(&self) -> Draft<NotifierEvent> {
        let row = Row {
            file: String::new(),
            table: "notifier",
            key: self.tracker.to_string(),
            created: None,
        };
        let tracker_id = self.tracker;
        let event = NotifierEvent::NotifierOpened(NotifierOpened { tracker_id });
        self.draft(&row, self.of.since, event)
    }
}

impl Rows for NotifierRows<'_> {
    type State = Notifier;

    fn subject(_: &NotifierEvent) -> Option<u64> {
        None
    }

    fn len(&self) -> u64 {
        self.rows.len() as u64
    }

    fn missing(&self, known: &Known<Notifier>) -> Vec<Draft<NotifierEvent>> {
        let drafts = self.rows.iter();
        let drafts = drafts.map(|row| self.draft(&row.row, row.time, row.event.clone()));
        let missing: Vec<_> = drafts
            .filter(|draft| !known.present.contains_key(&draft.id))
            .collect();
        let opens = !missing.is_empty() && known.state.tracker().is_none();
        let opening = opens.then(|| self.opening());
        opening.into_iter().chain(missing).collect()
    }

    fn compare(
        &self,
        _: &Known<Notifier>,
        records: &Records<NotifierEvent>,
        comparison: &mut Comparison,
    ) {
        for row in &self.rows {
            let record = records.get(&row.row.event_id(&self.of.source));
            comparison.add(
                &row.row,
                record.map(|record| secrets::are_same(&record.event, &row.event)),
            );
        }
    }

    fn prepare(&self, disk: &dyn Disk, drafts: &[Draft<NotifierEvent>]) -> Result<(), StoreError> {
        secrets::put(disk, &self.of.secrets, drafts)
    }
}
