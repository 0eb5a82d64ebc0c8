//! The content of a letter, read from the board's log.

use std::sync::Arc;

use chrono_tz::Tz;

use crate::domain::board::Board;
use crate::domain::notifier::{Batch, News, Telling, Told, coalesce};
use crate::store::StoreError;

use super::super::boards::{Asked, Entry, Found};
use super::Desk;

/// What a letter says, and of which board.
pub struct Content {
    pub title: Option<String>,
    pub zone: Option<Tz>,
    pub told: Vec<Told>,
}

impl Desk<'_, '_> {
    /// What is told; none when the log has not the events any more.
    pub fn content(&self, batch: &Batch) -> Result<Option<Content>, StoreError> {
        let entries = if batch.after.seq < batch.to.seq {
            let asked = Asked {
                to: batch.to.seq,
                limit: usize::MAX,
                counted: &|_| true,
            };
            match self.boards.read(batch.collection, batch.after, &asked)? {
                Found::Entries(entries) => entries,
                Found::Replaced | Found::Moved(_) | Found::Nothing => return Ok(None),
            }
        } else {
            Vec::new()
        };
        self.boards.with_board(batch.collection, |board, _| {
            let told = batch
                .told
                .iter()
                .filter_map(|told| content(told, &entries, board));
            Some(Content {
                title: board.title().map(str::to_owned),
                zone: board.settings().zone(),
                told: told.collect(),
            })
        })
    }
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
