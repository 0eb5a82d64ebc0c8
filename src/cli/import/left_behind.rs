//! What another bot left in the data directory.

use std::sync::Arc;
use std::thread;

use anyhow::Context;

use crate::import::left_behind;
use crate::store::{Disk, Layout};

/// Says, beside the start, which chats hold what another bot left there: in them nothing is changed.
pub fn name_left_behind(disk: Arc<dyn Disk>, layout: Layout) -> anyhow::Result<()> {
    let look = move || match left_behind(&*disk, &layout) {
        Ok(chats) if chats.is_empty() => {}
        Ok(chats) => tracing::warn!(
            chats = chats.len(),
            first = chats[0].0,
            "another bot's files are in the data directory and nothing is changed in their chats; to take them over, move their directories out of {0}, say into `old`, then `bounty import json-files old`",
            layout.root().display()
        ),
        Err(error) => tracing::warn!(%error, "another bot's files could not be looked for"),
    };
    let thread = thread::Builder::new().name("look".to_owned()).spawn(look);
    thread.map(|_| ()).context("cannot start a thread")
}
