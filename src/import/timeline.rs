//! The events that a chat's rows become, in the order in which they come to the chat's log.

use std::collections::HashMap;

use smol_str::SmolStr;

use super::board::{BoardRows, BountyRow, NewIds};
use super::row::Row;
use super::stream::{Draft, Known};
use crate::domain::board::{
    Board, BoardEvent, BoardOpened, BountyAdded, IdsReserved, LanguageChosen, Tracked, UserStarted,
};
use crate::domain::{Actor, BountyId, Cause, ChatId, Timestamp, UserId};

/// All events of a chat's rows, also those that the log has: so that what is missing after an interruption comes in the order in
/// which it would have come without. Ordered by time, but never a bounty before one with a lower id: ids only grow.
pub struct Timeline<'r> {
    rows: &'r BoardRows,
    known: &'r Known<Board>,
    ids: NewIds,
    /// When each bounty comes.
    moments: HashMap<BountyId, Timestamp>,
    events: Vec<(Timestamp, Draft<BoardEvent>)>,
}

impl<'r> Timeline<'r> {
    /// The events of these rows in a log of which this is known.
    pub fn of(rows: &'r BoardRows, known: &'r Known<Board>) -> Self {
        let mut timeline = Self {
            rows,
            known,
            ids: rows.new_ids(known),
            moments: HashMap::new(),
            events: Vec::new(),
        };
        timeline.add_language();
        timeline.add_switched();
        timeline.add_bounties();
        timeline.add_starts();
        timeline.add_tracked();
        timeline
    }

    fn add_bounties(&mut self) {
        let mut bounties: Vec<&BountyRow> = self.rows.bounties.iter().collect();
        bounties.sort_unstable_by_key(|bounty| self.ids[&bounty.id]);
        let mut latest = None;
        for bounty in bounties {
            let at = latest.map_or(bounty.created, |latest| bounty.created.max(latest));
            latest = Some(at);
            self.moments.insert(bounty.id, at);
            let event = BoardEvent::BountyAdded(BountyAdded {
                id: self.ids[&bounty.id],
                text: bounty.text.as_str().into(),
                link: bounty.link.as_deref().map(SmolStr::from),
                due_date_ts: bounty.due,
                created_at: bounty.created.seconds(),
            });
            let actor = self.actor(bounty.creator, &bounty.name);
            self.push(at, bounty.created, &bounty.row, actor, event);
        }
    }

    /// What was chosen here counts more.
    fn add_language(&mut self) {
        let is_chosen = self.known.state.settings().language.is_some();
        if let Some((row, language)) = &self.rows.language
            && (self.is_present(row) || !is_chosen)
        {
            let event = BoardEvent::LanguageChosen(LanguageChosen {
                language: *language,
            });
            let at = row.created.unwrap_or(self.rows.since);
            self.push(at, at, row, Actor::System {}, event);
        }
    }

    /// What was said here counts more.
    fn add_switched(&mut self) {
        for (row, switched) in &self.rows.switched {
            let commands = &self.known.state.settings().commands;
            if self.is_present(row) || !commands.contains_key(&switched.bot) {
                let event = BoardEvent::CommandsSwitched(switched.clone());
                let at = row.created.unwrap_or(self.rows.since);
                self.push(at, at, row, Actor::System {}, event);
            }
        }
    }

    fn add_starts(&mut self) {
        for started in &self.rows.started {
            let is_moot = self.known.state.list(started.user).is_some();
            if self.is_present(&started.row) || !is_moot {
                let actor = self.actor(started.user.0, "");
                let event = BoardEvent::UserStarted(UserStarted {});
                self.push(started.time, started.time, &started.row, actor, event);
            }
        }
    }

    fn add_tracked(&mut self) {
        for tracked in &self.rows.tracked {
            if let Some(id) = self.ids.get(&tracked.bounty).copied()
                && (self.is_present(&tracked.row)
                    || !self.rows.is_moot(tracked, id, &self.known.state))
            {
                let moment = self.moments.get(&tracked.bounty).copied();
                let at = moment.map_or(tracked.time, |moment| moment.max(tracked.time));
                let actor = self.actor(tracked.user.0, &tracked.name);
                let event = BoardEvent::Tracked(Tracked { id });
                self.push(at, tracked.time, &tracked.row, actor, event);
            }
        }
    }

    fn is_present(&self, row: &Row) -> bool {
        self.known.present.contains_key(&self.rows.event_id(row))
    }

    /// Whoever is known here has the name that is known here.
    fn actor(&self, id: i64, name: &str) -> Actor {
        let name = self.known.state.known_name(id).unwrap_or(name).into();
        match id {
            ..0 => Actor::Chat {
                id: ChatId(id),
                name,
            },
            _ => Actor::User {
                id: UserId(id),
                name,
            },
        }
    }

    fn push(&mut self, at: Timestamp, time: Timestamp, row: &Row, actor: Actor, event: BoardEvent) {
        let draft = Draft {
            id: self.rows.event_id(row),
            time,
            actor,
            cause: row.cause(&self.rows.source),
            event,
        };
        self.events.push((at, draft));
    }

    /// The ids of bounties that the source had once are not given again.
    fn reserve(&mut self) {
        let Some((row, next_id)) = &self.rows.next_id else {
            return;
        };
        let highest = self.ids.values().max().copied().unwrap_or_default();
        if *next_id > highest.next().max(self.known.state.next_id()) {
            let last = self.events.last().map(|(at, _)| *at);
            let at = last.unwrap_or(self.rows.since);
            let event = BoardEvent::IdsReserved(IdsReserved { next_id: *next_id });
            self.push(at, at, row, Actor::System {}, event);
        }
    }

    /// What the log does not have, after the event that opens the board when it has none.
    pub fn missing(mut self) -> Vec<Draft<BoardEvent>> {
        self.events.sort_by_key(|(at, _)| *at);
        self.reserve();
        let first = self.events.first().map_or(self.rows.since, |(at, _)| *at);
        let is_new = self.known.state.kind().is_none();
        let opened = is_new.then(|| self.opened(first));
        let events = self.events.into_iter().map(|(_, draft)| draft);
        let present = &self.known.present;
        let missing = events.filter(|draft| !present.contains_key(&draft.id));
        opened.into_iter().chain(missing).collect()
    }

    /// The event that opens the board.
    fn opened(&self, time: Timestamp) -> Draft<BoardEvent> {
        let row = Row {
            file: String::new(),
            table: "chats",
            key: self.rows.chat.to_string(),
            created: None,
        };
        Draft {
            id: self.rows.event_id(&row),
            time,
            actor: Actor::System {},
            cause: Cause::System {},
            event: BoardEvent::BoardOpened(BoardOpened {
                chat_id: self.rows.chat,
                kind: self.rows.kind,
                title: self.rows.title.clone(),
            }),
        }
    }
}
