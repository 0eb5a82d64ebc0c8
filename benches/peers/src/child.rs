//! What runs in a process of its own: this program started again.

use std::path::PathBuf;
use std::process::Command;

use clap::Subcommand;

use crate::peers::{cqrs, plain};
use crate::rows::memory_child;

/// The work of a child.
#[derive(Clone, Debug, Subcommand)]
pub enum Child {
    #[command(hide = true)]
    CqrsReplay {
        database: PathBuf,
        chats: usize,
        threads: usize,
    },
    #[command(hide = true)]
    PlainReplay { data: PathBuf },
    #[command(hide = true)]
    Memory { data: PathBuf, chats: usize },
}

impl Child {
    /// How to start it.
    pub fn command(&self) -> anyhow::Result<Command> {
        let mut command = Command::new(std::env::current_exe()?);
        match self {
            Self::CqrsReplay {
                database,
                chats,
                threads,
            } => command
                .arg("cqrs-replay")
                .arg(database)
                .args([chats, threads].map(ToString::to_string)),
            Self::PlainReplay { data } => command.arg("plain-replay").arg(data),
            Self::Memory { data, chats } => command.arg("memory").arg(data).arg(chats.to_string()),
        };
        Ok(command)
    }

    /// Does it.
    pub fn run(&self) -> anyhow::Result<()> {
        match self {
            Self::CqrsReplay {
                database,
                chats,
                threads,
            } => cqrs::replay(database, *chats, *threads),
            Self::PlainReplay { data } => plain::replay(data),
            Self::Memory { data, chats } => memory_child(data, *chats),
        }
    }
}
