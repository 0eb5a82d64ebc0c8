//! The board as a peer would write it: events in serde's terms, and a state of maps. It knows nothing of the crate that is
//! measured, so that a peer does not become faster or slower with it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// One event; as JSON `{"type":…,"data":…}`, with the same fields as in our log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum Event {
    BoardOpened(Opened),
    BountyAdded(Added),
    BountyEdited(Edited),
    BountyDeleted(Id),
    Tracked(Id),
    Untracked(Id),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    pub chat_id: i64,
    pub kind: String,
    pub title: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Added {
    pub id: u64,
    pub text: String,
    pub link: Option<String>,
    pub due_date_ts: Option<i64>,
    pub created_at: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Edited {
    pub id: u64,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Id {
    pub id: u64,
}

/// An event with who caused it and what carried it in: what a peer stores as one row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub user: i64,
    pub name: String,
    pub update: i64,
    pub date: i64,
    pub event: Event,
}

/// The state of one chat.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Board {
    pub bounties: BTreeMap<u64, Bounty>,
    pub lists: BTreeMap<i64, BTreeSet<u64>>,
    pub next_id: u64,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Bounty {
    pub id: u64,
    pub created_by_user_id: i64,
    pub text: String,
    pub link: Option<String>,
    pub due_date_ts: Option<i64>,
    pub created_at: i64,
}

impl Board {
    /// Applies one event of this user.
    pub fn apply(&mut self, user: i64, event: Event) {
        match event {
            Event::BoardOpened(_) => {}
            Event::BountyAdded(added) => self.add(user, added),
            Event::BountyEdited(edited) => {
                if let Some(bounty) = self.bounties.get_mut(&edited.id) {
                    bounty.text = edited.text;
                }
            }
            Event::BountyDeleted(Id { id }) => {
                self.bounties.remove(&id);
                for list in self.lists.values_mut() {
                    list.remove(&id);
                }
            }
            Event::Tracked(Id { id }) => {
                self.lists.entry(user).or_default().insert(id);
            }
            Event::Untracked(Id { id }) => {
                self.lists.entry(user).or_default().remove(&id);
            }
        }
    }

    fn add(&mut self, user: i64, added: Added) {
        self.next_id = self.next_id.max(added.id + 1);
        let bounty = Bounty {
            id: added.id,
            created_by_user_id: user,
            text: added.text,
            link: added.link,
            due_date_ts: added.due_date_ts,
            created_at: added.created_at,
        };
        self.bounties.insert(bounty.id, bounty);
    }
}
