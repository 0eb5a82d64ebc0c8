//! What the bridge says of a tracker.

use std::collections::BTreeMap;

use crate::domain::ChatId;
use crate::domain::bridge::{
    BOUNTY, Bridge, CollectionId, Collections, NotificationTarget, NotificationTargetId,
    NotificationTracker, NotificationTrackerId,
};
use crate::domain::notifier::{Link, Rules};
use crate::store::StoreError;

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
    pub(super) fn with_todays_ids(&mut self, order: &Order) -> Result<Order, StoreError> {
        if self.is_settled(Some(order))
            && let Some((_, resolved)) = &self.resolved
        {
            return Ok(resolved.clone());
        }
        let mut is_certain = true;
        let mut ids = Vec::new();
        for id in order.rules.collections.iter() {
            ids.push(match id {
                CollectionId::Chat(chat) => {
                    let (today, is_known) = self.todays_id(*chat)?;
                    is_certain &= is_known;
                    CollectionId::Chat(today)
                }
                CollectionId::Word(_) => id.clone(),
            });
        }
        let mut resolved = order.clone();
        resolved.rules.collections = Collections::of(ids);
        self.resolved = Some((order.clone(), resolved.clone())).filter(|_| is_certain);
        Ok(resolved)
    }

    /// The id that a chat has, and whether that is certain.
    fn todays_id(&mut self, chat: ChatId) -> Result<(ChatId, bool), StoreError> {
        match self.boards.moved(chat) {
            Ok(moved) => Ok((moved.unwrap_or(chat), true)),
            Err(error) => {
                tracing::warn!(chat = chat.0, %error, "it is not known whether a board that is followed has another id; it is tried again");
                let read = self.read_of(chat)?;
                Ok((read.unwrap_or(chat), false))
            }
        }
    }

    /// The board that was read already and had this id, as its own log says. It goes on when the note of its new id is damaged later:
    /// left, it would lose what waits.
    fn read_of(&mut self, earlier: ChatId) -> Result<Option<ChatId>, StoreError> {
        self.stream.refresh()?;
        let had_it = |chat: &ChatId| {
            let board = self.boards.beginning(*chat).ok().flatten();
            board.is_some_and(|board| board.earlier_ids.contains(&earlier))
        };
        let mut read = self.stream.state().collections().map(|(chat, _)| chat);
        Ok(read.find(had_it))
    }
}
