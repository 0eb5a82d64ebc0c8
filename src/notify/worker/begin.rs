//! Where a board is begun to be followed.

use std::collections::BTreeMap;

use crate::domain::notifier::{Baseline, baselines, begins_at_start, due_dates};
use crate::domain::{ChatId, Position};
use crate::store::StoreError;

use super::{Desk, Order};

impl Desk<'_, '_> {
    /// Has a board followed from where it is that is older than the tracker, which could not read it when it began: it was not there,
    /// say. False when it is not to be read now.
    pub fn begin_late(&mut self, order: &Order, chat: ChatId) -> Result<bool, StoreError> {
        let state = &*self.draft.state;
        let since = match state.collection(chat) {
            Some(known) if known.at != Position::START => return Ok(true),
            Some(known) => Some(known.since),
            None => state.covers_all_since().filter(|_| chat.is_group()),
        };
        let is_seen = self.seen.contains_key(&chat);
        let beginning = self.boards.beginning(chat);
        let Some(beginning) = self.found(chat, beginning) else {
            return Ok(false);
        };
        if let Some(earlier) = beginning
            .as_ref()
            .and_then(|board| self.read_as(chat, board))
        {
            self.rename(earlier, chat)?;
            return Ok(false);
        }
        match (beginning, since) {
            (Some(board), Some(since)) if is_seen || begins_at_start(board.at, since, self.now) => {
                return Ok(true);
            }
            (None, Some(_)) => return Ok(true),
            (Some(_), _) => {}
            (None, None) => {
                let moved = self.boards.moved(chat);
                if let Some(Some(to)) = self.found(chat, moved) {
                    self.catch_up(order, to)?;
                    return Ok(false);
                }
            }
        }
        tracing::info!(
            chat = chat.0,
            "a notification tracker begins to follow a board that it could not read before; what comes from now on is told"
        );
        let baseline = self.baselines_of(&[chat], None);
        let is_read = !baseline.is_empty();
        self.draft.add_all(baselines(baseline, false))?;
        Ok(is_read)
    }

    /// Where these boards are followed from: their ends. Those that cannot be read begin later.
    pub fn baselines_of(
        &mut self,
        chats: &[ChatId],
        all: Option<&BTreeMap<ChatId, u64>>,
    ) -> Vec<Baseline> {
        let follows_dues = self.draft.state.reminders().any();
        let mut found = Vec::with_capacity(chats.len());
        for chat in chats {
            let end = if follows_dues {
                let look = |board: &_, at| (at, Some(due_dates(board)));
                let len = all.and_then(|all| all.get(chat)).copied();
                self.boards.with_board_of(*chat, len, look)
            } else {
                self.boards.end(*chat).map(|at| (at, None))
            };
            let Some((at, dues)) = self.found(*chat, end) else {
                continue;
            };
            if self.boards.is_damaged(*chat) {
                // What stands behind the damage is no news once that is mended.
                self.left.unreadable.insert(*chat);
                continue;
            }
            found.push(Baseline {
                collection: *chat,
                at,
                dues,
            });
        }
        found
    }
}
