//! A board's whole state as bytes that this version of the program reads back: what a checkpoint holds. Equal boards give
//! equal bytes.

use super::state::Board;

impl Board {
    /// The state, in one line of JSON.
    pub fn to_checkpoint(&self) -> Vec<u8> {
        serde_json::to_vec(self)
            .expect("strings, integers and maps with integer keys always have a JSON form")
    }

    /// The state that these bytes hold; none when they are no board's.
    pub fn from_checkpoint(state: &[u8]) -> Option<Self> {
        serde_json::from_slice(state).ok()
    }
}
