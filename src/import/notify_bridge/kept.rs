//! What notification trackers had done: their positions in what they followed, and the log of what they told. It is kept as it was,
//! under the tracker, or under none when that is gone.

use serde_json::{Map, Value};

use super::notify::OF_NOTIFIER;
use super::record::{Names, Record};
use super::{EVENTS, Reading, STATE, Taken};
use crate::domain::notifier::{NotifierEvent, OldEventKept, OldStateKept};
use crate::domain::{Event, Timestamp};
use crate::import::kept::KeptRow;
use crate::import::plan::ImportError;
use crate::import::row::Row;
use crate::import::rules::refuse_large;
use crate::import::sqlite::Table;

const UPDATED: Names = &["last_updated", "updated_at"];

impl Reading<'_> {
    pub fn states(&mut self, tables: &[Table<'_>]) -> Result<(), ImportError> {
        self.entities(tables, STATE, |reading, record, taken| {
            let updated = record.cell(UPDATED).optional_moment(UPDATED[0])?;
            let row = reading.row(STATE, record.id()?.to_string(), updated);
            let mut fields = reading.fields(&row, record)?;
            let tracker = reading.tracker_of(record, &mut fields, taken)?;
            for name in UPDATED {
                fields.remove(*name);
            }
            let event = NotifierEvent::OldStateKept(OldStateKept {
                collection_id: word(&mut fields, "collection_id"),
                state: fields,
            });
            let time = updated.unwrap_or(reading.rows.since);
            reading.keep(row, tracker, time, event)
        })
    }

    pub fn event_log(&mut self, tables: &[Table<'_>]) -> Result<(), ImportError> {
        self.entities(tables, EVENTS, |reading, record, taken| {
            let (row, time) = reading.row_of(EVENTS, record)?;
            let mut fields = reading.fields(&row, record)?;
            let tracker = reading.tracker_of(record, &mut fields, taken)?;
            fields.remove("created_at");
            let event = NotifierEvent::OldEventKept(OldEventKept {
                event_type: word(&mut fields, "event_type"),
                collection_id: word(&mut fields, "collection_id"),
                status: word(&mut fields, "status"),
                details: fields.remove("details").unwrap_or_default(),
                other: fields,
            });
            reading.keep(row, tracker, time, event)
        })
    }

    /// All fields of a row but its id, with references in the place of secrets.
    fn fields(&mut self, row: &Row, record: &Record<'_>) -> Result<Map<String, Value>, String> {
        let mut fields = self.vault.hide(row, &record.fields()?);
        fields.remove("id");
        Ok(fields)
    }

    /// The tracker that a row belongs to. When it is gone its id stays among the fields.
    fn tracker_of(
        &self,
        record: &Record<'_>,
        fields: &mut Map<String, Value>,
        taken: &mut Taken,
    ) -> Result<Option<u64>, String> {
        for name in OF_NOTIFIER {
            fields.remove(*name);
        }
        let stated = record.cell(OF_NOTIFIER).optional_integer(OF_NOTIFIER[0])?;
        let tracker = stated.and_then(|id| u64::try_from(id).ok());
        let tracker = tracker.filter(|id| self.notifiers.contains(id));
        if tracker.is_none() {
            taken.say("its tracker is gone: it is kept under notifier 0, which is none");
            fields.extend(stated.map(|id| (OF_NOTIFIER[0].to_owned(), id.into())));
        }
        Ok(tracker)
    }

    fn keep(
        &mut self,
        row: Row,
        tracker: Option<u64>,
        time: Timestamp,
        event: NotifierEvent,
    ) -> Result<(), String> {
        refuse_large("its fields are", &event.data())?;
        self.rows.kept.push(KeptRow {
            row,
            tracker,
            time,
            event,
        });
        Ok(())
    }
}

/// A field that is a text or a number, taken out. Another stays among the fields.
fn word(fields: &mut Map<String, Value>, name: &str) -> Option<String> {
    let word = match fields.get(name)? {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    fields.remove(name);
    Some(word)
}
