//! `bounty bridge notifier`.

use clap::Args;

use super::entity::{Entity, Switchable};
use super::typed::{Label, list};
use crate::domain::bridge::{
    BridgeCommand, EntityKind, NotificationCommand, NotificationTrackerId, NotifierParts,
    ServiceProviderId,
};

#[derive(Debug)]
pub enum Notifier {}

/// Add a notifier, switched on: it tells what happens from now on
#[derive(Debug, Args)]
pub struct New {
    /// The provider whose boards it follows
    #[arg(long, value_name = "ID")]
    provider: ServiceProviderId,
    /// Switched off until `enable`
    #[arg(long)]
    disabled: bool,
    #[command(flatten)]
    values: Values,
}

#[derive(Debug, Args)]
pub struct Parts {
    /// The provider whose boards it follows
    #[arg(long, value_name = "ID")]
    provider: Option<ServiceProviderId>,
    #[command(flatten)]
    values: Values,
}

#[derive(Debug, Args)]
struct Values {
    #[command(flatten)]
    label: Label,
    /// All boards that are followed, by their chats' ids, like -1001234,-1005678; "*" for every group
    #[arg(
        long,
        alias = "collection-ids",
        value_name = "CHAT,…|*",
        allow_hyphen_values = true
    )]
    collections: Option<String>,
    /// All that is told: added, edited, deleted, tracked, untracked, due_soon, overdue; the last two only when they are named
    #[arg(long, value_name = "EVENT,…")]
    events: Option<String>,
    /// Seconds before a due date at which due_soon is told
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    due_soon_lead: Option<i64>,
    /// Seconds between two looks for what was missed
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    scan_interval: Option<i64>,
    /// Seconds within which events make one message; 0: each is told at once
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    batch_duration: Option<i64>,
    /// The language of what is told: en, ru
    #[arg(long)]
    locale: Option<String>,
}

impl Values {
    fn typed(self) -> NotifierParts {
        NotifierParts {
            name: self.label.name,
            icon: self.label.icon,
            provider: None,
            collections: self.collections.as_deref().map(list),
            scan_interval: self.scan_interval,
            batch_duration: self.batch_duration,
            event_types: self.events.as_deref().map(list),
            due_soon_lead: self.due_soon_lead,
            locale: self.locale,
            enabled: None,
        }
    }
}

fn switched(enabled: bool) -> NotifierParts {
    NotifierParts {
        enabled: Some(enabled),
        ..NotifierParts::default()
    }
}

impl Entity for Notifier {
    const KIND: EntityKind = EntityKind::Notifier;
    const REMOVE: &str = "Remove a notifier and its links; what it delivered can still be seen";
    type New = New;
    type Change = Switchable<Parts>;

    fn add(new: New) -> anyhow::Result<BridgeCommand> {
        Ok(BridgeCommand::Notification(
            NotificationCommand::AddNotifier {
                provider: new.provider,
                parts: NotifierParts {
                    enabled: Some(!new.disabled),
                    ..new.values.typed()
                },
            },
        ))
    }

    fn change(change: Switchable<Parts>) -> anyhow::Result<BridgeCommand> {
        let (id, parts) = match change {
            Switchable::Enable { id } => (id, switched(true)),
            Switchable::Disable { id } => (id, switched(false)),
            Switchable::Edit { id, parts } => {
                let provider = parts.provider;
                let values = parts.values.typed();
                (id, NotifierParts { provider, ..values })
            }
        };
        let edit = NotificationCommand::EditNotifier(NotificationTrackerId(id), parts);
        Ok(BridgeCommand::Notification(edit))
    }

    fn remove(id: u64) -> BridgeCommand {
        let id = NotificationTrackerId(id);
        BridgeCommand::Notification(NotificationCommand::RemoveNotifier(id))
    }
}
