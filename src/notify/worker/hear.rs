//! Chats that can be written to again, since somebody writes there.

use std::collections::BTreeSet;

use crate::domain::ChatId;
use crate::domain::bridge::{NotificationTargetId, Place};
use crate::domain::notifier::{Notifier, NotifierEvent, Queue, TargetFreed};
use crate::store::StoreError;

use super::{Desk, Order, Worker};

impl Desk<'_, '_> {
    /// Has targets that were unreachable told what waits when something came from their chats. Those to which something is on its way
    /// may turn out to be unreachable: what came from their chats is kept until that is known.
    pub fn hear(&mut self, order: &Order, heard: &BTreeSet<ChatId>) -> Result<(), StoreError> {
        for (target, chat) in chats_of(order, self.draft.state, is_awaited) {
            if !heard.contains(&chat) {
                continue;
            }
            if self.draft.state.is_sending_to(target) {
                self.left.heard.insert(chat);
            } else {
                let freed = NotifierEvent::TargetFreed(TargetFreed { target });
                self.draft.add(freed)?;
            }
        }
        Ok(())
    }
}

impl Worker {
    /// The chats that wake a target when they write.
    pub(super) fn awaited(&self, order: &Order) -> BTreeSet<ChatId> {
        let chats = chats_of(order, self.stream.state(), is_awaited);
        chats.into_iter().map(|(_, chat)| chat).collect()
    }
}

/// Whether a target is unreachable until its chat writes, or may turn out to be.
fn is_awaited(queue: &Queue) -> bool {
    queue.unreachable || queue.is_sending()
}

/// The chats of some targets.
fn chats_of(
    order: &Order,
    state: &Notifier,
    is_meant: impl Fn(&Queue) -> bool,
) -> Vec<(NotificationTargetId, ChatId)> {
    let queues = state.queues().filter(|(_, queue)| is_meant(queue));
    let chat = |target| match order.targets.get(&target)?.place()? {
        Place::Telegram(place) => Some(place.chat_id),
        Place::Webhook(_) => None,
    };
    queues
        .filter_map(|(target, _)| Some((target, chat(target)?)))
        .collect()
}
