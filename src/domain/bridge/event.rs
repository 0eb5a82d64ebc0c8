//! What can happen to the bridge, and how each event's `data` is written and read.

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
use crate::domain::StreamId;
use crate::domain::events::events;

fn stream(event: &BridgeEvent) -> Option<StreamId> {
    matches!(event, BridgeEvent::BridgeOpened(_)).then_some(StreamId::Bridge)
}

events! {
    /// One event of the bridge's stream. What is in each variant is the event's `data`.
    BridgeEvent, BridgeData, stream, upcast::UPCASTERS;
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
