//! Two boards become one: which events carry one board's living bounties and tracking into another's log.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use crate::domain::board::{
    Board, BoardEvent, Bounty, BountyAdded, BountyDeleted, BountyEdited, Tracked, Untracked,
};
use crate::domain::{Actor, BountyId, Cause, ChatId, Event, Recorded, Seq, Timestamp, UserId};
use crate::store::Position;

use super::writer::add_record;

/// Who did something, and when, in which event of the source.
#[derive(Clone)]
struct Origin {
    actor: Actor,
    time: Timestamp,
    seq: Seq,
}

impl Origin {
    fn of(record: &Recorded<BoardEvent>) -> Self {
        Self {
            actor: record.actor.clone(),
            time: record.time,
            seq: record.seq,
        }
    }
}

/// The board that is merged into another, with who did last what to its bounties and its lists.
pub struct Source {
    chat: ChatId,
    /// The id of its first event: a chat may have had a board before that was merged too.
    first: Option<Uuid>,
    board: Board,
    added: HashMap<BountyId, Origin>,
    edited: HashMap<BountyId, Origin>,
    deleted: BTreeMap<BountyId, Origin>,
    tracked: BTreeMap<(UserId, BountyId), Origin>,
    untracked: BTreeMap<(UserId, BountyId), Origin>,
    /// The last choice of each setting, by its type in the log.
    chosen: BTreeMap<String, (Origin, BoardEvent)>,
}

impl Source {
    pub fn new(chat: ChatId) -> Self {
        Self {
            chat,
            first: None,
            board: Board::default(),
            added: HashMap::new(),
            edited: HashMap::new(),
            deleted: BTreeMap::new(),
            tracked: BTreeMap::new(),
            untracked: BTreeMap::new(),
            chosen: BTreeMap::new(),
        }
    }

    /// The board as far as its log was read.
    pub fn board(&self) -> &Board {
        &self.board
    }

    /// The next event of its log.
    pub fn see(&mut self, record: &Recorded<BoardEvent>) {
        self.first.get_or_insert(record.id);
        let origin = || Origin::of(record);
        match (&record.event, record.actor.user()) {
            (BoardEvent::BountyAdded(added), _) => {
                self.added.insert(added.id, origin());
            }
            (BoardEvent::BountyEdited(edited), _) => {
                self.edited.insert(edited.id, origin());
            }
            (BoardEvent::BountyDeleted(deleted), _) => {
                self.deleted.insert(deleted.id, origin());
            }
            (BoardEvent::Tracked(tracked), Some(user)) => {
                self.tracked.insert((user, tracked.id), origin());
            }
            (BoardEvent::Untracked(untracked), Some(user)) => {
                self.untracked.insert((user, untracked.id), origin());
            }
            (BoardEvent::LanguageChosen(_) | BoardEvent::TimezoneChosen(_), _) => {
                let chosen = (origin(), record.event.clone());
                self.chosen.insert(record.event.name().to_owned(), chosen);
            }
            (BoardEvent::CommandsSwitched(switched), _) => {
                let key = format!("{} {}", record.event.name(), switched.bot);
                self.chosen.insert(key, (origin(), record.event.clone()));
            }
            _ => {}
        }
        self.board.evolve(record);
    }

    /// The stable id of an event that carries `key` over: doing it twice adds nothing.
    fn event_id(&self, key: &str) -> Uuid {
        let first = self.first.unwrap_or_default();
        let name = format!("bounty-ledger:merge:{}:{first}:{key}", self.chat);
        Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes())
    }
}

/// Which events of an earlier, interrupted merge a log already has.
#[derive(Default)]
pub struct Seen {
    ids: HashMap<Uuid, Option<BountyId>>,
}

impl Seen {
    /// The next event of the log that is merged into.
    pub fn see(&mut self, record: &Recorded<BoardEvent>) {
        if matches!(record.cause, Cause::Import { .. }) {
            self.ids.insert(record.id, record.event.bounty());
        }
    }
}

/// The lines that carry the source over into the log that ends at `end`, the new end, and how many bounties the source has.
/// `board` follows. Fails with the length of a line that is too long for a log.
pub fn lines(
    source: &Source,
    board: &mut Board,
    seen: &Seen,
    file: &str,
    end: Position,
) -> Result<(Vec<u8>, Position, u64), usize> {
    let mut merge = Merge {
        source,
        board,
        seen,
        file,
        lines: Vec::new(),
        end,
        fresh: BTreeMap::new(),
    };
    for bounty in source.board.bounties() {
        merge.bounty(bounty)?;
    }
    for (id, origin) in &source.deleted {
        merge.deletion(*id, origin)?;
    }
    for ((user, id), origin) in &source.tracked {
        merge.tracking(*user, *id, origin)?;
    }
    for ((user, id), origin) in &source.untracked {
        merge.end_of_tracking(*user, *id, origin)?;
    }
    for (name, (origin, event)) in &source.chosen {
        merge.setting(name, origin, event)?;
    }
    Ok((merge.lines, merge.end, source.board.bounties().len() as u64))
}

struct Merge<'m> {
    source: &'m Source,
    board: &'m mut Board,
    seen: &'m Seen,
    file: &'m str,
    lines: Vec<u8>,
    end: Position,
    /// The ids that the source's bounties have from now on.
    fresh: BTreeMap<BountyId, BountyId>,
}

