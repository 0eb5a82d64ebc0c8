//! `bridge.json`: one array per entity, under the name of the entity's table in the database this grew out of.

use serde::Serialize;

use super::entity::{
    CommandConfig, CommandTracker, CommandTrackerListener, ServiceProvider, TelegramBot, User,
};
use super::event::BridgeEvent;
use super::ids::RowId;
use super::notify::{NotificationTarget, NotificationTracker, NotificationTrackerTarget};
use super::state::Bridge;
use super::table::{Row, Table};
use crate::domain::stream::pretty;
use crate::domain::{Aggregate, Recorded, Seq, StreamId};

/// The name of the snapshot.
const FILE: &str = "bridge.json";

#[derive(Serialize)]
struct BridgeFile<'a> {
    user: Vec<&'a User>,
    service_provider: Vec<&'a ServiceProvider>,
    telegram_bot: Vec<&'a TelegramBot>,
    command_config: Vec<&'a CommandConfig>,
    command_tracker: Vec<&'a CommandTracker>,
    command_tracker_listener: Vec<&'a CommandTrackerListener>,
    #[serde(flatten)]
    notifications: Option<Notifications<'a>>,
    next_id: NextIds,
    seq: Seq,
    head: &'a str,
}

/// In the file from the first notification entity on: a bridge that never had one keeps the bytes that it had before there were any.
#[derive(Serialize)]
struct Notifications<'a> {
    notification_target: Vec<&'a NotificationTarget>,
    notification_tracker: Vec<&'a NotificationTracker>,
    notification_tracker_target: Vec<&'a NotificationTrackerTarget>,
}

#[derive(Serialize)]
struct NextIds {
    user: u64,
    service_provider: u64,
    telegram_bot: u64,
    command_config: u64,
    command_tracker: u64,
    command_tracker_listener: u64,
    #[serde(flatten)]
    notifications: Option<NextNotificationIds>,
}

#[derive(Serialize)]
struct NextNotificationIds {
    notification_target: u64,
    notification_tracker: u64,
    notification_tracker_target: u64,
}

impl Aggregate for Bridge {
    type Event = BridgeEvent;

    fn stream(&self) -> Option<StreamId> {
        self.opened.then_some(StreamId::Bridge)
    }

    fn seq(&self) -> Seq {
        self.seq()
    }

    fn evolve(&mut self, record: &Recorded<BridgeEvent>) {
        self.evolve(record);
    }

    fn snapshots(&self) -> Vec<(String, Seq)> {
        let own = self.opened.then(|| (FILE.to_owned(), self.seq));
        own.into_iter().collect()
    }

    fn snapshot(&self, name: &str, head: &str) -> Option<Vec<u8>> {
        (self.opened && name == FILE).then(|| {
            pretty(&BridgeFile {
                user: self.users.iter().collect(),
                service_provider: self.providers.iter().collect(),
                telegram_bot: self.bots.iter().collect(),
                command_config: self.configs.iter().collect(),
                command_tracker: self.trackers.iter().collect(),
                command_tracker_listener: self.listeners.iter().collect(),
                notifications: self.notifications(),
                next_id: self.next_ids(),
                seq: self.seq,
                head,
            })
        })
    }
}

impl Bridge {
    fn next_ids(&self) -> NextIds {
        NextIds {
            user: next(&self.users),
            service_provider: next(&self.providers),
            telegram_bot: next(&self.bots),
            command_config: next(&self.configs),
            command_tracker: next(&self.trackers),
            command_tracker_listener: next(&self.listeners),
            notifications: self.has_notifications().then(|| NextNotificationIds {
                notification_target: next(&self.targets),
                notification_tracker: next(&self.notifiers),
                notification_tracker_target: next(&self.links),
            }),
        }
    }

    fn notifications(&self) -> Option<Notifications<'_>> {
        self.has_notifications().then(|| Notifications {
            notification_target: self.targets.iter().collect(),
            notification_tracker: self.notifiers.iter().collect(),
            notification_tracker_target: self.links.iter().collect(),
        })
    }

    /// Whether there ever was a notification entity. No link is without the two others.
    fn has_notifications(&self) -> bool {
        next(&self.targets) > 1 || next(&self.notifiers) > 1
    }
}

fn next<R: Row>(table: &Table<R>) -> u64 {
    table.next_id().number()
}
