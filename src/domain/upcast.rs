//! Old versions of events: what stands in a log is never rewritten, so each is made the newest as it is read.
//!
//! Every path that reads a log goes through [`read_event`]; nothing else in the program knows that there were other versions.

use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};

use super::record::{DecodeError, Event, read_data};

/// The `data` of an event, as its fields.
pub type Fields = Map<String, Value>;

/// How an event of an older version becomes one of the next: of the same type, or of the type that took its place.
#[derive(Clone, Copy, Debug)]
pub struct Upcaster {
    /// The type and version that it reads.
    pub from: (&'static str, u32),
    /// The type and version that it makes of it.
    pub to: (&'static str, u32),
    /// Fails for fields that no program ever wrote in that version.
    pub upcast: fn(Fields) -> Result<Fields, String>,
}

/// Nothing but the newest: of a stream whose events are all in their first version.
pub const NONE: &[Upcaster] = &[];

/// Reads an event of any version ever written, upcast step by step to the newest.
pub fn read_event<E: Event>(name: &str, version: u32, data: &RawValue) -> Result<E, DecodeError> {
    let Some(mut step) = next_of::<E>(name, version) else {
        return E::decode(name, version, data);
    };
    let mut fields: Fields = read_data(name, version, data)?;
    // Each step is taken at most once.
    for _ in E::UPCASTERS {
        fields = (step.upcast)(fields).map_err(|reason| DecodeError::Upcast {
            name: name.to_owned(),
            version,
            reason,
        })?;
        match next_of::<E>(step.to.0, step.to.1) {
            Some(next) => step = next,
            None => break,
        }
    }
    let (name, version) = step.to;
    let newest = to_raw_value(&fields).expect("fields that were read have a JSON form");
    E::decode(name, version, &newest)
}

fn next_of<E: Event>(name: &str, version: u32) -> Option<&'static Upcaster> {
    let is_it = |upcaster: &&Upcaster| upcaster.from == (name, version);
    E::UPCASTERS.iter().find(is_it)
}
