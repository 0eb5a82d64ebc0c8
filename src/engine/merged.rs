//! The logs of boards that were merged into another: their updates are not to be applied again.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::domain::Delivery;
use crate::domain::board::{BoardEvent, SeenUpdates};
use crate::store::{Disk, StoreError, merged_logs, read_log};

/// The last updates of each merged log, once they were read.
#[derive(Default)]
pub struct MergedLogs {
    seen: Option<Vec<SeenUpdates>>,
}

impl MergedLogs {
    /// Whether this update became an event of a board that was merged into the one in this directory. The lock of that one's
    /// log is held: a log is merged under it.
    pub fn have(
        &mut self,
        disk: &dyn Disk,
        dir: &Path,
        delivery: &Delivery,
    ) -> Result<bool, StoreError> {
        let seen = match &self.seen {
            Some(seen) => seen,
            None => self.seen.insert(read_all(disk, dir)?),
        };
        Ok(seen.iter().any(|seen| seen.event_of(delivery).is_some()))
    }
}

fn read_all(disk: &dyn Disk, dir: &Path) -> Result<Vec<SeenUpdates>, StoreError> {
    let merged = merged_logs(disk, dir)?.into_iter();
    merged.map(|path| read(disk, path)).collect()
}

fn read(disk: &dyn Disk, path: PathBuf) -> Result<SeenUpdates, StoreError> {
    let mut seen = SeenUpdates::default();
    read_log::<BoardEvent>(disk, &path, Duration::ZERO, &mut |line| {
        if let Some(delivery) = line.record.cause.delivery() {
            seen.remember(delivery, line.record.seq, None);
        }
        ControlFlow::Continue(())
    })?;
    Ok(seen)
}
