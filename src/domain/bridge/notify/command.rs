//! What the operator can ask of notifications: values as typed, judged by [`super::decide`].

use serde_json::Value;

use crate::domain::ChatId;
use crate::domain::bridge::command::{Change, SecretWish};
use crate::domain::bridge::ids::{
    NotificationTargetId, NotificationTrackerId, NotificationTrackerTargetId, ServiceProviderId,
    TelegramBotId,
};

/// One change, which becomes one event.
#[derive(Clone, Debug, PartialEq)]
pub enum NotificationCommand {
    AddTarget {
        target_type: String,
        parts: Box<TargetParts>,
    },
    EditTarget(NotificationTargetId, Box<TargetParts>),
    RemoveTarget(NotificationTargetId),
    AddNotifier {
        provider: ServiceProviderId,
        parts: NotifierParts,
    },
    EditNotifier(NotificationTrackerId, NotifierParts),
    RemoveNotifier(NotificationTrackerId),
    AddLink {
        notifier: NotificationTrackerId,
        target: NotificationTargetId,
        parts: LinkParts,
    },
    EditLink(NotificationTrackerTargetId, LinkParts),
    RemoveLink(NotificationTrackerTargetId),
}

/// Parts of a target: none means "as it was", or the default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TargetParts {
    pub name: Option<String>,
    pub icon: Option<String>,
    /// For `telegram`.
    pub bot: Option<TelegramBotId>,
    /// For `telegram`.
    pub chat: Option<ChatId>,
    /// For `telegram`.
    pub topic: Option<Change<i32>>,
    /// For `telegram`.
    pub chat_action: Option<Change<String>>,
    /// For `webhook`.
    pub url: Option<UrlWish>,
    /// For `webhook`.
    pub key: Option<SecretWish>,
    /// For `webhook`, in seconds.
    pub timeout: Option<i64>,
    /// For types that nothing here serves.
    pub config: Option<Value>,
}

/// The address of a web hook, as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UrlWish {
    Plain(String),
    Hidden(SecretWish),
}

/// Parts of a notification tracker.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NotifierParts {
    pub name: Option<String>,
    pub icon: Option<String>,
    pub provider: Option<ServiceProviderId>,
    /// All that are to be followed.
    pub collections: Option<Vec<String>>,
    pub scan_interval: Option<i64>,
    pub batch_duration: Option<i64>,
    /// All that are to be told.
    pub event_types: Option<Vec<String>>,
    pub due_soon_lead: Option<i64>,
    pub locale: Option<String>,
    pub enabled: Option<bool>,
}

/// Quiet hours, as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuietWish {
    pub start: String,
    pub end: String,
}

/// Parts of a link.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinkParts {
    pub enabled: Option<bool>,
    pub quiet_hours: Option<Change<QuietWish>>,
    pub zone: Option<String>,
}
