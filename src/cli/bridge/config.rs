//! `bounty bridge config`.

use clap::{Args, Subcommand};

use super::Asked;
use crate::cli::UsageError;
use crate::domain::bridge::{BOUNTY, BridgeCommand, CommandConfigId, ConfigParts, EntityKind};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// All configs
    List,
    /// One config with all its fields
    Show { id: u64 },
    /// Add a config; it enables all commands of its type, unless --commands says otherwise
    Add {
        /// The type of the providers that it is for
        #[arg(long = "type", value_name = "TYPE", default_value = BOUNTY)]
        provider_type: String,
        #[command(flatten)]
        parts: Parts,
    },
    /// Change what is named; its type stays
    Edit {
        id: CommandConfigId,
        #[command(flatten)]
        parts: Parts,
    },
    /// Remove a config that no tracker needs
    Remove { id: CommandConfigId },
}

#[derive(Debug, Args)]
pub struct Parts {
    #[arg(long)]
    name: Option<String>,
    /// An emoji or a word to tell it by
    #[arg(long)]
    icon: Option<String>,
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
        let list = |commands: String| {
            let names = commands.split([',', ' ']).map(str::trim);
            let named = names.filter(|name| !name.is_empty());
            named.map(str::to_owned).collect()
        };
        Ok(ConfigParts {
            limits: limits.collect::<Result<_, _>>()?,
            commands: self.commands.map(list),
            name: self.name,
            icon: self.icon,
            locale: self.locale,
            response_mode: self.response_mode,
            default_count: self.default_count,
        })
    }
}

impl Command {
    pub fn asked(self) -> anyhow::Result<Asked> {
        Ok(Asked::Change(match self {
            Self::List => return Ok(Asked::List(EntityKind::Config)),
            Self::Show { id } => return Ok(Asked::Show(EntityKind::Config, id)),
            Self::Add {
                provider_type,
                parts,
            } => BridgeCommand::AddConfig {
                provider_type,
                parts: parts.typed()?,
            },
            Self::Edit { id, parts } => BridgeCommand::EditConfig(id, parts.typed()?),
            Self::Remove { id } => BridgeCommand::RemoveConfig(id),
        }))
    }
}
