//! One row of a source: where it stands there, and the id that its event has for ever.

use uuid::Uuid;

use crate::domain::{Cause, Timestamp};

/// Where a row stands in its source, and when it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The file that it stands in.
    pub file: String,
    /// The table, or what stands for one in files.
    pub table: &'static str,
    /// What tells it from the other rows of its table, for as long as the source lives.
    pub key: String,
    /// When it was made; none when the source does not say.
    pub created: Option<Timestamp>,
}

impl Row {
    /// The key of what the import made itself, since the source has none.
    pub const MADE: &str = "made";

    /// The id of the event that it becomes: the same each time the row is read, so that importing it twice adds nothing.
    pub fn event_id(&self, source: &str) -> Uuid {
        let parts = (
            source,
            self.table,
            &self.key,
            self.created.map(Timestamp::millis),
        );
        let parts =
            serde_json::to_string(&parts).expect("strings and numbers always have a JSON form");
        let name = format!("bounty-ledger:import:{parts}");
        Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes())
    }

    /// What carried its event in.
    pub fn cause(&self, source: &str) -> Cause {
        Cause::Import {
            source: source.to_owned(),
            file: self.file.clone(),
            key: format!("{} {}", self.table, self.key),
        }
    }
}
