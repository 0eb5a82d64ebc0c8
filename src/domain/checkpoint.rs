//! A stream's whole state as bytes that this version of the program reads back: what a checkpoint holds.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::stream::Aggregate;

/// A state of which a checkpoint can be made. Its maps are ordered and have integers or strings as keys, so that equal states give
/// equal bytes.
pub trait Checkpointed: Aggregate + Serialize + DeserializeOwned {
    /// The state, in one line of JSON.
    fn to_checkpoint(&self) -> Vec<u8> {
        serde_json::to_vec(self)
            .expect("strings, integers and maps with integer keys always have a JSON form")
    }

    /// The state that these bytes hold; none when they hold none of this kind.
    fn from_checkpoint(state: &[u8]) -> Option<Self> {
        serde_json::from_slice(state).ok()
    }
}
