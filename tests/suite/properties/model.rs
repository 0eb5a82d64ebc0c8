//! What boards do, written a second time and without the crate's rules: whole, simple, and slow.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::{Value, json};

use super::steps::{Due, Link, Step, Wish, Words};
use crate::support::DATE;

/// Who asks: a user's id, the group itself, or none for the operator.
pub type Who = Option<i64>;

/// What a step must come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// One event of this type, about this bounty.
    Event(&'static str, Option<u64>),
    /// An answer that says why not; nothing is recorded.
    Refused,
    /// Only the creator may.
    NotCreator,
    /// Any other answer; nothing is recorded.
    Nothing,
    /// The very answer of this earlier update; nothing is recorded.
    Again(i64),
    /// No answer: a board that was merged into this one had the update.
    Silent,
}

#[derive(Clone, Debug)]
struct Bounty {
    creator: i64,
    text: String,
    link: Option<String>,
    due: Option<i64>,
}

/// One chat's board.
#[derive(Debug, Default)]
pub struct Board {
    events: u64,
    last_id: u64,
    bounties: BTreeMap<u64, Bounty>,
    tracked: BTreeMap<i64, BTreeSet<u64>>,
    started: BTreeSet<i64>,
    applied: HashSet<i64>,
    /// What was applied to boards that were merged into this one.
    merged: HashSet<i64>,
}

impl Board {
    /// How many lines the log has.
    pub fn lines(&self) -> u64 {
        self.events
    }

    /// How many bounties there are.
    pub fn count(&self) -> u64 {
        self.bounties.len() as u64
    }

    /// Whether an update was applied, here or on a board that was merged into this one.
    pub fn has_seen(&self, update: i64) -> bool {
        self.applied.contains(&update) || self.merged.contains(&update)
    }

    /// The group has a new id.
    pub fn move_to(&mut self, from: i64, to: i64) {
        self.events += 1;
        let own = self
            .bounties
            .values_mut()
            .filter(|bounty| bounty.creator == from);
        own.for_each(|bounty| bounty.creator = to);
    }

    /// The bounties of another board, and who tracks them, come here under fresh ids.
    pub fn absorb(&mut self, other: Self) {
        let mut fresh = BTreeMap::new();
        for (id, bounty) in other.bounties {
            self.events += 1;
            self.last_id += 1;
            self.bounties.insert(self.last_id, bounty);
            fresh.insert(id, self.last_id);
        }
        for (user, list) in other
            .tracked
            .into_iter()
            .filter(|(_, list)| !list.is_empty())
        {
            self.events += list.len() as u64;
            let ids = list.iter().map(|id| fresh[id]);
            self.tracked.entry(user).or_default().extend(ids);
        }
        self.merged
            .extend(other.applied.into_iter().chain(other.merged));
    }

    /// Carries out a step in a chat.
    pub fn take(&mut self, chat: i64, who: Who, update: i64, step: &Step) -> Expected {
        let expected = self.judge(chat, who, update, step);
        if let Expected::Event(..) = expected {
            self.events += if self.events == 0 { 2 } else { 1 };
            if who.is_some() {
                self.applied.insert(update);
            }
        }
        expected
    }

    fn judge(&mut self, chat: i64, who: Who, update: i64, step: &Step) -> Expected {
        let is_change = !matches!(
            step,
            Step::List | Step::Mine | Step::Help | Step::History(_)
        );
        if is_change && who.is_some() && self.applied.contains(&update) {
            return Expected::Again(update);
        }
        if is_change && self.merged.contains(&update) {
            return Expected::Silent;
        }
        match step {
            Step::Start => self.start(who),
            Step::Add(text, link, due) => self.add(who, *text, *link, *due),
            Step::Edit(id, text, link, due) => self.edit(who, *id, *text, *link, *due),
            Step::Delete(id) => self.delete(who, *id),
            Step::Track(id) => self.track(chat, who, *id, true),
            Step::Untrack(id) => self.track(chat, who, *id, false),
            Step::History(id) if *id == 0 || *id > self.last_id => Expected::Refused,
            // Only a person tracks.
            Step::Mine if chat < 0 && who.is_none_or(|who| who < 0) => Expected::Refused,
            Step::List | Step::Mine | Step::Help | Step::History(_) => Expected::Nothing,
        }
    }

