//! The ends of letters, and what the order says of boards and targets.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::bridge::NotificationTargetId;
use crate::domain::notifier::{
    Baseline, Current, FollowingStopped, NotifierEvent, TargetsLeft, abandoned, baselines,
    due_dates, end, following, interrupted, lacking_dues, lacks_dues, position_of,
};
use crate::domain::{ChatId, Position};
use crate::store::StoreError;

use super::said::say;
use super::{Desk, Ended, Order};

/// What is said of a delivery that waits to be sent again when its board is not followed any more.
const LEFT: &str = "the board is not followed any more";
/// What is said of a delivery to a target that is linked no more.
const UNLINKED: &str = "the target is not linked to the tracker any more";
/// The same, when nothing is told any more.
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
        let is_left = state.queues().any(|(_, queue)| !queue.is_sending());
        if state.is_following() || is_left {
            let ends = abandoned(state, OFF, |_, _| true);
            self.draft.add_all(ends)?;
            let stopped = NotifierEvent::FollowingStopped(FollowingStopped {});
            self.draft.add(stopped)?;
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
        self.rename_first(|chat| {
            let is_gone = is_new && !boards.contains(&chat);
            is_gone || !order.rules.collections.follows(chat)
        })?;
        self.read_before_naming(order)?;
        let following = following(&order.rules, self.draft.state, &boards);
        let is_left =
            |current: &Current| !order.rules.collections.follows(current.batch.collection);
        let ends = abandoned(self.draft.state, LEFT, |_, current| is_left(current));
        self.draft.add_all(ends)?;
        self.draft.add_all(following.events)?;
        // How far a board was read is nothing to go on from when it is followed again.
        self.seen
            .retain(|chat, _| order.rules.collections.follows(*chat));
        let from_now = self.baselines_of(&following.from_now, all);
        self.draft
            .add_all(baselines(from_now, following.covers_all))?;
        self.learn_dues(order, lacking_dues(self.draft.state))?;
        self.find_lost(order, all)?;
        for (chat, len) in all.into_iter().flatten() {
            let at = position_of(self.draft.state, *chat);
            if at.is_some_and(|at| at.offset != *len) {
                self.catch_up(order, *chat)?;
            }
        }
        Ok(())
    }

    /// A board that is followed by its name from now on was followed before as one of all: what is new on it is told.
    fn read_before_naming(&mut self, order: &Order) -> Result<(), StoreError> {
        let state = &*self.draft.state;
        if !state.covers_all() || order.rules.collections.are_all() {
            return Ok(());
        }
        let named = order.rules.collections.chats();
        let unread: Vec<ChatId> = named.filter(|chat| !state.has_read(*chat)).collect();
        unread
            .into_iter()
            .try_for_each(|chat| self.catch_up(order, chat))
    }

    /// Learns the due dates of boards that are followed already, when reminders are wanted that were not before. What stands between
    /// the place up to where such a board was read and its end is read later all the same: it changes no due date that is known by then.
    pub fn learn_dues(
        &mut self,
        order: &Order,
        chats: impl IntoIterator<Item = ChatId>,
    ) -> Result<(), StoreError> {
        let mut learnt = Vec::new();
        for chat in chats {
            if lacks_dues(self.draft.state, chat) {
                self.catch_up(order, chat)?;
                learnt.extend(self.dues_of(chat));
            }
        }
        self.draft.add_all(baselines(learnt, false))
    }

    fn dues_of(&mut self, chat: ChatId) -> Option<Baseline> {
        let state = &*self.draft.state;
        let read = position_of(state, chat)?;
        // One that has another id meanwhile is learnt under that.
        if !state.has_read(chat) || self.left.unreadable.contains(&chat) {
            return None;
        }
        let dues = self.boards.with_board(chat, |board, _| due_dates(board));
        let dues = self.found(chat, dues)?;
        Some(Baseline {
            collection: chat,
            at: self.seen.remove(&chat).unwrap_or(read),
            dues: Some(dues),
        })
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

    /// Drops what waits for targets that are linked no more.
    pub fn leave_targets(&mut self, order: &Order) -> Result<(), StoreError> {
        let is_linked = |target| order.targets.contains_key(&target);
        let state = &*self.draft.state;
        let left = state.queues().filter(|(target, queue)| {
            let is_rest = queue.is_sending() && queue.has_nothing_else();
            !is_linked(*target) && !is_rest
        });
        let targets: Vec<NotificationTargetId> = left.map(|(target, _)| target).collect();
        if targets.is_empty() {
            return Ok(());
        }
        let ends = abandoned(state, UNLINKED, |target, _| !is_linked(target));
        self.draft.add_all(ends)?;
        self.draft
            .add(NotifierEvent::TargetsLeft(TargetsLeft { targets }))
    }
}
