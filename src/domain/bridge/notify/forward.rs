//! Forwarding: what happens on a chat's board is told elsewhere. A group's board is private to the group, so the group is told.

use serde::{Deserialize, Serialize};

use super::entity::{NotificationTarget, NotificationTracker, NotificationTrackerTarget};
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

impl Destination {
    /// Where a target is, seen from a chat that has had these ids; none when it is that chat itself.
    pub fn elsewhere(target: &NotificationTarget, ids: &[ChatId]) -> Option<Self> {
        match target.place()? {
            Place::Telegram(place) if ids.contains(&place.chat_id) => None,
            Place::Telegram(place) => Some(Self::Chat(place.chat_id)),
            Place::Webhook(place) => Some(Self::WebHook(place.url)),
        }
    }
}

/// Where it is told what happens on the board of the chat that has had these ids, by tracker and target. What is told in the chat
/// itself is not among it. A tracker that names an earlier id follows the chat still.
pub fn forwarded_from(bridge: &Bridge, ids: &[ChatId]) -> Vec<Forwarding> {
    let notifiers = bridge.notifiers.iter();
    let following = notifiers.filter(|row| follows(bridge, row, ids));
    let links = following.flat_map(|row| bridge.links_of(row.id));
    let mut found: Vec<Forwarding> = links
        .filter_map(|link| forwarding(bridge, link, ids))
        .collect();
    found.sort_unstable();
    found
}

/// Whether a tracker tells what happens on the chat's board.
fn follows(bridge: &Bridge, row: &NotificationTracker, ids: &[ChatId]) -> bool {
    let provider = bridge.providers.get(row.provider_id);
    let is_served = provider.is_some_and(|provider| provider.provider_type == BOUNTY);
    row.enabled && is_served && ids.iter().any(|id| row.collection_ids.follows(*id))
}

fn forwarding(
    bridge: &Bridge,
    link: &NotificationTrackerTarget,
    ids: &[ChatId],
) -> Option<Forwarding> {
    let target = bridge.targets.get(link.target_id);
    let target = target.filter(|_| link.enabled)?;
    Some(Forwarding {
        tracker: link.notification_tracker_id,
        target: target.id,
        name: target.name.clone(),
        to: Destination::elsewhere(target, ids)?,
    })
}
