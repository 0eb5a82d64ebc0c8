//! `bridge.json`: one array per entity, under the name of the entity's table in the database this grew out of.

use serde::Serialize;

use super::entity::{
    CommandConfig, CommandTracker, CommandTrackerListener, ServiceProvider, TelegramBot, User,
};
use super::event::BridgeEvent;
use super::ids::RowId;
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
    next_id: NextIds,
    seq: Seq,
    head: &'a str,
}

#[derive(Serialize)]
struct NextIds {
    user: u64,
    service_provider: u64,
    telegram_bot: u64,
    command_config: u64,
    command_tracker: u64,
    command_tracker_listener: u64,
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
        }
    }
}

fn next<R: Row>(table: &Table<R>) -> u64 {
    table.next_id().number()
}
