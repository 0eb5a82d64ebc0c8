//! `bounty bridge config`.

use clap::Args;

use super::entity::{Editable, Entity};
use super::typed::{Label, list};
use crate::cli::UsageError;
use crate::domain::bridge::{BOUNTY, BridgeCommand, CommandConfigId, ConfigParts, EntityKind};

const NO_SWITCH: &str = "a config has no switch; what is switched is a tracker that answers by it: `bounty bridge tracker enable ID`, `bounty bridge tracker disable ID`";

#[derive(Debug)]
pub enum Config {}

/// Add a config; it enables all commands of its type, unless --commands says otherwise
#[derive(Debug, Args)]
pub struct New {
    /// The type of the providers that it is for, for ever
    #[arg(long = "type", value_name = "TYPE", default_value = BOUNTY)]
    provider_type: String,
    #[command(flatten)]
    parts: Parts,
}

#[derive(Debug, Args)]
pub struct Parts {
    #[command(flatten)]
    label: Label,
    /// All commands that are answered, like add,bounty,my; empty for none
    #[arg(long, value_name = "NAME,…")]
    commands: Option<String>,
    /// The language of answers, where neither the chat nor the user chose one: en, ru
    #[arg(long)]
    locale: Option<String>,
    /// The form of answers: media, text
    #[arg(long, value_name = "MODE")]
    response_mode: Option<String>,
    /// Entries on one page of a list: 1 to 20
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    default_count: Option<i64>,
    /// Seconds between two uses of a category in a chat, like write=30; 0 = no limit; may be given several times
    #[arg(long, value_name = "read|write=SECONDS")]
    limit: Vec<String>,
}

impl Parts {
    fn typed(self) -> anyhow::Result<ConfigParts> {
        let limits = self.limit.iter().map(|limit| match limit.split_once('=') {
            Some((category, seconds)) => Ok((category.to_owned(), seconds.to_owned())),
            None => Err(UsageError(
                "write a limit as CATEGORY=SECONDS, like --limit write=30".to_owned(),
            )),
        });
        Ok(ConfigParts {
            limits: limits.collect::<Result<_, _>>()?,
            commands: self.commands.as_deref().map(list),
            name: self.label.name,
            icon: self.label.icon,
            locale: self.locale,
            response_mode: self.response_mode,
            default_count: self.default_count,
        })
    }
}

impl Entity for Config {
    const KIND: EntityKind = EntityKind::Config;
    const REMOVE: &str = "Remove a config that no tracker needs";
    type New = New;
    type Change = Editable<Parts>;

    fn add(new: New) -> anyhow::Result<BridgeCommand> {
        Ok(BridgeCommand::AddConfig {
            provider_type: new.provider_type,
            parts: new.parts.typed()?,
        })
    }

    fn change(change: Editable<Parts>) -> anyhow::Result<BridgeCommand> {
        let (id, parts) = change.edit(NO_SWITCH)?;
        let id = CommandConfigId(id);
        Ok(BridgeCommand::EditConfig(id, parts.typed()?))
    }

    fn remove(id: u64) -> BridgeCommand {
        BridgeCommand::RemoveConfig(CommandConfigId(id))
    }
}
