//! Two boards become one: which events carry one board's living bounties and tracking into another's log.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use crate::domain::board::{Board, BoardEvent, Bounty, BountyAdded, Tracked};
use crate::domain::{Actor, BountyId, Cause, ChatId, Event, Recorded, Timestamp, UserId};
use crate::store::Position;

use super::writer::add_record;

/// Who did something, and when.
type Origin = (Actor, Timestamp);

/// The board that is merged into another, with who added and who tracks what.
pub struct Source {
    chat: ChatId,
    /// The id of its first event: a chat may have had a board before that was merged too.
    first: Option<Uuid>,
    board: Board,
    added: HashMap<BountyId, Origin>,
    tracked: HashMap<(UserId, BountyId), Origin>,
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
            tracked: HashMap::new(),
            chosen: BTreeMap::new(),
        }
    }

    /// The next event of its log.
    pub fn see(&mut self, record: &Recorded<BoardEvent>) {
        self.first.get_or_insert(record.id);
        let origin = || (record.actor.clone(), record.time);
        match (&record.event, record.actor.user()) {
            (BoardEvent::BountyAdded(added), _) => {
                self.added.insert(added.id, origin());
            }
            (BoardEvent::Tracked(tracked), Some(user)) => {
                self.tracked.insert((user, tracked.id), origin());
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
    for (user, list) in source.board.lists() {
        for id in &list.ids {
            merge.tracking(user, *id)?;
        }
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
    fn bounty(&mut self, bounty: &Bounty) -> Result<(), usize> {
        let key = format!("bounty {}", bounty.id);
        if let Some(Some(id)) = self.seen.ids.get(&self.source.event_id(&key)) {
            self.fresh.insert(bounty.id, *id);
            return Ok(());
        }
        let Some(origin) = self.source.added.get(&bounty.id).cloned() else {
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
        self.push(key, origin, event)
    }

    fn tracking(&mut self, user: UserId, id: BountyId) -> Result<(), usize> {
        let key = format!("bounty {id} user {user}");
        let (Some(fresh), Some(origin)) =
            (self.fresh.get(&id), self.source.tracked.get(&(user, id)))
        else {
            return Ok(());
        };
        if self.seen.ids.contains_key(&self.source.event_id(&key)) {
            return Ok(());
        }
        let event = BoardEvent::Tracked(Tracked { id: *fresh });
        self.push(key, origin.clone(), event)
    }

    /// What the log that is merged into has chosen stays.
    fn setting(&mut self, name: &str, origin: &Origin, event: &BoardEvent) -> Result<(), usize> {
        let settings = self.board.settings();
        let is_chosen = match event {
            BoardEvent::LanguageChosen(_) => settings.language.is_some(),
            BoardEvent::CommandsSwitched(switched) => settings.commands.contains_key(&switched.bot),
            _ => settings.timezone.is_some(),
        };
        if is_chosen {
            return Ok(());
        }
        self.push(name.to_owned(), origin.clone(), event.clone())
    }

    fn push(&mut self, key: String, (actor, time): Origin, event: BoardEvent) -> Result<(), usize> {
        let id = self.source.event_id(&key);
        let source = format!("chat {}", self.source.chat);
        let cause = Cause::Import {
            source,
            file: self.file.to_owned(),
            key,
        };
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
