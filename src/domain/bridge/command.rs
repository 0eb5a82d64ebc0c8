//! What the operator can ask of the bridge: values as typed, judged by [`super::decide`].

use serde_json::Value;

use super::ids::{
    CommandConfigId, CommandTrackerId, CommandTrackerListenerId, ServiceProviderId, TelegramBotId,
};
use super::notify::NotificationCommand;

/// One change, which becomes one event.
#[derive(Clone, Debug, PartialEq)]
pub enum BridgeCommand {
    AddProvider {
        provider_type: String,
        parts: ProviderParts,
    },
    EditProvider(ServiceProviderId, ProviderParts),
    RemoveProvider(ServiceProviderId),
    AddBot {
        token: SecretWish,
        parts: BotParts,
    },
    EditBot(TelegramBotId, BotParts),
    RemoveBot(TelegramBotId),
    AddConfig {
        provider_type: String,
        parts: ConfigParts,
    },
    EditConfig(CommandConfigId, ConfigParts),
    RemoveConfig(CommandConfigId),
    AddTracker {
        provider: ServiceProviderId,
        config: CommandConfigId,
        parts: TrackerParts,
    },
    EditTracker(CommandTrackerId, TrackerParts),
    RemoveTracker(CommandTrackerId),
    AddListener {
        tracker: CommandTrackerId,
        bot: TelegramBotId,
    },
    RemoveListener(CommandTrackerListenerId),
    Notification(NotificationCommand),
}

/// Parts of a provider: none means "as it was", or the default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProviderParts {
    pub name: Option<String>,
    pub icon: Option<String>,
    pub config: Option<Value>,
}

/// Where a secret is to be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretWish {
    /// The name of a variable of the environment.
    Env(String),
    /// The path of a file.
    File(String),
    /// Not said: only a reference is taken.
    InTheClear,
}

/// What an edit wants of a value that there need not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change<T> {
    Clear,
    Set(T),
}

/// Parts of a bot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BotParts {
    pub name: Option<String>,
    pub icon: Option<String>,
    pub token: Option<SecretWish>,
    pub username: Option<Change<String>>,
    pub update_mode: Option<String>,
}

/// Parts of a config.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfigParts {
    pub name: Option<String>,
    pub icon: Option<String>,
    /// All that are to be enabled.
    pub commands: Option<Vec<String>>,
    pub locale: Option<String>,
    pub response_mode: Option<String>,
    pub default_count: Option<i64>,
    /// Category and seconds; categories that are not named stay as they are, 0 seconds is no limit.
    pub limits: Vec<(String, String)>,
}

/// Parts of a tracker.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrackerParts {
    pub name: Option<String>,
    pub icon: Option<String>,
    pub provider: Option<ServiceProviderId>,
    pub config: Option<CommandConfigId>,
    pub enabled: Option<bool>,
}
