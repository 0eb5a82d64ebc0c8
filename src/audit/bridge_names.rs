//! The names that entities of the bridge have, or had when they were removed.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use crate::domain::StreamId;
use crate::domain::bridge::{BridgeEvent, NotificationTargetId, NotificationTrackerId};
use crate::store::{Line, StoreError};

use super::reader::Reader;

/// Names of targets and notification trackers.
#[derive(Clone, Debug, Default)]
pub struct BridgeNames {
    pub targets: BTreeMap<NotificationTargetId, String>,
    pub trackers: BTreeMap<NotificationTrackerId, String>,
}

impl BridgeNames {
    fn evolve(&mut self, event: &BridgeEvent) {
        use BridgeEvent as Event;
        match event {
            Event::NotificationTargetAdded(row) => {
                self.targets.insert(row.id, row.name.clone());
            }
            Event::NotificationTargetEdited(edited) => {
                let name = edited.name.clone().map(|name| (edited.id, name));
                self.targets.extend(name);
            }
            Event::NotificationTrackerAdded(row) => {
                self.trackers.insert(row.id, row.name.clone());
            }
            Event::NotificationTrackerEdited(edited) => {
                let name = edited.name.clone().map(|name| (edited.id, name));
                self.trackers.extend(name);
            }
            _ => {}
        }
    }
}

impl Reader<'_> {
    /// The names, as far as the bridge's log is readable.
    pub fn bridge_names(&self) -> Result<BridgeNames, StoreError> {
        let mut names = BridgeNames::default();
        self.read(StreamId::Bridge, &mut |line: Line<'_, BridgeEvent>| {
            names.evolve(&line.record.event);
            ControlFlow::Continue(())
        })?;
        Ok(names)
    }
}
