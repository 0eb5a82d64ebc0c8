//! What happens to boards.

use std::fs;

use bounty_ledger::domain::board::{self, Command, DueWish, EditParts, NewBounty};
use bounty_ledger::domain::due::{DueExpr, parse};
use bounty_ledger::domain::{BotId, BountyId, Cause, ChatId, Delivery};
use bounty_ledger::engine::{Ask, Engine};

use super::super::board::{Board, State};
use super::super::history::events;
use super::super::op::Deed;
use super::World;
use crate::library::{layout, request};
use crate::support::{BOT, Data};

impl World {
    pub(super) fn ask(&mut self, engine: &Engine, id: i64, user: i64, ask: Ask) {
        self.lab.update += 1;
        let update = self.lab.update;
        let mut request = request(id, user, update, Command::Change(board::Change::Start));
        request.at = self.now();
        request.cause = Cause::Feed(Delivery {
            bot: BotId(BOT),
            update,
            message: update,
            date: self.now(),
        });
        request.ask = ask;
        engine.ask(request);
    }

    pub(super) fn happen(&mut self, at: usize, deeds: &[Deed]) {
        if !self.boards[at].is_here() {
            return;
        }
        let engine = self.engine();
        let id = self.boards[at].id;
        for deed in deeds {
            let (user, change) = self.deed(at, *deed);
            self.ask(&engine, id, user, Ask::Command(Command::Change(change)));
        }
        engine.close();
        self.changed(id);
        self.read(at);
    }

    fn deed(&self, at: usize, deed: Deed) -> (i64, board::Change) {
        // Logs that were put back are never as long as they were: that they are others is seen at once.
        let more = "x".repeat(self.boards[at].restored);
        let text = format!("Text {}{more}", self.lab.update);
        let bounty = |number: u8| BountyId(1 + u64::from(number) % 5);
        let edit = |number, due| {
            let parts = EditParts {
                text: Some(text.clone()),
                link: None,
                due,
            };
            board::Change::Edit(bounty(number), parts)
        };
        match deed {
            Deed::Add(due) => {
                let new = NewBounty {
                    text,
                    link: None,
                    due: due.map(hours_ahead),
                };
                (1, board::Change::Add(new))
            }
            Deed::Edit(number) => (1, edit(number, None)),
            Deed::Postpone(number, due) => (1, edit(number, Some(DueWish::Set(hours_ahead(due))))),
            Deed::Delete(number) => (1, board::Change::Delete(bounty(number))),
            Deed::Track(number) => (1, board::Change::Track(bounty(number))),
            Deed::Untrack(number) => (1, board::Change::Untrack(bounty(number))),
        }
    }

    /// Sees what is new in a board's log.
    pub(super) fn read(&mut self, at: usize) {
        let id = self.boards[at].id;
        if !self.lab.data.log(id).exists() {
            return;
        }
        let all = events(&self.lab.data.log_bytes(id));
        for (hash, event) in all.into_iter().skip(self.boards[at].log.len()) {
            self.oracle.recorded(at, &self.boards[at], &hash, event);
            self.boards[at].log.push(hash);
        }
    }

    pub(super) fn migrate(&mut self, at: usize, to: Option<usize>) {
        let other = to.filter(|to| *to != at);
        let is_ready = |board: &Board| board.is_here() && board.has_log();
        if !is_ready(&self.boards[at]) || other.is_some_and(|other| !is_ready(&self.boards[other]))
        {
            return;
        }
        let fresh = -100 - self.boards.len() as i64 - self.lab.update * 10;
        let (from, to) = (
            self.boards[at].id,
            other.map_or(fresh, |other| self.boards[other].id),
        );
        let was_followed = self.oracle.follows(&self.boards[at]);
        let engine = self.engine();
        self.ask(&engine, from, 1, Ask::Migrate { to: ChatId(to) });
        engine.close();
        if let Some(other) = other {
            self.join(at, other);
        }
        let board = &mut self.boards[at];
        board.id = to;
        board.ids.insert(to);
        // It has the old id in it.
        board.backup = None;
        board.is_renamed = true;
        let is_replaced = other.is_some() && !self.oracle.has_told(at);
        let is_begun = !was_followed && self.oracle.follows(board);
        if is_replaced || is_begun {
            board.is_unsure = true;
            self.oracle.open(at);
        }
        if is_begun {
            self.oracle.forget(at);
        }
        self.changed(from);
        self.changed(to);
        self.read(at);
    }

    /// A board becomes part of another one; a new one takes its place.
    fn join(&mut self, at: usize, other: usize) {
        self.oracle.excuse(other);
        let board = &mut self.boards[other];
        board.is_gone = true;
        let ids = std::mem::take(&mut board.ids);
        self.boards[at].ids.extend(ids);
        let place = self.places.iter().position(|place| *place == other);
        self.places[place.expect("a place")] = self.boards.len();
        self.boards
            .push(Board::new(-100 - self.lab.update * 10 - 1));
    }

    pub(super) fn harm(&mut self, number: u8, harm: impl FnOnce(&mut Board, &Data)) {
        let at = self.place(number);
        let board = &mut self.boards[at];
        if board.is_here() && board.log.len() > 1 {
            harm(board, &self.lab.data);
            let id = board.id;
            self.changed(id);
        }
    }

    pub(super) fn spoil(&mut self, number: u8) {
        let layout = layout(&self.lab.data);
        self.harm(number, |board, _| {
            if board.is_renamed {
                // Under its new id it would be another board.
                return;
            }
            let mut old = board.ids.iter().filter(|id| **id != board.id);
            let note = old.next().map(|id| layout.moved(ChatId(*id)));
            if let Some((note, good)) =
                note.and_then(|note| Some((note.clone(), fs::read(note).ok()?)))
            {
                board.spoil(note, good, b"");
            }
        });
    }

    pub fn mend(&mut self, at: usize) {
        let board = &mut self.boards[at];
        if board.state != State::Here {
            board.mend(&self.lab.data);
            let id = board.id;
            self.changed(id);
        }
    }

    pub(super) fn restore(&mut self, at: usize) {
        let board = &mut self.boards[at];
        let Some(backup) = board.backup.clone().filter(|_| board.is_here()) else {
            return;
        };
        let is_same_id = events(&backup).len() <= board.log.len();
        if !is_same_id || self.lab.data.log_bytes(board.id).len() == backup.len() {
            return;
        }
        board.restore(&self.lab.data, &backup);
        board.log.truncate(events(&backup).len());
        board.is_unsure = true;
        let id = board.id;
        self.oracle.excuse(at);
        self.told.restored(at);
        self.changed(id);
    }
}

fn hours_ahead(hours: u8) -> DueExpr {
    parse(&["in", &hours.to_string(), "hours"]).expect("a due date")
}
