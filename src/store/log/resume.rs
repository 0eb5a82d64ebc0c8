//! Opening a long log at its checkpoint instead of its start.

use super::Log;
use super::catch_up::Foreign;
use crate::domain::Event;
use crate::domain::Position;
use crate::store::checkpoint::Checkpoint;
use crate::store::disk::OpenMode;
use crate::store::error::{IoContext, StoreError};
use crate::store::named;
use crate::store::prefix::Prefix;

impl<E: Event> Log<E> {
    /// The checkpoint of a log of which nothing was read yet and which has more than `over` bytes; none when it does not fit.
    pub fn find_checkpoint(&mut self, over: u64) -> Result<Option<Checkpoint>, StoreError> {
        let is_new = self.end == Position::START && !self.settled;
        if !is_new {
            return Ok(None);
        }
        if self.file.is_none() {
            self.hold(named::open(&*self.disk, &self.path, OpenMode::ReadWrite)?);
        }
        let Some(file) = self.file.as_deref() else {
            return Ok(None);
        };
        if file.status().at("look at", &self.path)?.len <= over {
            return Ok(None);
        }
        let Some(checkpoint) = Checkpoint::read(&*self.disk, &self.dir)? else {
            return Ok(None);
        };
        let fits = checkpoint.fits::<E>(file).at("read", &self.path)?;
        Ok(fits.then_some(checkpoint))
    }

    /// Goes on from a checkpoint that [`Log::find_checkpoint`] found, as if everything before it had been read. That part is
    /// the caller's to verify.
    pub fn resume(&mut self, checkpoint: &Checkpoint) -> Result<Prefix, StoreError> {
        let file = self.id_of(self.file()?)?;
        self.end = checkpoint.at;
        self.is_resumed = true;
        // The files may have been copied here, both of them, by someone who did not flush them.
        self.foreign = Some(Foreign::from(self.end));
        Ok(Prefix {
            dir: self.dir.clone(),
            file,
            end: self.end,
        })
    }

    /// A checkpoint of the log as it is known, with this state. None when there is nothing to make it of.
    pub fn checkpoint(&self, state: Vec<u8>) -> Result<Option<Checkpoint>, StoreError> {
        if self.end == Position::START || self.is_in_doubt() {
            return Ok(None);
        }
        Checkpoint::new(self.file()?, self.end, state).at("read", &self.path)
    }
}
