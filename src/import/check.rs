//! What was read is compared with what is in the log, row by row.

use std::collections::HashMap;
use std::ops::ControlFlow;

use uuid::Uuid;

use super::plan::Place;
use super::row::Row;
use super::stream::{Known, Rows};
use crate::audit::Reader;
use crate::domain::{Aggregate, Cause, Recorded, StreamId};
use crate::store::{Line, StoreError};

/// The imported events of a log, by their ids.
pub type Records<E> = HashMap<Uuid, Recorded<E>>;

/// A row that is not what its event says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub table: &'static str,
    pub key: String,
    /// Whether it has an event at all. When it has, the row was changed in the source after it was imported.
    pub is_recorded: bool,
}

/// What a comparison found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    pub compared: u64,
    pub differences: Vec<Difference>,
}

impl Comparison {
    /// One more row: whether it is what its event says; none when it has no event.
    pub fn add(&mut self, row: &Row, same: Option<bool>) {
        self.compared += 1;
        if same != Some(true) {
            self.differences.push(Difference {
                table: row.table,
                key: row.key.clone(),
                is_recorded: same.is_some(),
            });
        }
    }
}

/// What a log has, read from the disk line by line; nothing is changed.
pub fn read<R: Rows>(
    place: Place<'_>,
    stream: StreamId,
    mut each: impl FnMut(&Recorded<<R::State as Aggregate>::Event>),
) -> Result<Known<R::State>, StoreError> {
    let mut known = Known::default();
    let reader = Reader::new(&**place.disk, place.layout);
    reader.read_whole(stream, &mut |line: Line<'_, _>| {
        known.see::<R>(line.record);
        each(line.record);
        ControlFlow::Continue(())
    })?;
    known.see_all_merged::<R>(&**place.disk, &place.layout.stream(stream))?;
    Ok(known)
}

/// Compares the rows with the events in the log as it is on the disk now.
pub fn compare<R: Rows>(
    place: Place<'_>,
    stream: StreamId,
    rows: &R,
    comparison: &mut Comparison,
) -> Result<(), StoreError>
where
    <R::State as Aggregate>::Event: Clone,
{
    let mut records = Records::new();
    let known = read::<R>(place, stream, |record| {
        if matches!(record.cause, Cause::Import { .. }) {
            records.insert(record.id, record.clone());
        }
    })?;
    rows.compare(&known, &records, comparison);
    Ok(())
}
