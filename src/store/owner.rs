//! Whether a log stands in the directory of the stream that it is.

use std::path::Path;

use super::error::{DamageKind, StoreError};
use crate::domain::Position;
use crate::domain::{Aggregate, Seq, StreamId};

/// Refuses a state that was made from another stream's log, or from one that does not say whose it is.
pub fn refuse_other_stream<S: Aggregate>(
    state: &S,
    log: &Path,
    stream: StreamId,
) -> Result<(), StoreError> {
    let named = state.stream();
    if state.seq() == Seq(0) || named == Some(stream) {
        return Ok(());
    }
    let found = named.map_or_else(|| "unknown".to_owned(), |named| named.to_string());
    Err(Position::START
        .damage(log, DamageKind::WrongStream { found })
        .into())
}
