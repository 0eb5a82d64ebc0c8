//! `bounty bridge tracker`.

use clap::{Args, Subcommand};

use super::Asked;
use crate::domain::bridge::{
    BridgeCommand, CommandConfigId, CommandTrackerId, EntityKind, ServiceProviderId, TrackerParts,
};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// All trackers
    List,
    /// One tracker with all its fields
    Show { id: u64 },
    /// Add a tracker, switched on
    Add {
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
        parts: Parts,
    },
    /// Change what is named
    Edit {
        id: CommandTrackerId,
        /// The provider that it answers for
        #[arg(long, value_name = "ID")]
        provider: Option<ServiceProviderId>,
        /// The config that it answers by, of the provider's type
        #[arg(long, value_name = "ID")]
        config: Option<CommandConfigId>,
        #[command(flatten)]
        parts: Parts,
    },
    /// Switch a tracker on
    Enable { id: CommandTrackerId },
    /// Switch a tracker off: bots that listen for nothing else are not polled any more
    Disable { id: CommandTrackerId },
    /// Remove a tracker and its listeners
    Remove { id: CommandTrackerId },
}

#[derive(Debug, Args)]
pub struct Parts {
    #[arg(long)]
    name: Option<String>,
    /// An emoji or a word to tell it by
    #[arg(long)]
    icon: Option<String>,
}

impl Parts {
    fn typed(self) -> TrackerParts {
        TrackerParts {
            name: self.name,
            icon: self.icon,
            ..TrackerParts::default()
        }
    }
}

impl Command {
    pub fn asked(self) -> Asked {
        Asked::Change(match self {
            Self::List => return Asked::List(EntityKind::Tracker),
            Self::Show { id } => return Asked::Show(EntityKind::Tracker, id),
            Self::Add {
                provider,
                config,
                disabled,
                parts,
            } => BridgeCommand::AddTracker {
                provider,
                config,
                parts: TrackerParts {
                    enabled: Some(!disabled),
                    ..parts.typed()
                },
            },
            Self::Edit {
                id,
                provider,
                config,
                parts,
            } => {
                let parts = TrackerParts {
                    provider,
                    config,
                    ..parts.typed()
                };
                BridgeCommand::EditTracker(id, parts)
            }
            Self::Enable { id } => switch(id, true),
            Self::Disable { id } => switch(id, false),
            Self::Remove { id } => BridgeCommand::RemoveTracker(id),
        })
    }
}

fn switch(id: CommandTrackerId, enabled: bool) -> BridgeCommand {
    let parts = TrackerParts {
        enabled: Some(enabled),
        ..TrackerParts::default()
    };
    BridgeCommand::EditTracker(id, parts)
}
