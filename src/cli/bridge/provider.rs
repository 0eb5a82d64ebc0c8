//! `bounty bridge provider`.

use anyhow::Context;
use clap::{Args, Subcommand};

use super::Asked;
use crate::domain::bridge::{BOUNTY, BridgeCommand, EntityKind, ProviderParts, ServiceProviderId};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// All providers
    List,
    /// One provider with all its fields
    Show { id: u64 },
    /// Add a provider
    Add {
        /// What kind of service it is; other types than `bounty` are kept, but not served
        #[arg(long = "type", value_name = "TYPE", default_value = BOUNTY)]
        provider_type: String,
        #[command(flatten)]
        parts: Parts,
    },
    /// Change what is named; its type stays
    Edit {
        id: ServiceProviderId,
        #[command(flatten)]
        parts: Parts,
    },
    /// Remove a provider that no tracker needs
    Remove { id: ServiceProviderId },
}

#[derive(Debug, Args)]
pub struct Parts {
    #[arg(long)]
    name: Option<String>,
    /// An emoji or a word to tell it by
    #[arg(long)]
    icon: Option<String>,
    /// Its settings, as one JSON object; a secret in it is a reference: {"env": "NAME"} or {"file": "PATH"}
    #[arg(long, value_name = "JSON")]
    config: Option<String>,
}

impl Parts {
    fn typed(self) -> anyhow::Result<ProviderParts> {
        let config = self.config.as_deref().map(serde_json::from_str);
        Ok(ProviderParts {
            name: self.name,
            icon: self.icon,
            config: config.transpose().context(
                "--config is no JSON; write an object, like '{\"url\": \"https://e.com\"}'",
            )?,
        })
    }
}

impl Command {
    pub fn asked(self) -> anyhow::Result<Asked> {
        Ok(Asked::Change(match self {
            Self::List => return Ok(Asked::List(EntityKind::Provider)),
            Self::Show { id } => return Ok(Asked::Show(EntityKind::Provider, id)),
            Self::Add {
                provider_type,
                parts,
            } => BridgeCommand::AddProvider {
                provider_type,
                parts: parts.typed()?,
            },
            Self::Edit { id, parts } => BridgeCommand::EditProvider(id, parts.typed()?),
            Self::Remove { id } => BridgeCommand::RemoveProvider(id),
        }))
    }
}