impl Merge<'_> {
    /// The bounty that an earlier attempt made of this one of the source's.
    fn carried(&self, id: BountyId) -> Option<BountyId> {
        *self.seen.ids.get(&self.source.event_id(&bounty_key(id)))?
    }

    /// The log that is merged into takes no commands any more: where it differs from what an earlier attempt carried over, the source
    /// was changed since.
    fn bounty(&mut self, bounty: &Bounty) -> Result<(), usize> {
        if let Some(id) = self.carried(bounty.id) {
            self.fresh.insert(bounty.id, id);
            return self.edition(id, bounty);
        }
        let Some(origin) = self.source.added.get(&bounty.id) else {
            return Ok(());
        };
        let id = self.board.next_id();
        self.fresh.insert(bounty.id, id);
        let event = BoardEvent::BountyAdded(BountyAdded {
            id,
            text: bounty.text.clone(),
            link: bounty.link.clone(),
            due_date_ts: bounty.due,
            created_at: bounty.created_at,
        });
        self.push(bounty_key(bounty.id), origin, event)
    }

    fn edition(&mut self, id: BountyId, bounty: &Bounty) -> Result<(), usize> {
        let (Some(before), Some(origin)) =
            (self.board.bounty(id), self.source.edited.get(&bounty.id))
        else {
            return Ok(());
        };
        let edited = BountyEdited {
            id,
            text: (before.text != bounty.text).then(|| bounty.text.clone()),
            link: (before.link != bounty.link).then(|| bounty.link.clone()),
            due_date_ts: (before.due != bounty.due).then_some(bounty.due),
        };
        if edited.text.is_none() && edited.link.is_none() && edited.due_date_ts.is_none() {
            return Ok(());
        }
        let key = later(&bounty_key(bounty.id), origin);
        self.push(key, origin, BoardEvent::BountyEdited(edited))
    }

    fn deletion(&mut self, id: BountyId, origin: &Origin) -> Result<(), usize> {
        let carried = self.carried(id);
        let Some(there) = carried.filter(|there| self.board.bounty(*there).is_some()) else {
            return Ok(());
        };
        let event = BoardEvent::BountyDeleted(BountyDeleted { id: there });
        self.push(later(&bounty_key(id), origin), origin, event)
    }

    fn tracking(&mut self, user: UserId, id: BountyId, origin: &Origin) -> Result<(), usize> {
        let Some(fresh) = self.fresh.get(&id).copied() else {
            return Ok(());
        };
        if !has(&self.source.board, user, id) || has(self.board, user, fresh) {
            return Ok(());
        }
        let mut key = list_key(user, id);
        if self.seen.ids.contains_key(&self.source.event_id(&key)) {
            key = later(&key, origin);
        }
        self.push(key, origin, BoardEvent::Tracked(Tracked { id: fresh }))
    }

    fn end_of_tracking(
        &mut self,
        user: UserId,
        id: BountyId,
        origin: &Origin,
    ) -> Result<(), usize> {
        let Some(fresh) = self.fresh.get(&id).copied() else {
            return Ok(());
        };
        if has(&self.source.board, user, id) || !has(self.board, user, fresh) {
            return Ok(());
        }
        let key = later(&list_key(user, id), origin);
        self.push(key, origin, BoardEvent::Untracked(Untracked { id: fresh }))
    }

    /// What the log that is merged into has chosen by itself stays.
    fn setting(&mut self, name: &str, origin: &Origin, event: &BoardEvent) -> Result<(), usize> {
        let is_carried = self.seen.ids.contains_key(&self.source.event_id(name));
        let settings = self.board.settings();
        let (is_chosen, is_same) = match event {
            BoardEvent::LanguageChosen(chosen) => {
                let language = settings.language;
                (language.is_some(), language == Some(chosen.language))
            }
            BoardEvent::CommandsSwitched(switched) => {
                let enabled = settings.commands.get(&switched.bot);
                (enabled.is_some(), enabled == Some(&switched.enabled))
            }
            BoardEvent::TimezoneChosen(chosen) => {
                let timezone = settings.timezone.as_ref();
                (timezone.is_some(), timezone == Some(&chosen.timezone))
            }
            _ => return Ok(()),
        };
        match (is_chosen, is_carried && !is_same) {
            (_, true) => self.push(later(name, origin), origin, event.clone()),
            (false, _) => self.push(name.to_owned(), origin, event.clone()),
            (true, false) => Ok(()),
        }
    }

    fn push(&mut self, key: String, origin: &Origin, event: BoardEvent) -> Result<(), usize> {
        let Origin { actor, time, .. } = origin.clone();
        let id = self.source.event_id(&key);
        let cause = Cause::merge(self.source.chat, self.file.to_owned(), key);
        let record = Recorded {
            seq: self.end.seq.next(),
            id,
            time,
            actor,
            cause,
            event,
        };
        add_record(&mut self.lines, &mut self.end, &record)?;
        self.board.evolve(&record);
        Ok(())
    }
}

fn bounty_key(id: BountyId) -> String {
    format!("bounty {id}")
}

fn list_key(user: UserId, id: BountyId) -> String {
    format!("bounty {id} user {user}")
}

/// The key of what became of something after an earlier attempt carried it over.
fn later(key: &str, origin: &Origin) -> String {
    format!("{key} at {}", origin.seq)
}

fn has(board: &Board, user: UserId, id: BountyId) -> bool {
    board.list(user).is_some_and(|list| list.ids.contains(&id))
}
