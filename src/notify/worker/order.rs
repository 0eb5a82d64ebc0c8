//! What the bridge says of a tracker.

use std::collections::BTreeMap;

use crate::domain::bridge::{
    BOUNTY, Bridge, CollectionId, Collections, NotificationTarget, NotificationTargetId,
    NotificationTracker, NotificationTrackerId,
};
use crate::domain::notifier::{Link, Rules};

use super::Worker;

/// What the bridge says of a tracker.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    pub tracker: NotificationTracker,
    pub rules: Rules,
    pub links: Vec<Link>,
    pub targets: BTreeMap<NotificationTargetId, NotificationTarget>,
}

impl Order {
    /// The order of a tracker that is to work; none for one that is off, removed, or not of this program's boards.
    pub fn of(bridge: &Bridge, id: NotificationTrackerId) -> Option<Self> {
        let tracker = bridge.notifiers.get(id).filter(|tracker| tracker.enabled)?;
        let provider = bridge.providers.get(tracker.provider_id)?;
        if provider.provider_type != BOUNTY {
            return None;
        }
        let links = bridge.links_of(id).filter(|link| link.enabled);
        let linked =
            links.filter_map(|link| Some((Link::from(link), bridge.targets.get(link.target_id)?)));
        let (links, targets): (Vec<Link>, Vec<_>) = linked.unzip();
        Some(Self {
            tracker: tracker.clone(),
            rules: Rules::of(tracker),
            links,
            targets: targets
                .into_iter()
                .map(|target| (target.id, target.clone()))
                .collect(),
        })
    }
}

impl Worker {
    /// Whether boards and targets were compared with this order, which the bridge has.
    pub fn is_settled(&self, order: Option<&Order>) -> bool {
        let known = self.resolved.as_ref().map(|(raw, _)| raw);
        match &self.settled {
            Some(Some(_)) => order.is_some() && known == order,
            Some(None) => order.is_none(),
            None => false,
        }
    }

    /// Chats that have another id by now are followed under that.
    pub(super) fn with_todays_ids(&mut self, order: &Order) -> Order {
        if self.is_settled(Some(order))
            && let Some((_, resolved)) = &self.resolved
        {
            return resolved.clone();
        }
        let mut is_certain = true;
        let current = |id: &CollectionId| match id {
            CollectionId::Chat(chat) => {
                let moved = self.boards.moved(*chat).unwrap_or_else(|error| {
                    tracing::warn!(chat = chat.0, %error, "it is not known whether a board that is followed has another id; it is tried again");
                    is_certain = false;
                    None
                });
                CollectionId::Chat(moved.unwrap_or(*chat))
            }
            CollectionId::Word(_) => id.clone(),
        };
        let ids: Vec<CollectionId> = order.rules.collections.iter().map(current).collect();
        let mut resolved = order.clone();
        resolved.rules.collections = Collections::of(ids);
        self.resolved = Some((order.clone(), resolved.clone())).filter(|_| is_certain);
        resolved
    }
}
