//! `bounty bridge listener`.

use clap::Args;

use super::entity::{Entity, Fixed};
use crate::domain::bridge::{
    BridgeCommand, CommandTrackerId, CommandTrackerListenerId, EntityKind, TelegramBotId,
};

#[derive(Debug)]
pub enum Listener {}

/// Let a bot listen for a tracker
#[derive(Debug, Args)]
pub struct New {
    /// The tracker
    #[arg(long, value_name = "ID")]
    tracker: CommandTrackerId,
    /// The bot
    #[arg(long, value_name = "ID")]
    bot: TelegramBotId,
}

impl Entity for Listener {
    const KIND: EntityKind = EntityKind::Listener;
    const REMOVE: &str = "Let a bot listen for a tracker no longer";
    type New = New;
    type Change = Fixed;

    fn add(new: New) -> anyhow::Result<BridgeCommand> {
        Ok(BridgeCommand::AddListener {
            tracker: new.tracker,
            bot: new.bot,
        })
    }

    fn change(change: Fixed) -> anyhow::Result<BridgeCommand> {
        match change {}
    }

    fn remove(id: u64) -> BridgeCommand {
        BridgeCommand::RemoveListener(CommandTrackerListenerId(id))
    }
}
