//! One event as its stream holds it, and what the store needs to know of an event's type.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::actor::{Actor, Cause};
use super::canonical::Cursor;
use super::ids::Seq;
use super::stream::StreamId;
use super::time::Timestamp;
use super::upcast::Upcaster;

/// An event with everything the log says about it but the hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded<E> {
    pub seq: Seq,
    pub id: Uuid,
    pub time: Timestamp,
    pub actor: Actor,
    pub cause: Cause,
    pub event: E,
}

/// A type of event that a stream can hold. The store knows events through this alone.
pub trait Event: Sized + Send + 'static {
    /// The `data` object as it is written.
    type Data<'a>: Serialize
    where
        Self: 'a;

    /// The log's `type`.
    fn name(&self) -> &'static str;

    /// The log's `v`: the version of the type's `data` that is written today.
    fn version(&self) -> u32;

    /// The log's `data`.
    fn data(&self) -> Self::Data<'_>;

    /// The stream that, by this event, the log is from here on; none for events that say nothing of it.
    fn stream(&self) -> Option<StreamId>;

    /// Reads the `type` that comes next in a line, behind its opening quote, and `v` and `data` after it, if all stand exactly as
    /// this program writes them. A shortcut: `None` only means that [`Event::decode`] is to be asked.
    fn decode_canonical(_line: &mut Cursor<'_>) -> Option<Self> {
        None
    }

    /// The versions before the newest, each with the way to the next.
    const UPCASTERS: &'static [Upcaster];

    /// Reads an event in its type's newest version. Logs are read through [`read_event`](super::read_event), which knows the older ones.
    fn decode(name: &str, version: u32, data: &RawValue) -> Result<Self, DecodeError>;
}

/// Why an intact line could not be understood.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// A program newer than this one wrote it, or it is no event of this kind of stream.
    #[error(
        "event type {name} version {version} is unknown to this program; a newer version of it may know the type"
    )]
    Unknown { name: String, version: u32 },
    /// The `data` of an older version is not what any program wrote.
    #[error(
        "the data of event type {name} version {version} cannot be brought to the newest version: {reason}"
    )]
    Upcast {
        name: String,
        version: u32,
        reason: String,
    },
    /// The `data` does not have the fields of its type.
    #[error("the data of event type {name} version {version} is not readable: {source}")]
    Data {
        name: String,
        version: u32,
        source: serde_json::Error,
    },
}

/// Reads the `data` of an event that has the fields of `T`.
pub(super) fn read_data<T: DeserializeOwned>(
    name: &str,
    version: u32,
    data: &RawValue,
) -> Result<T, DecodeError> {
    serde_json::from_str(data.get()).map_err(|source| DecodeError::Data {
        name: name.to_owned(),
        version,
        source,
    })
}

/// Tells a field that is `null` from one that is absent.
pub(super) fn present<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}
