//! `bounty bridge provider`.

use anyhow::Context;
use clap::Args;

use super::entity::{Editable, Entity};
use super::typed::Label;
use crate::domain::bridge::{BOUNTY, BridgeCommand, EntityKind, ProviderParts, ServiceProviderId};

const NO_SWITCH: &str = "a provider has no switch; what is switched is a tracker (what is answered) or a notifier (what is told) of it: `bounty bridge tracker disable ID`, `bounty bridge notifier disable ID`";

#[derive(Debug)]
pub enum Provider {}

/// Add a provider
#[derive(Debug, Args)]
pub struct New {
    /// What kind of service it is, for ever; other types than `bounty` are kept, but not served
    #[arg(long = "type", value_name = "TYPE", default_value = BOUNTY)]
    provider_type: String,
    #[command(flatten)]
    parts: Parts,
}

#[derive(Debug, Args)]
pub struct Parts {
    #[command(flatten)]
    label: Label,
    /// Its settings, as one JSON object; a secret in it is a reference: {"env": "NAME"} or {"file": "PATH"}
    #[arg(long, value_name = "JSON")]
    config: Option<String>,
}

impl Parts {
    fn typed(self) -> anyhow::Result<ProviderParts> {
        let config = self.config.as_deref().map(serde_json::from_str);
        Ok(ProviderParts {
            name: self.label.name,
            icon: self.label.icon,
            config: config.transpose().context(
                "--config is no JSON; write an object, like '{\"url\": \"https://e.com\"}'",
            )?,
        })
    }
}

impl Entity for Provider {
    const KIND: EntityKind = EntityKind::Provider;
    const REMOVE: &str = "Remove a provider that nothing needs";
    type New = New;
    type Change = Editable<Parts>;

    fn add(new: New) -> anyhow::Result<BridgeCommand> {
        Ok(BridgeCommand::AddProvider {
            provider_type: new.provider_type,
            parts: new.parts.typed()?,
        })
    }

    fn change(change: Editable<Parts>) -> anyhow::Result<BridgeCommand> {
        let (id, parts) = change.edit(NO_SWITCH)?;
        let id = ServiceProviderId(id);
        Ok(BridgeCommand::EditProvider(id, parts.typed()?))
    }

    fn remove(id: u64) -> BridgeCommand {
        BridgeCommand::RemoveProvider(ServiceProviderId(id))
    }
}
