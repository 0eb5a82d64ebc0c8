//! The seeded work that all do: which user adds, edits, tracks or deletes what, in which chat. Every command in it is
//! accepted, so that each is exactly one event everywhere.

use crate::board::{Added, Edited, Entry, Event, Id};

/// Users of one chat.
pub const USERS: u64 = 8;
/// When the messages are sent: 22 November 2026, 04:00 UTC.
pub const NOW: i64 = 1_795_320_000;
/// Midnight, 1 December 2031, UTC; due dates are days of that month at 18:00.
const DUE_MONTH: i64 = 1_953_849_600;
const DAY: i64 = 86_400;
/// Living bounties of a chat at most: then the oldest of them goes.
const LIVING: usize = 200;
const NAMES: [&str; USERS as usize] = [
    "Ada L.", "Боб", "Chen", "Daria K.", "Émile", "Farid", "Grace H.", "Hana",
];
const WORDS: [&str; 16] = [
    "fix",
    "login",
    "bug",
    "write",
    "release",
    "notes",
    "review",
    "parser",
    "исправить",
    "ошибку",
    "deploy",
    "the",
    "backup",
    "server",
    "translate",
    "guide",
];

/// One command, as the event that it becomes.
#[derive(Clone, Debug)]
pub struct Op {
    pub chat: i64,
    pub entry: Entry,
}

/// SplitMix64: the same numbers for the same seed, everywhere.
pub struct Rng(pub u64);

impl Rng {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}

/// What the generator knows of a chat.
#[derive(Default)]
struct Chat {
    last_id: u64,
    living: Vec<Living>,
}

struct Living {
    id: u64,
    creator: u64,
    /// One bit a user.
    trackers: u8,
}

/// Commands in chats -1, -2, … of a data directory, without end.
pub struct Workload {
    rng: Rng,
    chats: Vec<Chat>,
    update: i64,
}

impl Workload {
    /// The work of this many chats.
    pub fn new(chats: usize) -> Self {
        Self {
            rng: Rng(42),
            chats: (0..chats).map(|_| Chat::default()).collect(),
            update: 0,
        }
    }

    /// The next commands, each in a chat by chance.
    pub fn take(&mut self, count: usize) -> Vec<Op> {
        let chats = self.chats.len() as u64;
        (0..count)
            .map(|_| {
                let chat = self.rng.below(chats) as usize;
                self.next_in(chat)
            })
            .collect()
    }

    /// One command in each chat: the first is an `/add`.
    pub fn one_each(&mut self) -> Vec<Op> {
        (0..self.chats.len())
            .map(|chat| self.next_in(chat))
            .collect()
    }

    /// The next command of the chat with this number.
    pub fn next_in(&mut self, chat: usize) -> Op {
        let user = self.rng.below(USERS);
        let dice = self.rng.below(100);
        let full = self.chats[chat].living.len() >= LIVING;
        let (user, event) = match dice {
            0..40 if full => self.delete(chat, 0),
            0..40 => self.add(chat, user),
            40..60 => self.edit(chat, user),
            60..80 => self.track(chat, user, false),
            80..85 => self.track(chat, user, true),
            _ if self.chats[chat].living.is_empty() => self.add(chat, user),
            _ => {
                let at = self.rng.below(self.chats[chat].living.len() as u64);
                self.delete(chat, at as usize)
            }
        };
        self.op(chat, user, event)
    }

    /// An `/add` in the chat with this number.
    pub fn add_in(&mut self, chat: usize) -> Op {
        let user = self.rng.below(USERS);
        let (user, event) = self.add(chat, user);
        self.op(chat, user, event)
    }

    /// An `/edit` in the chat with this number.
    pub fn edit_in(&mut self, chat: usize) -> Op {
        let (user, event) = self.edit(chat, 0);
        self.op(chat, user, event)
    }

    fn op(&mut self, chat: usize, user: u64, event: Event) -> Op {
        self.update += 1;
        Op {
            chat: -1 - chat as i64,
            entry: Entry {
                user: 4_000 + chat as i64 * USERS as i64 + user as i64,
                name: NAMES[user as usize].to_owned(),
                update: self.update,
                date: NOW,
                event,
            },
        }
    }

    fn add(&mut self, chat: usize, user: u64) -> (u64, Event) {
        let text = self.text();
        let has_link = self.rng.below(2) == 0;
        let day = self.rng.below(70) as i64;
        let board = &mut self.chats[chat];
        board.last_id += 1;
        let id = board.last_id;
        board.living.push(Living {
            id,
            creator: user,
            trackers: 0,
        });
        let added = Added {
            id,
            text,
            link: has_link.then(|| format!("https://github.com/example/repo/issues/{id}")),
            due_date_ts: (day < 28).then(|| DUE_MONTH + day * DAY + 18 * 3_600),
            created_at: NOW,
        };
        (user, Event::BountyAdded(added))
    }

    fn edit(&mut self, chat: usize, user: u64) -> (u64, Event) {
        if self.chats[chat].living.is_empty() {
            return self.add(chat, user);
        }
        let text = format!("{} ({})", self.text(), self.update);
        let bounty = self.any(chat);
        let (id, creator) = (bounty.id, bounty.creator);
        (creator, Event::BountyEdited(Edited { id, text }))
    }

    fn track(&mut self, chat: usize, user: u64, untrack: bool) -> (u64, Event) {
        if self.chats[chat].living.is_empty() {
            return self.add(chat, user);
        }
        let bounty = self.any(chat);
        let (id, bit) = (bounty.id, 1 << user);
        if (bounty.trackers & bit != 0) != untrack {
            return self.edit(chat, user);
        }
        bounty.trackers ^= bit;
        let event = if untrack {
            Event::Untracked(Id { id })
        } else {
            Event::Tracked(Id { id })
        };
        (user, event)
    }

    fn delete(&mut self, chat: usize, at: usize) -> (u64, Event) {
        let bounty = self.chats[chat].living.remove(at);
        (bounty.creator, Event::BountyDeleted(Id { id: bounty.id }))
    }

    fn any(&mut self, chat: usize) -> &mut Living {
        let at = self.rng.below(self.chats[chat].living.len() as u64);
        &mut self.chats[chat].living[at as usize]
    }

    fn text(&mut self) -> String {
        let count = 3 + self.rng.below(6);
        let words: Vec<&str> = (0..count)
            .map(|_| WORDS[self.rng.below(WORDS.len() as u64) as usize])
            .collect();
        words.join(" ")
    }
}

/// The day of the due month, 1 to 28, that a due date of this workload is.
pub fn due_day(due: i64) -> i64 {
    (due - DUE_MONTH) / DAY + 1
}
