//! What can be asked of an entity on the command line: the same of each, but for the words and values of its own.

use clap::{Args, Subcommand};

use super::Asked;
use crate::cli::UsageError;
use crate::domain::bridge::{BridgeCommand, EntityKind};

/// A kind of entity, as the command line has it.
pub trait Entity {
    const KIND: EntityKind;
    /// What removing one means, for the help.
    const REMOVE: &str;
    /// What a new one is made of; its doc is the help of `add`.
    type New: Args;
    /// How one is changed.
    type Change: Subcommand;

    fn add(new: Self::New) -> anyhow::Result<BridgeCommand>;

    fn change(change: Self::Change) -> anyhow::Result<BridgeCommand>;

    fn remove(id: u64) -> BridgeCommand;
}

#[derive(Debug, Subcommand)]
pub enum Command<E: Entity> {
    /// All there are
    List,
    /// One with all its fields
    Show {
        id: u64,
    },
    Add(E::New),
    #[command(flatten)]
    Change(E::Change),
    #[command(about = E::REMOVE)]
    Remove {
        id: u64,
    },
}

/// An entity whose values can change.
#[derive(Debug, Subcommand)]
pub enum Editable<Parts: Args> {
    /// Change what is named
    Edit {
        id: u64,
        #[command(flatten)]
        parts: Parts,
    },
    #[command(flatten)]
    Switch(Switch),
}

/// What is asked of an entity that has no switch; the answer says what has one.
#[derive(Debug, Subcommand)]
pub enum Switch {
    #[command(hide = true)]
    Enable { ids: Vec<String> },
    #[command(hide = true)]
    Disable { ids: Vec<String> },
}

impl<Parts: Args> Editable<Parts> {
    /// What is to be changed; `instead` says what is switched on and off in the place of such an entity.
    pub fn edit(self, instead: &str) -> Result<(u64, Parts), UsageError> {
        match self {
            Self::Edit { id, parts } => Ok((id, parts)),
            Self::Switch(_) => Err(UsageError(instead.to_owned())),
        }
    }
}

/// An entity that can be switched on and off besides.
#[derive(Debug, Subcommand)]
pub enum Switchable<Parts: Args> {
    /// Change what is named
    Edit {
        id: u64,
        #[command(flatten)]
        parts: Parts,
    },
    /// Switch on
    Enable { id: u64 },
    /// Switch off
    Disable { id: u64 },
}

/// An entity that never changes.
#[derive(Debug, Subcommand)]
pub enum Fixed {
    #[command(hide = true)]
    Edit {
        #[arg(allow_hyphen_values = true)]
        ids: Vec<String>,
    },
    #[command(flatten)]
    Switch(Switch),
}

impl<E: Entity> Command<E> {
    pub fn asked(self) -> anyhow::Result<Asked> {
        Ok(Asked::Change(match self {
            Self::List => return Ok(Asked::List(E::KIND)),
            Self::Show { id } => return Ok(Asked::Show(E::KIND, id)),
            Self::Add(new) => E::add(new)?,
            Self::Change(change) => E::change(change)?,
            Self::Remove { id } => E::remove(id),
        }))
    }
}
