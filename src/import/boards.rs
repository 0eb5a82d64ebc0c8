//! The boards of a source on their way into their chats' logs: many of them behind one flush, where the disk can do that.

use std::time::Duration;

use super::board::BoardRows;
use super::plan::Place;
use super::stream::Target;
use crate::audit::Reader;
use crate::domain::ChatId;
use crate::engine::{Mark, SharedFlush, current_chat, flush_snapshots};
use crate::store::{ActiveFile, IoContext, StoreError};

/// How many chats' logs are flushed together. Their locks are held for so long: a running bot does not wait longer.
const TOGETHER: usize = 256;
/// How often a chat is begun anew when it keeps changing its id.
const ATTEMPTS: usize = 5;

type BoardTarget = Target<BoardRows>;

/// Writes what the chats' logs do not have; `has_events` tells which lack something. Snapshots that an interrupted import left
/// behind are brought up to date everywhere.
pub fn write_all(
    place: Place<'_>,
    boards: &mut [BoardRows],
    has_events: &[bool],
    written: &mut dyn FnMut(u64),
) -> Result<(), StoreError> {
    let root = place.layout.root();
    let flush = place.disk.group_flush(root).at("look at", root)?;
    let flush = flush.map(SharedFlush::new);
    let since = flush.as_ref().map_or(Mark::default(), SharedFlush::mark);
    let lacking = boards.iter().zip(has_events).filter(|(_, has)| **has);
    let chats: Vec<ChatId> = lacking.map(|(rows, _)| rows.chat).collect();
    let active = note(place, &chats)?;
    let mut passed = false;
    for (boards, has_events) in boards.chunks_mut(TOGETHER).zip(has_events.chunks(TOGETHER)) {
        let mut begun: Vec<Option<BoardTarget>> = boards.iter().map(|_| None).collect();
        if let Some(flush) = &flush {
            let since = flush.mark();
            begin(place, boards, has_events, &mut begun)?;
            commit(place, flush, since, &mut begun, written)?;
        }
        for ((rows, has_events), begun) in boards.iter_mut().zip(has_events).zip(begun) {
            let is_whole = |flush: &SharedFlush| is_whole(place, flush, rows.chat);
            if !has_events && flush.as_ref().is_some_and(is_whole) {
                passed = true;
                continue;
            }
            end(place, rows, begun, *has_events, written)?;
        }
    }
    match &flush {
        Some(flush) if passed || active.is_some() => flush.flush_all(root, since)?,
        Some(_) => {}
        None => flush_snapshots(&**place.disk, place.layout, chats.into_iter())?,
    }
    active.map_or(Ok(()), |active| active.remove(&**place.disk))
}

/// Nothing is written to a chat that is not noted as active.
fn note(place: Place<'_>, chats: &[ChatId]) -> Result<Option<ActiveFile>, StoreError> {
    if chats.is_empty() {
        return Ok(None);
    }
    let mut active = ActiveFile::create(&**place.disk, place.layout)?;
    active.add(chats.iter().copied())?;
    Ok(Some(active))
}

/// Writes the first part of what each chat lacks. No lock is waited for while others are held: a chat that somebody uses is left
/// to be written by itself.
fn begin(
    place: Place<'_>,
    boards: &mut [BoardRows],
    has_events: &[bool],
    begun: &mut [Option<BoardTarget>],
) -> Result<(), StoreError> {
    for ((rows, has_events), begun) in boards.iter_mut().zip(has_events).zip(begun) {
        if !has_events {
            continue;
        }
        rows.now_at(current_chat(&**place.disk, place.layout, rows.chat)?);
        let mut target = Target::new(place.disk, place.layout, rows.chat.into());
        match target.put(rows, Duration::ZERO) {
            Ok(_) => *begun = Some(target),
            Err(StoreError::Busy { .. } | StoreError::Moved { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Makes durable what was begun after the mark. When that fails, all of it is undone.
fn commit(
    place: Place<'_>,
    flush: &SharedFlush,
    since: Mark,
    begun: &mut [Option<BoardTarget>],
    written: &mut dyn FnMut(u64),
) -> Result<(), StoreError> {
    if begun.iter().all(Option::is_none) {
        return Ok(());
    }
    let together = flush.flush(since);
    let mut all = Ok(());
    for target in begun.iter_mut().flatten() {
        let flushed = match together {
            Ok(()) if !target.is_covered_by(flush) => target.flush(),
            together => together
                .map_err(Into::into)
                .at("flush", place.layout.root()),
        };
        match target.settle(flushed) {
            Ok(events) => written(events),
            Err(error) => all = all.and(Err(error)),
        }
    }
    all
}

/// Whether a chat has all there is to write, its snapshots too. What another process left unflushed there is flushed with the rest:
/// a lock, and flushes of its own, for each chat would take far longer than looking.
fn is_whole(place: Place<'_>, flush: &SharedFlush, chat: ChatId) -> bool {
    let reader = Reader::new(&**place.disk, place.layout);
    let Ok(chat) = reader.current(chat) else {
        return false;
    };
    let log = place.disk.status(&reader.log_path(chat)).ok().flatten();
    let is_intact = || reader.verify(chat, None).problem.is_none();
    let check = || reader.check_snapshots(chat);
    log.is_some_and(|log| flush.covers(log.id))
        && is_intact()
        && check().is_ok_and(|check| check.is_some_and(|check| check.files.is_empty()))
}

/// Writes what a chat still lacks, and its snapshots. The group may change its id while this waits for its log.
fn end(
    place: Place<'_>,
    rows: &mut BoardRows,
    mut begun: Option<BoardTarget>,
    has_events: bool,
    written: &mut dyn FnMut(u64),
) -> Result<(), StoreError> {
    for attempt in 1.. {
        let target = begun.take();
        let mut target = match target {
            Some(target) => target,
            None => {
                rows.now_at(current_chat(&**place.disk, place.layout, rows.chat)?);
                Target::new(place.disk, place.layout, rows.chat.into())
            }
        };
        let wrote = if has_events {
            target.write(rows, written)
        } else {
            target.publish()
        };
        match wrote {
            Err(StoreError::Moved { .. }) if attempt < ATTEMPTS => {}
            wrote => return wrote,
        }
    }
    Ok(())
}
