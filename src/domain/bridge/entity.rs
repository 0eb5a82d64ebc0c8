//! The entities as they stand in the state, in their `…Added` events and in `bridge.json`: one form for all three, whose field
//! names and order are part of the format.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::choice::{ListenerType, ResponseMode, Role, UpdateMode};
use super::ids::{
    BridgeUserId, CommandConfigId, CommandTrackerId, CommandTrackerListenerId, ServiceProviderId,
    TelegramBotId,
};
use super::secret::SecretRef;
use super::table::Row;
use crate::domain::{Locale, UnixTime};

/// Who owns entities.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    pub id: BridgeUserId,
    pub username: String,
    pub role: Role,
    pub created_at: UnixTime,
}

/// What commands are for. Type `bounty` is this process's own boards; other types are kept, though nothing here serves them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceProvider {
    pub id: ServiceProviderId,
    pub user_id: BridgeUserId,
    #[serde(rename = "type")]
    pub provider_type: String,
    pub name: String,
    pub icon: String,
    /// Without secrets: where one is needed stands a reference.
    pub config: Map<String, Value>,
    pub created_at: UnixTime,
}

/// A bot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TelegramBot {
    pub id: TelegramBotId,
    pub user_id: BridgeUserId,
    pub name: String,
    pub icon: String,
    pub token: SecretRef,
    /// Without `@`; none as long as nobody said it.
    pub bot_username: Option<String>,
    pub update_mode: UpdateMode,
    pub created_at: UnixTime,
}

/// Which commands are answered, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommandConfig {
    pub id: CommandConfigId,
    pub user_id: BridgeUserId,
    pub provider_type: String,
    pub name: String,
    pub icon: String,
    pub enabled_commands: Vec<String>,
    pub locale: Locale,
    pub response_mode: ResponseMode,
    /// Entries on one page of a list.
    pub default_count: u8,
    /// Category -> seconds between two uses in a chat.
    pub rate_limits: BTreeMap<String, u32>,
    pub created_at: UnixTime,
}

/// A provider answered by the rules of a config.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommandTracker {
    pub id: CommandTrackerId,
    pub user_id: BridgeUserId,
    pub provider_id: ServiceProviderId,
    pub command_config_id: CommandConfigId,
    pub name: String,
    pub icon: String,
    pub enabled: bool,
    pub created_at: UnixTime,
}

/// What a tracker's commands come in through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommandTrackerListener {
    pub id: CommandTrackerListenerId,
    pub command_tracker_id: CommandTrackerId,
    pub listener_type: ListenerType,
    /// For `telegram_bot`: the bot.
    pub listener_id: TelegramBotId,
    pub created_at: UnixTime,
}

macro_rules! rows {
    ($($entity:ident($id:ident)),+ $(,)?) => {
        $(impl Row for $entity {
            type Id = $id;

            fn id(&self) -> $id {
                self.id
            }
        })+
    };
}

pub(super) use rows;

rows! {
    User(BridgeUserId),
    ServiceProvider(ServiceProviderId),
    TelegramBot(TelegramBotId),
    CommandConfig(CommandConfigId),
    CommandTracker(CommandTrackerId),
    CommandTrackerListener(CommandTrackerListenerId),
}
