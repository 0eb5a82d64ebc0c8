//! `bounty bridge link`.

use clap::Args;

use super::entity::{Entity, Switchable};
use super::typed::clearable;
use crate::cli::UsageError;
use crate::domain::bridge::{
    BridgeCommand, EntityKind, LinkParts, NotificationCommand, NotificationTargetId,
    NotificationTrackerId, NotificationTrackerTargetId, QuietWish,
};

#[derive(Debug)]
pub enum Link {}

/// Let a notifier tell a target what happens on the boards that it follows. Their groups are told so
#[derive(Debug, Args)]
pub struct New {
    /// The notifier
    #[arg(long, value_name = "ID", aliases = ["notification-tracker-id", "tracker-id", "tracker_id"])]
    notifier: NotificationTrackerId,
    /// The target
    #[arg(long, value_name = "ID", alias = "target-id")]
    target: NotificationTargetId,
    /// Switched off until `enable`
    #[arg(long)]
    disabled: bool,
    #[command(flatten)]
    parts: Parts,
}

#[derive(Debug, Args)]
pub struct Parts {
    /// The time of day in which nothing is told, but afterwards, like 22:00-08:00; none for no such time
    #[arg(long, value_name = "HH:MM-HH:MM|none")]
    quiet_hours: Option<String>,
    /// The time zone that they are in, like Europe/Berlin; UTC unless it is said
    #[arg(long, value_name = "ZONE")]
    quiet_zone: Option<String>,
}

impl Parts {
    fn typed(self) -> Result<LinkParts, UsageError> {
        let hours = |typed: String| {
            match typed.split_once('-') {
            Some((start, end)) => Ok(QuietWish {
                start: start.to_owned(),
                end: end.to_owned(),
            }),
            None => Err(UsageError(
                "write --quiet-hours as the first and the last time of day, like 22:00-08:00, or none"
                    .to_owned(),
            )),
        }
        };
        Ok(LinkParts {
            enabled: None,
            quiet_hours: clearable(self.quiet_hours, hours)?,
            zone: self.quiet_zone,
        })
    }
}

fn switched(enabled: bool) -> LinkParts {
    LinkParts {
        enabled: Some(enabled),
        ..LinkParts::default()
    }
}

impl Entity for Link {
    const KIND: EntityKind = EntityKind::Link;
    const REMOVE: &str = "Let a notifier tell a target nothing more";
    type New = New;
    type Change = Switchable<Parts>;

    fn add(new: New) -> anyhow::Result<BridgeCommand> {
        let enabled = Some(!new.disabled);
        let parts = new.parts.typed()?;
        Ok(BridgeCommand::Notification(NotificationCommand::AddLink {
            notifier: new.notifier,
            target: new.target,
            parts: LinkParts { enabled, ..parts },
        }))
    }

    fn change(change: Switchable<Parts>) -> anyhow::Result<BridgeCommand> {
        let (id, parts) = match change {
            Switchable::Edit { id, parts } => (id, parts.typed()?),
            Switchable::Enable { id } => (id, switched(true)),
            Switchable::Disable { id } => (id, switched(false)),
        };
        let edit = NotificationCommand::EditLink(NotificationTrackerTargetId(id), parts);
        Ok(BridgeCommand::Notification(edit))
    }

    fn remove(id: u64) -> BridgeCommand {
        let id = NotificationTrackerTargetId(id);
        BridgeCommand::Notification(NotificationCommand::RemoveLink(id))
    }
}
