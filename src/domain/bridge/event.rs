//! What can happen to the bridge, and how each event's `data` is written and read.

use serde::Serialize;
use serde_json::value::RawValue;

use super::edit::{
    BridgeOpened, CommandConfigEdited, CommandTrackerEdited, NotificationTargetEdited,
    NotificationTrackerEdited, NotificationTrackerTargetEdited, Removed, ServiceProviderEdited,
    TelegramBotEdited,
};
use super::entity::{
    CommandConfig, CommandTracker, CommandTrackerListener, ServiceProvider, TelegramBot, User,
};
use super::ids::{
    CommandConfigId, CommandTrackerId, CommandTrackerListenerId, NotificationTargetId,
    NotificationTrackerId, NotificationTrackerTargetId, ServiceProviderId, TelegramBotId,
};
use super::notify::{NotificationTarget, NotificationTracker, NotificationTrackerTarget};
use super::upcast;
use crate::domain::record::read_data;
use crate::domain::{DecodeError, Event, StreamId, Upcaster};

/// The events by their names in the log, each with its `data`.
macro_rules! events {
    ($($name:ident($data:ty)),+ $(,)?) => {
        /// One event of the bridge's stream. What is in each variant is the event's `data`.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum BridgeEvent {
            $($name($data)),+
        }

        /// The `data` of a [`BridgeEvent`], borrowed for writing.
        #[derive(Serialize)]
        #[serde(untagged)]
        pub enum BridgeData<'a> {
            $($name(&'a $data)),+
        }

        impl BridgeEvent {
            /// The log's `type` of every event.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name)),+];
        }

        impl Event for BridgeEvent {
            type Data<'a> = BridgeData<'a>;

            const UPCASTERS: &'static [Upcaster] = upcast::UPCASTERS;

            fn name(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => stringify!($name)),+
                }
            }

            fn version(&self) -> u32 {
                1
            }

            fn data(&self) -> BridgeData<'_> {
                match self {
                    $(Self::$name(data) => BridgeData::$name(data)),+
                }
            }

            fn stream(&self) -> Option<StreamId> {
                matches!(self, Self::BridgeOpened(_)).then_some(StreamId::Bridge)
            }

            fn decode(name: &str, version: u32, data: &RawValue) -> Result<Self, DecodeError> {
                match (name, version) {
                    $((stringify!($name), 1) => read_data(name, version, data).map(Self::$name),)+
                    _ => Err(DecodeError::Unknown {
                        name: name.to_owned(),
                        version,
                    }),
                }
            }
        }
    };
}

events! {
    BridgeOpened(BridgeOpened),
    UserAdded(User),
    ServiceProviderAdded(ServiceProvider),
    ServiceProviderEdited(ServiceProviderEdited),
    ServiceProviderRemoved(Removed<ServiceProviderId>),
    TelegramBotAdded(TelegramBot),
    TelegramBotEdited(TelegramBotEdited),
    TelegramBotRemoved(Removed<TelegramBotId>),
    CommandConfigAdded(CommandConfig),
    CommandConfigEdited(CommandConfigEdited),
    CommandConfigRemoved(Removed<CommandConfigId>),
    CommandTrackerAdded(CommandTracker),
    CommandTrackerEdited(CommandTrackerEdited),
    CommandTrackerRemoved(Removed<CommandTrackerId>),
    CommandTrackerListenerAdded(CommandTrackerListener),
    CommandTrackerListenerRemoved(Removed<CommandTrackerListenerId>),
    NotificationTargetAdded(NotificationTarget),
    NotificationTargetEdited(NotificationTargetEdited),
    NotificationTargetRemoved(Removed<NotificationTargetId>),
    NotificationTrackerAdded(NotificationTracker),
    NotificationTrackerEdited(NotificationTrackerEdited),
    NotificationTrackerRemoved(Removed<NotificationTrackerId>),
    NotificationTrackerTargetAdded(NotificationTrackerTarget),
    NotificationTrackerTargetEdited(NotificationTrackerTargetEdited),
    NotificationTrackerTargetRemoved(Removed<NotificationTrackerTargetId>),
}
