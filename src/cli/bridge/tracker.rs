//! `bounty bridge tracker`.

use clap::Args;

use super::entity::{Entity, Switchable};
use super::typed::Label;
use crate::domain::bridge::{
    BridgeCommand, CommandConfigId, CommandTrackerId, EntityKind, ServiceProviderId, TrackerParts,
};

#[derive(Debug)]
pub enum Tracker {}

/// Add a tracker, switched on
#[derive(Debug, Args)]
pub struct New {
    /// The provider that it answers for
    #[arg(long, value_name = "ID")]
    provider: ServiceProviderId,
    /// The config that it answers by, of the provider's type
    #[arg(long, value_name = "ID")]
    config: CommandConfigId,
    /// Switched off until `enable`
    #[arg(long)]
    disabled: bool,
    #[command(flatten)]
    label: Label,
}

#[derive(Debug, Args)]
pub struct Parts {
    /// The provider that it answers for
    #[arg(long, value_name = "ID")]
    provider: Option<ServiceProviderId>,
    /// The config that it answers by, of the provider's type
    #[arg(long, value_name = "ID")]
    config: Option<CommandConfigId>,
    #[command(flatten)]
    label: Label,
}

impl Parts {
    fn typed(self) -> TrackerParts {
        TrackerParts {
            name: self.label.name,
            icon: self.label.icon,
            provider: self.provider,
            config: self.config,
            enabled: None,
        }
    }
}

fn switched(enabled: bool) -> TrackerParts {
    TrackerParts {
        enabled: Some(enabled),
        ..TrackerParts::default()
    }
}

impl Entity for Tracker {
    const KIND: EntityKind = EntityKind::Tracker;
    const REMOVE: &str = "Remove a tracker and its listeners";
    type New = New;
    type Change = Switchable<Parts>;

    fn add(new: New) -> anyhow::Result<BridgeCommand> {
        let enabled = Some(!new.disabled);
        Ok(BridgeCommand::AddTracker {
            provider: new.provider,
            config: new.config,
            parts: TrackerParts {
                name: new.label.name,
                icon: new.label.icon,
                enabled,
                ..TrackerParts::default()
            },
        })
    }

    fn change(change: Switchable<Parts>) -> anyhow::Result<BridgeCommand> {
        let (id, parts) = match change {
            Switchable::Edit { id, parts } => (id, parts.typed()),
            Switchable::Enable { id } => (id, switched(true)),
            Switchable::Disable { id } => (id, switched(false)),
        };
        Ok(BridgeCommand::EditTracker(CommandTrackerId(id), parts))
    }

    fn remove(id: u64) -> BridgeCommand {
        BridgeCommand::RemoveTracker(CommandTrackerId(id))
    }
}
