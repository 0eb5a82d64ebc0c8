//! Forwarding: what happens on a chat's board is told elsewhere. A group's board is private to the group, so the group is told.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::entity::{NotificationTracker, NotificationTrackerTarget};
use super::place::{Address, Place};
use crate::domain::ChatId;
use crate::domain::bridge::BOUNTY;
use crate::domain::bridge::ids::{NotificationTargetId, NotificationTrackerId};
use crate::domain::bridge::state::Bridge;

/// A tracker tells a target what happens on the board of a chat that the target is not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Forwarding {
    pub tracker: NotificationTrackerId,
    pub target: NotificationTargetId,
    /// The target's name: all of it that the chat is told.
    pub name: String,
    pub to: Destination,
}

/// Where it goes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Destination {
    Chat(ChatId),
    WebHook(Address),
}

/// What starts and what stops being forwarded from a chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForwardingChange {
    pub chat: ChatId,
    pub started: Vec<Forwarding>,
    pub stopped: Vec<Forwarding>,
}

/// Where it is told what happens on this chat's board, by tracker and target. What is told in the chat itself is not among it.
pub fn forwarded_from(bridge: &Bridge, chat: ChatId) -> Vec<Forwarding> {
    let notifiers = bridge.notifiers.iter();
    let following = notifiers.filter(|row| follows(bridge, row, chat));
    let links = following.flat_map(|row| bridge.links_of(row.id));
    let mut found: Vec<Forwarding> = links
        .filter_map(|link| forwarding(bridge, link, chat))
        .collect();
    found.sort_unstable();
    found
}

/// How the forwarding from these chats differs between two states of the bridge; only chats where it does.
pub fn forwarding_changes(
    before: &Bridge,
    after: &Bridge,
    chats: impl IntoIterator<Item = ChatId>,
) -> Vec<ForwardingChange> {
    let change = |chat| {
        let [old, new] = [before, after].map(|bridge| forwarded_from(bridge, chat));
        let only_in = |these: &[Forwarding], others: &[Forwarding]| -> Vec<Forwarding> {
            let others: BTreeSet<&Forwarding> = others.iter().collect();
            let only = these.iter().filter(|found| !others.contains(found));
            only.cloned().collect()
        };
        ForwardingChange {
            chat,
            started: only_in(&new, &old),
            stopped: only_in(&old, &new),
        }
    };
    let changes = chats.into_iter().map(change);
    changes
        .filter(|change| !change.started.is_empty() || !change.stopped.is_empty())
        .collect()
}

/// Whether a tracker tells what happens on the board of this chat.
fn follows(bridge: &Bridge, row: &NotificationTracker, chat: ChatId) -> bool {
    let provider = bridge.providers.get(row.provider_id);
    let is_served = provider.is_some_and(|provider| provider.provider_type == BOUNTY);
    row.enabled && is_served && row.collection_ids.follows(chat)
}

fn forwarding(
    bridge: &Bridge,
    link: &NotificationTrackerTarget,
    chat: ChatId,
) -> Option<Forwarding> {
    let target = bridge
        .targets
        .get(link.target_id)
        .filter(|_| link.enabled)?;
    let to = match target.place()? {
        Place::Telegram(place) => Destination::Chat(place.chat_id),
        Place::Webhook(place) => Destination::WebHook(place.url),
    };
    (to != Destination::Chat(chat)).then(|| Forwarding {
        tracker: link.notification_tracker_id,
        target: target.id,
        name: target.name.clone(),
        to,
    })
}
