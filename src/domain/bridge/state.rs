//! The state of the bridge, and how events change it.

use super::edit::Edit;
use super::entity::{
    CommandConfig, CommandTracker, CommandTrackerListener, ServiceProvider, TelegramBot, User,
};
use super::event::BridgeEvent;
use super::ids::{CommandTrackerId, NotificationTrackerId};
use super::notify::{NotificationTarget, NotificationTracker, NotificationTrackerTarget};
use super::table::Table;
use crate::domain::{Recorded, Seq};

/// Every entity there is. Made from the stream's events alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bridge {
    pub(super) opened: bool,
    pub(super) seq: Seq,
    pub users: Table<User>,
    pub providers: Table<ServiceProvider>,
    pub bots: Table<TelegramBot>,
    pub configs: Table<CommandConfig>,
    pub trackers: Table<CommandTracker>,
    pub listeners: Table<CommandTrackerListener>,
    pub targets: Table<NotificationTarget>,
    pub notifiers: Table<NotificationTracker>,
    pub links: Table<NotificationTrackerTarget>,
}

impl Bridge {
    /// The last event in it.
    pub fn seq(&self) -> Seq {
        self.seq
    }

    /// The listeners of a tracker.
    pub fn listeners_of(
        &self,
        tracker: CommandTrackerId,
    ) -> impl Iterator<Item = &CommandTrackerListener> {
        let is_of =
            move |listener: &&CommandTrackerListener| listener.command_tracker_id == tracker;
        self.listeners.iter().filter(is_of)
    }

    /// The links of a notification tracker.
    pub fn links_of(
        &self,
        notifier: NotificationTrackerId,
    ) -> impl Iterator<Item = &NotificationTrackerTarget> {
        let is_of =
            move |link: &&NotificationTrackerTarget| link.notification_tracker_id == notifier;
        self.links.iter().filter(is_of)
    }

    /// Applies one event. Total: an event that makes no sense here changes nothing but the position.
    pub fn evolve(&mut self, record: &Recorded<BridgeEvent>) {
        self.seq = record.seq;
        self.apply(&record.event);
    }

    pub(super) fn apply(&mut self, event: &BridgeEvent) {
        match event {
            BridgeEvent::BridgeOpened(_) => self.opened = true,
            BridgeEvent::UserAdded(user) => self.users.add(user.clone()),
            BridgeEvent::ServiceProviderAdded(provider) => self.providers.add(provider.clone()),
            BridgeEvent::ServiceProviderEdited(edited) => {
                self.providers.edit(edited.id, |row| edited.apply(row));
            }
            BridgeEvent::ServiceProviderRemoved(removed) => self.providers.remove(removed.id),
            BridgeEvent::TelegramBotAdded(bot) => self.bots.add(bot.clone()),
            BridgeEvent::TelegramBotEdited(edited) => {
                self.bots.edit(edited.id, |row| edited.apply(row));
            }
            BridgeEvent::TelegramBotRemoved(removed) => self.bots.remove(removed.id),
            BridgeEvent::CommandConfigAdded(config) => self.configs.add(config.clone()),
            BridgeEvent::CommandConfigEdited(edited) => {
                self.configs.edit(edited.id, |row| edited.apply(row));
            }
            BridgeEvent::CommandConfigRemoved(removed) => self.configs.remove(removed.id),
            BridgeEvent::CommandTrackerAdded(tracker) => self.trackers.add(tracker.clone()),
            BridgeEvent::CommandTrackerEdited(edited) => {
                self.trackers.edit(edited.id, |row| edited.apply(row));
            }
            BridgeEvent::CommandTrackerRemoved(removed) => self.remove_tracker(removed.id),
            BridgeEvent::CommandTrackerListenerAdded(listener) => {
                self.listeners.add(listener.clone());
            }
            BridgeEvent::CommandTrackerListenerRemoved(removed) => {
                self.listeners.remove(removed.id);
            }
            BridgeEvent::NotificationTargetAdded(target) => self.targets.add(target.clone()),
            BridgeEvent::NotificationTargetEdited(edited) => {
                self.targets.edit(edited.id, |row| edited.apply(row));
            }
            BridgeEvent::NotificationTargetRemoved(removed) => self.targets.remove(removed.id),
            BridgeEvent::NotificationTrackerAdded(notifier) => self.notifiers.add(notifier.clone()),
            BridgeEvent::NotificationTrackerEdited(edited) => {
                self.notifiers.edit(edited.id, |row| edited.apply(row));
            }
            BridgeEvent::NotificationTrackerRemoved(removed) => self.remove_notifier(removed.id),
            BridgeEvent::NotificationTrackerTargetAdded(link) => self.links.add(link.clone()),
            BridgeEvent::NotificationTrackerTargetEdited(edited) => {
                self.links.edit(edited.id, |row| edited.apply(row));
            }
            BridgeEvent::NotificationTrackerTargetRemoved(removed) => {
                self.links.remove(removed.id);
            }
        }
    }

    /// A tracker takes its listeners with it.
    fn remove_tracker(&mut self, id: CommandTrackerId) {
        self.trackers.remove(id);
        self.listeners
            .retain(|listener| listener.command_tracker_id != id);
    }

    /// A notification tracker takes its links with it.
    fn remove_notifier(&mut self, id: NotificationTrackerId) {
        self.notifiers.remove(id);
        self.links.retain(|link| link.notification_tracker_id != id);
    }
}
