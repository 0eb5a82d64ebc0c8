//! `bounty bridge listener`.

use clap::Subcommand;

use super::Asked;
use crate::domain::bridge::{
    BridgeCommand, CommandTrackerId, CommandTrackerListenerId, EntityKind, TelegramBotId,
};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// All listeners
    List,
    /// One listener with all its fields
    Show { id: u64 },
    /// Let a bot listen for a tracker
    Add {
        /// The tracker
        #[arg(long, value_name = "ID")]
        tracker: CommandTrackerId,
        /// The bot
        #[arg(long, value_name = "ID")]
        bot: TelegramBotId,
    },
    /// Let a bot listen for a tracker no longer
    Remove { id: CommandTrackerListenerId },
}

impl Command {
    pub fn asked(self) -> Asked {
        Asked::Change(match self {
            Self::List => return Asked::List(EntityKind::Listener),
            Self::Show { id } => return Asked::Show(EntityKind::Listener, id),
            Self::Add { tracker, bot } => BridgeCommand::AddListener { tracker, bot },
            Self::Remove { id } => BridgeCommand::RemoveListener(id),
        })
    }
}
