//! The ends of letters, and what the order says of boards and targets.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::bridge::{NotificationTargetId, Place};
use crate::domain::notifier::{
    Baseline, FollowingStopped, Notifier, NotifierEvent, TargetFreed, TargetsLeft, abandoned,
    baselines, due_dates, end, following, interrupted, needs_dues, position_of,
};
use crate::domain::{ChatId, Position};
use crate::store::StoreError;

use super::said::say;
use super::{Desk, Ended, Order, Worker};

/// What is said of a delivery to a target that is linked no more.
const UNLINKED: &str = "the target is not linked to the tracker any more";
/// How often a board is read again that somebody writes to meanwhile.
const ATTEMPTS: usize = 20;
const OFF: &str = "the tracker was switched off before it could be sent again";

impl Desk<'_, '_> {
    /// Records what came of letters, and of those that an earlier process was sending.
    pub fn end_all(&mut self, ended: &[Ended]) -> Result<(), StoreError> {
        let lost = interrupted(self.draft.state).into_iter().filter(|event| {
            let NotifierEvent::DeliveryEnded(lost) = event else {
                return false;
            };
            let is_known = ended.iter().any(|end| end.delivery == lost.delivery);
            !is_known && !self.sending.contains(&lost.delivery)
        });
        for event in lost.collect::<Vec<_>>() {
            tracing::warn!(
                ?event,
                "nobody knows whether a notification arrived that was being sent when the program ended"
            );
            self.draft.add(event)?;
        }
        for Ended {
            target,
            delivery,
            outcome,
        } in ended
        {
            let queue = self.draft.state.queue(*target);
            let current = queue.and_then(|queue| queue.current.as_ref());
            let Some((queue, current)) = queue.zip(current) else {
                continue;
            };
            if current.delivery != *delivery {
                continue;
            }
            let jitter = i64::from(self.now.millis().unsigned_abs() as u32 % 1_000);
            let events = end(*target, queue, current, outcome, self.now, jitter);
            say(*target, outcome, &events);
            self.draft.add_all(events)?;
        }
        Ok(())
    }

    /// The tracker is off: nothing is followed any more.
    pub fn stop(&mut self) -> Result<(), StoreError> {
        self.seen.clear();
        let state = &*self.draft.state;
        let has_something = state.is_following() || state.queues().len() > 0;
        // What comes of what is on its way is recorded first.
        let is_sending = (state.queues()).any(|(target, _)| state.is_sending_to(target));
        if has_something && !is_sending {
            let ends = abandoned(state, OFF, |_, _| true);
            self.draft.add_all(ends)?;
            let stopped = NotifierEvent::FollowingStopped(FollowingStopped {});
            self.draft.add(stopped)?;
        }
        Ok(())
    }

    /// A chat that writes can be written to again.
    pub fn hear(&mut self, order: &Order, heard: &BTreeSet<ChatId>) -> Result<(), StoreError> {
        for (target, chat) in unreachable_in(order, self.draft.state) {
            if heard.contains(&chat) {
                self.draft
                    .add(NotifierEvent::TargetFreed(TargetFreed { target }))?;
            }
        }
        Ok(())
    }

    /// Compares what is followed and who is linked with the order.
    pub fn settle(
        &mut self,
        order: &Order,
        all: Option<&BTreeMap<ChatId, u64>>,
    ) -> Result<(), StoreError> {
        let is_new = order.rules.collections.are_all() && !self.draft.state.covers_all();
        let boards = match all {
            Some(all) if is_new => all.keys().copied().collect(),
            None if is_new => self.boards.all()?,
            _ => BTreeSet::new(),
        };
        let following = following(&order.rules, self.draft.state, &boards);
        self.draft.add_all(following.events)?;
        let from_now = self.baselines_of(&following.from_now, all)?;
        self.draft
            .add_all(baselines(from_now, following.covers_all))?;
        let mut dues = Vec::new();
        for chat in needs_dues(self.draft.state) {
            dues.extend(self.dues_of(order, chat)?);
        }
        self.draft.add_all(baselines(dues, false))?;
        for (chat, len) in all.into_iter().flatten() {
            let at = position_of(self.draft.state, *chat);
            if at.is_some_and(|at| at.offset != *len) {
                self.catch_up(order, *chat)?;
            }
        }
        self.find_lost(order, all)
    }

