//! Groups that change their ids while one stream after the other is read: each is read under the id that it has then, once.

use std::collections::BTreeSet;

use crate::domain::{ChatId, StreamId};

use super::parallel::for_each_stream;
use super::reader::Reader;

/// What was found of a stream.
pub trait Found {
    /// The ids that its chat has had, as far as its log says. None when there is no log.
    fn ids(&self) -> Option<&[ChatId]>;
}

/// The groups of a list of streams that had left their ids when their turn came.
pub struct Followed<'r> {
    reader: &'r Reader<'r>,
    /// The ids whose events were read, under whichever id.
    read: BTreeSet<ChatId>,
    /// The ids that were left.
    left: Vec<ChatId>,
    /// Where these led.
    reached: BTreeSet<ChatId>,
}

impl<'r> Followed<'r> {
    /// None is known to have left.
    pub fn new(reader: &'r Reader<'r>) -> Self {
        Self {
            reader,
            read: BTreeSet::new(),
            left: Vec::new(),
            reached: BTreeSet::new(),
        }
    }

    /// Whether this is what there is of a stream. Otherwise it is a group that has another id by now, which [`Self::next_chat`] gives.
    pub fn is_all(&mut self, stream: StreamId, found: &impl Found) -> bool {
        if let Some(ids) = found.ids() {
            self.read.extend(ids);
            return true;
        }
        let StreamId::Chat(old) = stream else {
            return true;
        };
        let now = self.reader.current(old).unwrap_or(old);
        // Notes may lead in a circle.
        if now == old || self.reached.contains(&now) {
            return true;
        }
        self.left.push(old);
        false
    }

    /// The id of the next group that is to be read where it is now. A board that was read under it before the group came is read again;
    /// one that was read after it came is not.
    pub fn next_chat(&mut self) -> Option<ChatId> {
        while let Some(old) = self.left.pop() {
            if !self.read.contains(&old) {
                let now = self.reader.current(old).unwrap_or(old);
                self.reached.insert(now);
                return Some(now);
            }
        }
        None
    }
}

/// [`for_each_stream`], and then the same for the groups that had left their ids when their turn came.
pub fn for_each_followed<S, T, E>(
    reader: &Reader<'_>,
    streams: &[S],
    work: impl Fn(S) -> T + Sync,
    mut done: impl FnMut(S, T) -> Result<(), E>,
) -> Result<(), E>
where
    S: Copy + Sync + From<ChatId> + Into<StreamId>,
    T: Found + Send,
{
    let mut followed = Followed::new(reader);
    let mut done = |followed: &mut Followed<'_>, stream: S, found: T| match followed
        .is_all(stream.into(), &found)
    {
        true => done(stream, found),
        false => Ok(()),
    };
    for_each_stream(streams, &work, |stream, found| {
        done(&mut followed, stream, found)
    })?;
    while let Some(chat) = followed.next_chat() {
        done(&mut followed, chat.into(), work(chat.into()))?;
    }
    Ok(())
}
