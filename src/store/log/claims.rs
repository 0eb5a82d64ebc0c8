//! What snapshots and the checkpoint say of how long the log must be.

use std::path::PathBuf;

use super::Log;
use crate::domain::{Event, Seq};
use crate::store::checkpoint::Checkpoint;
use crate::store::error::{DamageKind, IoContext, StoreError};
use crate::store::layout::Layout;
use crate::store::snapshot::{Claim, Claims, newest_claim};

impl<E: Event> Log<E> {
    /// Asks the snapshots and the checkpoint. Where there is no log, every snapshot is asked, tracking lists too; beside one the main
    /// file is enough, which is asked whenever something is found behind the known end.
    pub(super) fn claims(&self) -> Result<Claims, StoreError> {
        let mut claims = if self.file.is_some() {
            newest_claim(&*self.disk, &self.dir, &Layout::MAIN_FILES)?
        } else {
            let mut names = self.disk.names(&self.dir).at("list", &self.dir)?;
            names.retain(|name| Layout::is_snapshot(name));
            newest_claim(&*self.disk, &self.dir, &names)?
        };
        // A log that was opened at its checkpoint is as long.
        if !self.is_resumed {
            claims.add(Checkpoint::claim(&*self.disk, &self.dir)?);
        }
        Ok(claims)
    }

    /// Refuses a log that is shorter than its snapshots or its checkpoint say it was.
    pub(super) fn check_claims(
        &self,
        claims: Claims,
        kind: impl FnOnce(PathBuf, Seq) -> DamageKind,
    ) -> Result<(), StoreError> {
        let Claims { newest, foreign } = claims;
        match newest {
            Some(Claim { path, seq, .. }) if seq > self.end.seq => {
                Err(self.end.damage(&self.path, kind(path, seq)).into())
            }
            None if self.file.is_none() => {
                foreign.map_or(Ok(()), |path| Err(StoreError::Foreign { path }))
            }
            _ => Ok(()),
        }
    }
}

impl DamageKind {
    pub(super) fn missing(snapshot: PathBuf, claimed: Seq) -> Self {
        Self::Missing { snapshot, claimed }
    }

    pub(super) fn shorter(snapshot: PathBuf, claimed: Seq) -> Self {
        Self::Shorter { snapshot, claimed }
    }
}