    /// The due dates of a board that is followed already, as of the place that is read up to: what came meanwhile is told first.
    fn dues_of(&mut self, order: &Order, chat: ChatId) -> Result<Option<Baseline>, StoreError> {
        for _ in 0..ATTEMPTS {
            self.catch_up(order, chat)?;
            let known = position_of(self.draft.state, chat);
            if known.is_none() || self.left.unreadable.contains(&chat) {
                return Ok(None);
            }
            let found = self.baselines_of(&[chat], None)?.pop();
            if found.as_ref().map(|baseline| baseline.at) == known {
                return Ok(found);
            }
        }
        // Somebody writes faster than it is read here: the next round tries it again.
        self.left.renamed = true;
        Ok(None)
    }

    /// Boards that are followed and not there: they have another id, or will be there again.
    fn find_lost(
        &mut self,
        order: &Order,
        all: Option<&BTreeMap<ChatId, u64>>,
    ) -> Result<(), StoreError> {
        let Some(all) = all else { return Ok(()) };
        let collections = self.draft.state.collections();
        let lost = collections
            .filter(|(chat, known)| known.at != Position::START && !all.contains_key(chat));
        for chat in lost.map(|(chat, _)| chat).collect::<Vec<_>>() {
            self.catch_up(order, chat)?;
        }
        Ok(())
    }

    fn baselines_of(
        &self,
        chats: &[ChatId],
        all: Option<&BTreeMap<ChatId, u64>>,
    ) -> Result<Vec<Baseline>, StoreError> {
        let follows_dues = self.draft.state.reminders().any();
        let baseline = |chat: &ChatId| {
            let (at, dues) = if follows_dues {
                let look = |board: &_, at| (at, Some(due_dates(board)));
                let len = all.and_then(|all| all.get(chat)).copied();
                self.boards.with_board_of(*chat, len, look)?
            } else {
                (self.boards.end(*chat)?, None)
            };
            Ok(Baseline {
                collection: *chat,
                at,
                dues,
            })
        };
        chats.iter().map(baseline).collect()
    }

    /// Drops what waits for targets that are linked no more.
    pub fn leave_targets(&mut self, order: &Order) -> Result<(), StoreError> {
        let is_linked = |target| order.targets.contains_key(&target);
        let state = &*self.draft.state;
        // What comes of something on its way is recorded first.
        let is_left =
            |target: &NotificationTargetId| !is_linked(*target) && !state.is_sending_to(*target);
        let targets = state.queues().map(|(target, _)| target);
        let targets: Vec<NotificationTargetId> = targets.filter(is_left).collect();
        if targets.is_empty() {
            return Ok(());
        }
        let ends = abandoned(state, UNLINKED, |target, _| !is_linked(target));
        self.draft.add_all(ends)?;
        self.draft
            .add(NotifierEvent::TargetsLeft(TargetsLeft { targets }))
    }
}

impl Worker {
    /// The chats of the targets that are unreachable until these write.
    pub(super) fn awaited(&self, order: &Order) -> BTreeSet<ChatId> {
        let unreachable = unreachable_in(order, self.stream.state());
        unreachable.into_iter().map(|(_, chat)| chat).collect()
    }
}

/// The targets that are unreachable, each with its chat.
fn unreachable_in(order: &Order, state: &Notifier) -> Vec<(NotificationTargetId, ChatId)> {
    let queues = state.queues().filter(|(_, queue)| queue.unreachable);
    let chat = |target| match order.targets.get(&target)?.place()? {
        Place::Telegram(place) => Some(place.chat_id),
        Place::Webhook(_) => None,
    };
    queues
        .filter_map(|(target, _)| Some((target, chat(target)?)))
        .collect()
}
