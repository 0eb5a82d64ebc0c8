//! The content of a letter, read from the board's log.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono_tz::Tz;

use crate::domain::board::Board;
use crate::domain::notifier::{Batch, News, Telling, Told, coalesce};
use crate::domain::{ChatId, Position, Seq};

use super::super::boards::{Asked, Entry, Found};
use super::Desk;

/// What a letter says, and of which board.
pub struct Content {
    /// Its id today.
    pub collection: ChatId,
    pub title: Option<String>,
    pub zone: Option<Tz>,
    pub told: Vec<Told>,
}

/// Why it cannot be said what a letter says.
pub enum Missing {
    /// The board cannot be read now.
    Now,
    /// The board's log has not the events any more.
    Forever,
}

impl Desk<'_, '_> {
    /// What is told.
    pub fn content(&mut self, batch: &Batch) -> Result<Content, Missing> {
        let moved = self.boards.moved(batch.collection);
        let moved = self.found(batch.collection, moved).ok_or(Missing::Now)?;
        let collection = moved.unwrap_or(batch.collection);
        let entries = self.entries(collection, batch)?;
        let look = |board: &Board, _| {
            let told = batch.told.iter();
            let told = told.filter_map(|told| content(told, &entries, board));
            Content {
                collection,
                title: board.title().map(str::to_owned),
                zone: board.settings().zone(),
                told: told.collect(),
            }
        };
        let content = self.boards.with_board(collection, look);
        self.found(collection, content).ok_or(Missing::Now)
    }

    /// The events of a batch. Reminders alone have none, but they too are of this log: in another one other bounties have their ids.
    fn entries(&mut self, chat: ChatId, batch: &Batch) -> Result<Vec<Arc<Entry>>, Missing> {
        let told = batch.told.iter().flat_map(|told| &told.seqs);
        let told: BTreeSet<Seq> = told.copied().collect();
        let is_told = |entry: &Entry| told.contains(&entry.at.seq);
        if let Some((gathering, gathered)) = &self.gathered
            && gathering.collection == chat
            && (gathering.to == batch.to || last(gathered) == Some(batch.to))
        {
            let found = gathered.iter().filter(|entry| is_told(entry));
            let found: Vec<_> = found.cloned().collect();
            if found.len() == told.len() {
                return Ok(found);
            }
        }
        let asked = Asked {
            to: Some(batch.to.seq),
            limit: usize::MAX,
            is_meant: &|entry| is_told(entry) || entry.at.seq == batch.to.seq,
        };
        match self.read(chat, batch.after, &asked) {
            Found::Entries(entries) if last(&entries).unwrap_or(batch.after) == batch.to => {
                Ok(entries)
            }
            // Another log has the name, which has nothing but its first lines from the one that was told of, if that.
            Found::Entries(_) | Found::Replaced => Err(Missing::Forever),
            Found::Moved(_) | Found::Nothing => Err(Missing::Now),
        }
    }
}

fn last(entries: &[Arc<Entry>]) -> Option<Position> {
    entries.last().map(|last| last.at)
}

fn content(told: &Telling, entries: &[Arc<Entry>], board: &Board) -> Option<Told> {
    if let Some(due) = told.due {
        let bounty = board.bounty(told.bounty);
        return Some(Told::Reminder {
            kind: told.kind,
            bounty: told.bounty,
            due,
            text: bounty.map(|bounty| bounty.text.clone()),
            link: bounty.and_then(|bounty| bounty.link.clone()),
        });
    }
    let of_it = entries
        .iter()
        .filter(|entry| told.seqs.contains(&entry.at.seq));
    let news: Vec<News> = of_it.filter_map(|entry| entry.news.clone()).collect();
    let last = news.last().cloned();
    coalesce(news, |_| true).pop().or(last).map(Told::News)
}
