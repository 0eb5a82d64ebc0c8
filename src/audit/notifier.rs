//! The state of a notification tracker's stream.

use std::ops::ControlFlow;

use crate::domain::StreamId;
use crate::domain::bridge::NotificationTrackerId;
use crate::domain::notifier::{Notifier, NotifierEvent};
use crate::store::{Line, StoreError};

use super::reader::Reader;

impl Reader<'_> {
    /// What a tracker knows, as far as its log is readable; one without a log knows nothing.
    pub fn notifier(&self, tracker: NotificationTrackerId) -> Result<Notifier, StoreError> {
        let mut state = Notifier::default();
        let stream = StreamId::Notifier(tracker);
        self.read(stream, &mut |line: Line<'_, NotifierEvent>| {
            state.evolve(line.record);
            ControlFlow::Continue(())
        })?;
        Ok(state)
    }
}
