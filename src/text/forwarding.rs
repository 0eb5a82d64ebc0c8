//! To whom else it is told what happens on a board. Of a target its name is said, and whether it is a chat: no more of it is for the
//! group to know.

use std::collections::BTreeSet;

use super::Renderer;
use super::catalog::Args;
use super::html::Html;
use crate::domain::bridge::{Destination, Forwarding};

/// The most targets that are named.
const NAMED: usize = 10;

impl Renderer<'_> {
    /// What the help says of it.
    pub(super) fn forwarded(&self, found: &[Forwarding]) -> Html {
        self.format("note-forwarded", self.places(found))
    }

    /// Each target once, however many trackers tell it.
    fn places(&self, found: &[Forwarding]) -> Args {
        let is_chat = |found: &Forwarding| matches!(found.to, Destination::Chat(_));
        let targets: BTreeSet<(&str, bool)> = found
            .iter()
            .map(|found| (found.name.as_str(), is_chat(found)))
            .collect();
        let named = targets.iter().take(NAMED).map(|(name, is_chat)| {
            let key = if *is_chat {
                "forwarded-chat"
            } else {
                "forwarded-webhook"
            };
            self.format(key, Args::default().html("name", Html::name(name)))
        });
        let more = targets.len().saturating_sub(NAMED) as u64;
        let more =
            (more > 0).then(|| self.format("forwarded-more", Args::default().count("count", more)));
        Args::default().html("places", Html::join(named.chain(more), ", "))
    }
}
