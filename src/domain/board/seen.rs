//! Which updates a board has already turned into events, so that none is applied twice.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use crate::domain::{BotId, BountyId, Delivery, Seq};

/// How many of a bot's last updates are remembered. Telegram redelivers at most 100 at a time.
pub const SEEN_PER_BOT: usize = 1_000;

/// An update that became an event here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    update: i64,
    message: i64,
    seq: Seq,
    added: Option<BountyId>,
}

/// The last [`SEEN_PER_BOT`] updates of each bot. A set, not a high-water mark: Telegram's numbers may restart lower.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenUpdates {
    bots: BTreeMap<BotId, Ring>,
}

/// The last updates of one bot.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Ring {
    /// No update in it has a higher number: most updates are new, and need no search.
    highest: i64,
    last: VecDeque<Seen>,
}

impl SeenUpdates {
    /// Remembers that this update became the event `seq`, which added the bounty `added`.
    pub fn remember(&mut self, delivery: &Delivery, seq: Seq, added: Option<BountyId>) {
        let ring = self.bots.entry(delivery.bot).or_default();
        if ring.last.len() == SEEN_PER_BOT {
            ring.last.pop_front();
        }
        ring.highest = ring.highest.max(delivery.update);
        ring.last.push_back(Seen {
            update: delivery.update,
            message: delivery.message,
            seq,
            added,
        });
    }

    /// The bots whose updates became events here.
    pub fn bots(&self) -> impl Iterator<Item = BotId> {
        self.bots.keys().copied()
    }

    /// The event that this very update became.
    pub fn event_of(&self, delivery: &Delivery) -> Option<Seq> {
        let same =
            |seen: &&Seen| seen.update == delivery.update && seen.message == delivery.message;
        let ring = self.bots.get(&delivery.bot)?;
        if delivery.update > ring.highest {
            return None;
        }
        ring.last.iter().rev().find(same).map(|seen| seen.seq)
    }

    /// The bounty that was added by the message of this update, whatever the update's own number.
    pub fn bounty_of_message(&self, delivery: &Delivery) -> Option<BountyId> {
        let ring = self.bots.get(&delivery.bot)?;
        let of_message = |seen: &&Seen| seen.message == delivery.message;
        let mut newest_first = ring.last.iter().rev().filter(of_message);
        newest_first.find_map(|seen| seen.added)
    }
}
