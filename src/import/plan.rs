//! A source that was read whole, what it comes to in a data directory, and carrying it out.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::board::BoardRows;
use super::boards;
use super::bridge::BridgeRows;
use super::check::{self, Comparison};
use super::kept::{self, NotifierRows};
use super::report::Findings;
use super::rules::refuse_large;
use super::stream::{GONE, Known, Rows, Target};
use crate::audit::{Problem, Reader};
use crate::domain::bridge::Twins;
use crate::domain::{Cause, ChatId, Event, StreamId};
use crate::store::{Disk, Layout, StoreError, make_root};

/// Why nothing, or not all, was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("cannot {doing} {}: {error}", path.display())]
    Io {
        doing: &'static str,
        path: PathBuf,
        error: std::io::Error,
    },
    /// It is not what it was said to be.
    #[error("{0}")]
    Source(String),
    /// A log that the events would go to takes none.
    #[error(transparent)]
    Target(Problem),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ImportError {
    pub(super) fn io(doing: &'static str, path: &Path, error: std::io::Error) -> Self {
        let path = path.to_owned();
        Self::Io { doing, path, error }
    }
}

/// Everything that a source has, in the form in which it is carried.
#[derive(Debug, Default)]
pub struct Plan {
    pub findings: Findings,
    pub boards: Vec<BoardRows>,
    pub bridge: Option<BridgeRows>,
}

/// The data directory that a source goes to.
#[derive(Clone, Copy)]
pub struct Place<'p> {
    pub disk: &'p Arc<dyn Disk>,
    pub layout: &'p Layout,
}

/// A bounty or entity that gets another id here than it had in the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Renumbered {
    pub of: Home,
    pub old: u64,
    pub new: u64,
}

/// Among what an id is the only one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Home {
    /// The bounties of a chat.
    Chat(ChatId),
    /// The bridge's entities of a kind.
    Entity(&'static str),
}

impl fmt::Display for Home {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chat(chat) => chat.fmt(f),
            Self::Entity(kind) => f.pad(kind),
        }
    }
}

/// What the source comes to in one stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamOutlook {
    pub stream: StreamId,
    /// How many rows of the source belong here.
    pub rows: u64,
    /// How many events are to be written.
    pub events: u64,
}

/// What a source comes to in a data directory as it is now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outlook {
    pub streams: Vec<StreamOutlook>,
    pub renumbered: Vec<Renumbered>,
    /// Bots that have one token.
    pub twins: Vec<Twins>,
}

impl Outlook {
    /// How many events are to be written.
    pub fn events(&self) -> u64 {
        self.streams.iter().map(|stream| stream.events).sum()
    }
}

impl Plan {
    /// What the source comes to here; nothing is changed. Fails when a log that it goes to takes no events.
    pub fn outlook(&mut self, place: Place<'_>) -> Result<Outlook, ImportError> {
        let reader = Reader::new(&**place.disk, place.layout);
        let mut outlook = Outlook::default();
        for rows in &mut self.boards {
            rows.now_at(reader.current(rows.chat)?);
            let chat = rows.chat;
            let known = look(place, chat.into(), rows, &mut outlook)?;
            let ids = rows.new_ids(&known).into_iter();
            let renumbered = ids.filter(|(old, new)| old != new && new.0 != GONE);
            outlook
                .renumbered
                .extend(renumbered.map(|(old, new)| Renumbered {
                    of: Home::Chat(chat),
                    old: old.0,
                    new: new.0,
                }));
        }
        if let Some(rows) = &self.bridge {
            let known = look(place, StreamId::Bridge, rows, &mut outlook)?;
            outlook.twins = rows.twins(&known);
            let ids = rows.new_ids(&known);
            for kept in kept::by_stream(place, rows, &ids)? {
                look(place, kept.stream(), &kept, &mut outlook)?;
            }
            let renumbered = ids.into_iter().filter(|((_, old), new)| old != new);
            outlook
                .renumbered
                .extend(renumbered.map(|((kind, old), new)| Renumbered {
                    of: Home::Entity(kind),
                    old,
                    new,
                }));
        }
        outlook.renumbered.sort_unstable();
        Ok(outlook)
    }

    /// Writes the events that are not there yet; `written` is told how many are durable, again and again.
    pub fn carry_out(
        &mut self,
        place: Place<'_>,
        outlook: &Outlook,
        written: &mut dyn FnMut(u64),
    ) -> Result<(), ImportError> {
        make_root(&**place.disk, place.layout.root())?;
        let has_events = outlook.streams.iter().map(|stream| stream.events > 0);
        let has_events: Vec<bool> = has_events.take(self.boards.len()).collect();
        boards::write_all(place, &mut self.boards, &has_events, written)?;
        if let (Some(rows), Some(stream)) = (&self.bridge, outlook.streams.get(self.boards.len())) {
            write(place, StreamId::Bridge, rows, stream.events > 0, written)?;
            for kept in kept_now(place, rows)? {
                write(place, kept.stream(), &kept, true, written)?;
            }
        }
        Ok(())
    }

    /// Compares every row with what the logs have now.
    pub fn compare(&self, place: Place<'_>) -> Result<Comparison, ImportError> {
        let reader = Reader::new(&**place.disk, place.layout);
        let mut comparison = Comparison::default();
        for rows in &self.boards {
            let chat = reader.current(rows.chat)?;
            check::compare(place, chat.into(), rows, &mut comparison)?;
        }
        if let Some(rows) = &self.bridge {
            check::compare(place, StreamId::Bridge, rows, &mut comparison)?;
            for kept in kept_now(place, rows)? {
                check::compare(place, kept.stream(), &kept, &mut comparison)?;
            }
        }
        Ok(comparison)
    }
}

/// What is known of the log that these rows go to, which must take events.
fn look<R: Rows>(
    place: Place<'_>,
    stream: StreamId,
    rows: &R,
    outlook: &mut Outlook,
) -> Result<Known<R::State>, ImportError> {
    let reader = Reader::new(&**place.disk, place.layout);
    match reader.verify(stream, None).problem {
        None | Some(Problem::NoLog { .. } | Problem::Torn { .. }) => {}
        Some(problem) => return Err(ImportError::Target(problem)),
    }
    let known = check::read::<R>(place, stream, |_| {})?;
    let missing = rows.missing(&known);
    for draft in &missing {
        let fits = refuse_large("what it becomes is", &draft.event.data());
        fits.map_err(|reason| {
            let row = match &draft.cause {
                Cause::Import { file, key, .. } => format!("{file}, {key}"),
                _ => stream.to_string(),
            };
            ImportError::Source(format!("{row}: {reason}; shorten it in the source"))
        })?;
    }
    outlook.streams.push(StreamOutlook {
        stream,
        rows: rows.len(),
        events: missing.len() as u64,
    });
    Ok(known)
}

/// What notification trackers had done, by the streams that it goes to now that the bridge has the trackers.
fn kept_now<'r>(
    place: Place<'_>,
    rows: &'r BridgeRows,
) -> Result<Vec<NotifierRows<'r>>, StoreError> {
    let known = check::read::<BridgeRows>(place, StreamId::Bridge, |_| {})?;
    kept::by_stream(place, rows, &rows.new_ids(&known))
}

/// Writes what a stream lacks, and brings its snapshots up to date.
fn write<R: Rows>(
    place: Place<'_>,
    stream: StreamId,
    rows: &R,
    has_events: bool,
    written: &mut dyn FnMut(u64),
) -> Result<(), StoreError> {
    let mut target = Target::new(place.disk, place.layout, stream);
    if has_events {
        target.write(rows, written)
    } else {
        target.publish()
    }
}