    fn start(&mut self, who: Who) -> Expected {
        match who {
            Some(user) if user > 0 && self.started.insert(user) => {
                self.tracked.entry(user).or_default();
                Expected::Event("UserStarted", None)
            }
            _ => Expected::Nothing,
        }
    }

    fn add(&mut self, who: Who, text: Words, link: Link, due: Due) -> Expected {
        let (Some(creator), Some(text), Some(link), Some(due)) =
            (who, text.kept(), link.kept(), due.kept())
        else {
            return Expected::Refused;
        };
        self.last_id += 1;
        let bounty = Bounty {
            creator,
            text,
            link,
            due,
        };
        self.bounties.insert(self.last_id, bounty);
        Expected::Event("BountyAdded", Some(self.last_id))
    }

    fn edit(
        &mut self,
        who: Who,
        id: u64,
        text: Option<Words>,
        link: Wish<Link>,
        due: Wish<Due>,
    ) -> Expected {
        let Some(old) = self.bounties.get(&id).cloned() else {
            return Expected::Refused;
        };
        if who.is_some_and(|who| who != old.creator) {
            return Expected::NotCreator;
        }
        let mut new = old.clone();
        if let Some(text) = text {
            let Some(text) = text.kept() else {
                return Expected::Refused;
            };
            new.text = text;
        }
        match link {
            Wish::Keep => {}
            Wish::Clear => new.link = None,
            Wish::Set(link) => match link.kept() {
                Some(Some(link)) => new.link = Some(link),
                Some(None) => {}
                None => return Expected::Refused,
            },
        }
        match due {
            Wish::Keep => {}
            Wish::Clear => new.due = None,
            Wish::Set(due) => match due.kept() {
                Some(Some(due)) => new.due = Some(due),
                Some(None) => {}
                None => return Expected::Refused,
            },
        }
        if (&new.text, &new.link, new.due) == (&old.text, &old.link, old.due) {
            return Expected::Refused;
        }
        self.bounties.insert(id, new);
        Expected::Event("BountyEdited", Some(id))
    }

    fn delete(&mut self, who: Who, id: u64) -> Expected {
        let Some(bounty) = self.bounties.get(&id) else {
            return Expected::Refused;
        };
        if who.is_some_and(|who| who != bounty.creator) {
            return Expected::NotCreator;
        }
        self.bounties.remove(&id);
        for list in self.tracked.values_mut() {
            list.remove(&id);
        }
        Expected::Event("BountyDeleted", Some(id))
    }

    fn track(&mut self, chat: i64, who: Who, id: u64, on: bool) -> Expected {
        let user = who.filter(|user| chat < 0 && *user > 0);
        let Some(user) = user.filter(|_| self.bounties.contains_key(&id)) else {
            return Expected::Refused;
        };
        let is_tracked = self
            .tracked
            .get(&user)
            .is_some_and(|list| list.contains(&id));
        if is_tracked == on {
            return Expected::Refused;
        }
        let list = self.tracked.entry(user).or_default();
        if on {
            list.insert(id);
            Expected::Event("Tracked", Some(id))
        } else {
            list.remove(&id);
            Expected::Event("Untracked", Some(id))
        }
    }

    /// What the chat's own snapshot must say of its bounties.
    pub fn bounties(&self, chat: i64) -> Value {
        let one = |(id, bounty): (&u64, &Bounty)| {
            let mut value = json!({"id": id, "text": bounty.text, "link": bounty.link,
                "due_date_ts": bounty.due, "created_at": DATE});
            if chat < 0 {
                value["created_by_user_id"] = json!(bounty.creator);
            }
            value
        };
        self.bounties.iter().map(one).collect()
    }

    pub fn next_id(&self) -> u64 {
        self.last_id + 1
    }

    /// What each tracking list in a group must say.
    pub fn lists(&self) -> impl Iterator<Item = (i64, Value)> {
        self.tracked.iter().map(|(user, ids)| (*user, json!(ids)))
    }
}
