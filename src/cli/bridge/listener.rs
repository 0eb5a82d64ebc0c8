//! `bounty bridge listener`.

use clap::Args;

use super::entity::{Entity, Fixed};
use crate::cli::UsageError;
use crate::domain::bridge::{
    BridgeCommand, CommandTrackerId, CommandTrackerListenerId, EntityKind, TelegramBotId,
};

const NO_EDIT: &str = "a listener never changes; `bounty bridge listener remove ID` and `bounty bridge listener add --tracker ID --bot ID` make another";
const NO_SWITCH: &str = "a listener has no switch; what is switched is its tracker, with all that listen for it: `bounty bridge tracker enable ID`, `bounty bridge tracker disable ID`. `bounty bridge listener remove ID` ends this one alone";

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
        let instead = match change {
            Fixed::Edit { .. } => NO_EDIT,
            Fixed::Switch(_) => NO_SWITCH,
        };
        Err(UsageError(instead.to_owned()).into())
    }

    fn remove(id: u64) -> BridgeCommand {
        BridgeCommand::RemoveListener(CommandTrackerListenerId(id))
    }
}
