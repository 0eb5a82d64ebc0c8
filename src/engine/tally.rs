//! Commands counted by what they were and what came of them. Both are closed lists: nothing that a user wrote is a label.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::request::{Ask, Outcome, Trouble};
use crate::domain::board::{Answer, Change, Command, Query};

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Start,
    Add,
    Edit,
    Delete,
    Track,
    Untrack,
    Bounty,
    My,
    Help,
    History,
    Language,
    Timezone,
    EditedMessage,
    /// No command of this bot, or one that could not be understood.
    Other,
    Migration,
}

impl Kind {
    /// All of them, in the order of the enum.
    pub const ALL: [Self; 15] = [
        Self::Start,
        Self::Add,
        Self::Edit,
        Self::Delete,
        Self::Track,
        Self::Untrack,
        Self::Bounty,
        Self::My,
        Self::Help,
        Self::History,
        Self::Language,
        Self::Timezone,
        Self::EditedMessage,
        Self::Other,
        Self::Migration,
    ];

    /// What this asks for.
    pub fn of(ask: &Ask) -> Self {
        match ask {
            Ask::Command(Command::Change(change)) => match change {
                Change::Start => Self::Start,
                Change::Add(_) => Self::Add,
                Change::Edit(..) => Self::Edit,
                Change::Delete(_) => Self::Delete,
                Change::Track(_) => Self::Track,
                Change::Untrack(_) => Self::Untrack,
                Change::ChooseLanguage(_) => Self::Language,
                Change::ChooseTimezone(_) => Self::Timezone,
                Change::SwitchCommands { .. } => Self::Other,
            },
            Ask::Command(Command::Query(query)) => match query {
                Query::List { .. } => Self::Bounty,
                Query::Mine { .. } => Self::My,
                Query::Help => Self::Help,
                Query::History(_) => Self::History,
                Query::Language => Self::Language,
                Query::Timezone => Self::Timezone,
            },
            Ask::MessageEdited { .. } => Self::EditedMessage,
            Ask::Style => Self::Other,
            Ask::Migrate { .. } => Self::Migration,
        }
    }

    /// The command's name, as a label.
    pub fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Add => "add",
            Self::Edit => "edit",
            Self::Delete => "delete",
            Self::Track => "track",
            Self::Untrack => "untrack",
            Self::Bounty => "bounty",
            Self::My => "my",
            Self::Help => "help",
            Self::History => "history",
            Self::Language => "language",
            Self::Timezone => "timezone",
            Self::EditedMessage => "edited_message",
            Self::Other => "other",
            Self::Migration => "migration",
        }
    }
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Done,
    /// The user asked for what cannot be.
    Refused,
    /// It had been carried out before.
    Duplicate,
    Flood,
    Damaged,
    Foreign,
    Busy,
    Storage,
    Internal,
}

impl Fate {
    /// All of them, in the order of the enum.
    pub const ALL: [Self; 9] = [
        Self::Done,
        Self::Refused,
        Self::Duplicate,
        Self::Flood,
        Self::Damaged,
        Self::Foreign,
        Self::Busy,
        Self::Storage,
        Self::Internal,
    ];

    /// What an outcome says by itself.
    pub fn of(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Answer(Answer::Refused(_)) => Self::Refused,
            Outcome::Answer(_) | Outcome::Silent | Outcome::Off => Self::Done,
            Outcome::Trouble(trouble) => match trouble {
                Trouble::Damaged => Self::Damaged,
                Trouble::Foreign => Self::Foreign,
                Trouble::Busy => Self::Busy,
                Trouble::Storage => Self::Storage,
                Trouble::Flood { .. } | Trouble::TooSoon { .. } => Self::Flood,
                Trouble::Internal => Self::Internal,
            },
        }
    }

    /// The name, as a label.
    pub fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Duplicate => "duplicate",
            Self::Flood => "flood",
            Self::Damaged => "damaged",
            Self::Foreign => "foreign",
            Self::Busy => "busy",
            Self::Storage => "storage",
            Self::Internal => "internal",
        }
    }
}

/// How many commands of each kind met each fate.
#[derive(Debug, Default)]
pub struct Tally([[AtomicU64; Fate::ALL.len()]; Kind::ALL.len()]);

impl Tally {
    /// Counts one.
    pub fn add(&self, kind: Kind, fate: Fate) {
        self.0[kind as usize][fate as usize].fetch_add(1, Relaxed);
    }

    /// How many there were.
    pub fn get(&self, kind: Kind, fate: Fate) -> u64 {
        self.0[kind as usize][fate as usize].load(Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::{Fate, Kind, Tally};

    #[test]
    fn every_kind_and_fate_has_a_place_of_its_own() {
        let tally = Tally::default();
        let all = || {
            Kind::ALL
                .iter()
                .flat_map(|kind| Fate::ALL.map(|fate| (*kind, fate)))
        };
        all().for_each(|(kind, fate)| tally.add(kind, fate));
        assert!(all().all(|(kind, fate)| tally.get(kind, fate) == 1));
    }
}
