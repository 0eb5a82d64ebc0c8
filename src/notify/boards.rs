//! The boards as trackers see them: what happened behind a place in a board's log. Each board is read once for all trackers, and only
//! what is durable is told.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::domain::board::{Board, BoardEvent};
use crate::domain::{ChatId, Position, Timestamp};
use crate::engine::current_chat;
use crate::store::{
    Claims, Disk, IoContext, Layout, Line, Rest, SharedLog, StoreError, end_of, has_place,
    make_durable, newest_claim, scan,
};

pub use super::known::{Asked, Entry};
use super::known::{Known, Taken, entry};

/// How long a writer is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// A board that nobody asked for leaves the memory after this.
const IDLE: Duration = Duration::from_secs(600);

/// What is behind a place.
#[derive(Debug)]
pub enum Found {
    /// The events that were asked for, in order.
    Entries(Vec<Arc<Entry>>),
    /// The board has this id now.
    Moved(ChatId),
    /// The board's log has not the event that the place names.
    Replaced,
    /// There is no log, or none that is valid up to this place.
    Nothing,
}

/// How a board began.
pub struct Beginning {
    /// When its first event was recorded.
    pub at: Timestamp,
    /// Under which ids, when it has another one by now.
    pub earlier_ids: Vec<ChatId>,
}

/// The boards of a data directory.
pub struct Boards {
    disk: Arc<dyn Disk>,
    layout: Layout,
    known: Mutex<HashMap<ChatId, Arc<Mutex<Known>>>>,
    /// Up to where logs are durable, of which the engine of this process said so.
    durable: Mutex<HashMap<ChatId, Position>>,
}

impl Boards {
    pub fn new(disk: Arc<dyn Disk>, layout: Layout) -> Self {
        Self {
            disk,
            layout,
            known: Mutex::default(),
            durable: Mutex::default(),
        }
    }

    /// The events of a board behind a place.
    pub fn read(
        &self,
        chat: ChatId,
        after: Position,
        asked: &Asked<'_>,
    ) -> Result<Found, StoreError> {
        let known = self.known(chat);
        let mut known = lock(&known);
        if !self.catch_up(chat, &mut known)? {
            return Ok(match self.moved(chat)? {
                Some(new) => Found::Moved(new),
                None => Found::Nothing,
            });
        }
        // What is damaged may be mended, or put back as it was.
        if known.is_damaged && known.at.seq < asked.to.unwrap_or(after.seq).max(after.seq) {
            return Ok(Found::Nothing);
        }
        if let Some(entries) = known.recent_after(after, asked) {
            return Ok(Found::Entries(entries));
        }
        match self.read_behind(chat, &mut known, after, asked)? {
            Some(entries) => Ok(Found::Entries(entries)),
            None => Ok(self.moved(chat)?.map_or(Found::Replaced, Found::Moved)),
        }
    }

    /// The boards there are.
    pub fn all(&self) -> Result<BTreeSet<ChatId>, StoreError> {
        Ok(self.lengths()?.into_keys().collect())
    }

    /// The boards there are, each with the length of its log.
    pub fn lengths(&self) -> Result<BTreeMap<ChatId, u64>, StoreError> {
        let root = self.layout.root();
        let names = self.disk.names(root).at("list", root)?;
        let chats = names.iter().filter_map(|name| Layout::chat_of(name));
        let all = self.lengths_of(chats);
        Ok(all.filter_map(|(chat, len)| Some((chat, len?))).collect())
    }

    /// The lengths of the logs of these boards; none for one that has no log. One that cannot be looked at is left out: it keeps no other
    /// waiting.
    pub fn lengths_of(
        &self,
        chats: impl Iterator<Item = ChatId>,
    ) -> impl Iterator<Item = (ChatId, Option<u64>)> {
        chats.filter_map(|chat| match self.length(chat) {
            Ok(len) => Some((chat, len)),
            Err(error) => {
                tracing::warn!(chat = chat.0, %error, "a board could not be looked at; it is tried again");
                None
            }
        })
    }

    /// The length of a board's log; none when it has none.
    pub fn length(&self, chat: ChatId) -> Result<Option<u64>, StoreError> {
        let path = self.layout.chat(chat).join(Layout::LOG);
        let status = self.disk.status(&path).at("look at", &path)?;
        Ok(status.map(|status| status.len))
    }

    /// Where a board's log ends; before its start when there is none. It is not read when all of it is known to be durable.
    pub fn end(&self, chat: ChatId) -> Result<Position, StoreError> {
        let path = self.layout.chat(chat).join(Layout::LOG);
        let Some((log, len)) = SharedLog::open(&*self.disk, &path, PATIENCE)? else {
            return Ok(Position::START);
        };
        let end = end_of::<BoardEvent>(log.file(), len).at("read", &path)?;
        match end.filter(|end| self.claims(chat).reach(end)) {
            Some(end) => Ok(end),
            None => self.with_board(chat, |_, at| at),
        }
    }

    /// How a board began; none when it has no event.
    pub fn beginning(&self, chat: ChatId) -> Result<Option<Beginning>, StoreError> {
        let known = self.known(chat);
        let mut known = lock(&known);
        self.catch_up(chat, &mut known)?;
        let earlier_ids = || known.board.earlier_ids().to_vec();
        Ok(known.began.map(|at| Beginning {
            at,
            earlier_ids: earlier_ids(),
        }))
    }

    /// Hands a board to `look`, with the place up to where it was read: its end.
    pub fn with_board<T>(
        &self,
        chat: ChatId,
        look: impl FnOnce(&Board, Position) -> T,
    ) -> Result<T, StoreError> {
        self.with_board_of(chat, None, look)
    }

    /// The same, where the log was known to have this length a moment ago: who reads it at that moment reads it for all who ask then.
    pub fn with_board_of<T>(
        &self,
        chat: ChatId,
        len: Option<u64>,
        look: impl FnOnce(&Board, Position) -> T,
    ) -> Result<T, StoreError> {
        let known = self.known(chat);
        let mut known = lock(&known);
        if known.file.is_none() || len != Some(known.at.offset) {
            self.catch_up(chat, &mut known)?;
        }
        Ok(look(&known.board, known.at))
    }

    /// Whether a board's log was not valid up to its end when it was read last.
    pub fn is_damaged(&self, chat: ChatId) -> bool {
        let known = lock(&self.known).get(&chat).cloned();
        known.is_some_and(|known| lock(&known).is_damaged)
    }

    /// Lets go of boards that nobody asked for in a while.
    pub fn forget_idle(&self) {
        let is_used = |known: &Arc<Mutex<Known>>| {
            // One that is in use cannot be idle.
            known
                .try_lock()
                .map_or(true, |known| known.used.elapsed() < IDLE)
        };
        let mut known = lock(&self.known);
        known.retain(|_, known| is_used(known));
        lock(&self.durable).retain(|chat, _| known.contains_key(chat));
    }

    /// A board's log is durable up to this place.
    pub fn note_durable(&self, chat: ChatId, at: Position) {
        if at != Position::START {
            lock(&self.durable).insert(chat, at);
        }
    }

    /// The new id of a chat that has one.
    pub fn moved(&self, chat: ChatId) -> Result<Option<ChatId>, StoreError> {
        let current = current_chat(&*self.disk, &self.layout, chat)?;
        Ok((current != chat).then_some(current))
    }

    fn known(&self, chat: ChatId) -> Arc<Mutex<Known>> {
        Arc::clone(lock(&self.known).entry(chat).or_default())
    }

    /// Reads what is new; false when there is no log.
    fn catch_up(&self, chat: ChatId, known: &mut Known) -> Result<bool, StoreError> {
        known.used = Instant::now();
        let path = self.layout.chat(chat).join(Layout::LOG);
        let Some(status) = self.disk.status(&path).at("look at", &path)? else {
            *known = Known::default();
            return Ok(false);
        };
        if known.file == Some(status.id) && status.len == known.at.offset {
            return Ok(true);
        }
        let durable = lock(&self.durable).get(&chat).copied();
        let Some((log, len)) = SharedLog::open(&*self.disk, &path, PATIENCE)? else {
            *known = Known::default();
            return Ok(false);
        };
        if !has_place::<BoardEvent>(log.file(), known.at).at("read", &path)? {
            *known = Known::default();
        }
        known.file = Some(status.id);
        let is_durable = self.read_on(chat, known, &log, len, durable);
        if !matches!(is_durable, Ok(true)) {
            *known = Known::default();
        }
        is_durable
    }

    /// Reads what is new in a log of this length, and makes it durable: whoever wrote it may have seen a flush of it fail, and died before
    /// it could be undone. Up to `durable` it is known to be. False when there is no log any more.
    fn read_on(
        &self,
        chat: ChatId,
        known: &mut Known,
        log: &SharedLog,
        len: u64,
        durable: Option<Position>,
    ) -> Result<bool, StoreError> {
        let (path, from) = (log.path(), known.at);
        // What is new on a board that was read before is little: its snapshot is not asked.
        let claims = match from {
            Position::START => self.claims(chat),
            _ => Claims::default(),
        };
        let mut in_doubt = from;
        let mut each = |line: Line<'_, BoardEvent>| {
            known.see(line.record, line.end);
            if durable == Some(line.end) || claims.reach(&line.end) {
                in_doubt = line.end;
            }
            ControlFlow::Continue(())
        };
        // What is not valid is for the board's own users to find; up to there it is told.
        let scan = scan(log.file(), from, len.max(from.offset), &mut each).at("read", path)?;
        known.is_damaged = matches!(scan.rest, Rest::Damaged(_));
        if scan.end == in_doubt {
            return Ok(true);
        }
        make_durable::<BoardEvent>(&*self.disk, path, in_doubt, scan.end, PATIENCE)
    }

    /// What a board's snapshot says of its log: it is only made of durable events. One that cannot be read says nothing.
    fn claims(&self, chat: ChatId) -> Claims {
        let dir = self.layout.chat(chat);
        newest_claim(&*self.disk, &dir, &Layout::MAIN_FILES).unwrap_or_default()
    }

    /// Reads from the start of the log for somebody who is far behind. None when the place is not in it.
    fn read_behind(
        &self,
        chat: ChatId,
        known: &mut Known,
        after: Position,
        asked: &Asked<'_>,
    ) -> Result<Option<Vec<Arc<Entry>>>, StoreError> {
        let path = self.layout.chat(chat).join(Layout::LOG);
        let Some((log, len)) = SharedLog::open(&*self.disk, &path, PATIENCE)? else {
            return Ok(None);
        };
        // What came since the log was caught up with is for the next look.
        let len = len.min(known.at.offset);
        if after.seq >= known.at.seq
            || !has_place::<BoardEvent>(log.file(), after).at("read", &path)?
        {
            return Ok(None);
        }
        let kept = known.behind.take_if(|(place, _)| *place == after);
        let (from, mut board) = kept.unwrap_or((Position::START, Board::default()));
        let mut taken = Taken::new(asked);
        let mut at = from;
        let mut each = |line: Line<'_, BoardEvent>| {
            if asked.to.is_some_and(|to| line.record.seq > to) {
                return ControlFlow::Break(());
            }
            let flow = if line.record.seq > after.seq {
                taken.take(Arc::new(entry(&board, line.record, line.end)))
            } else {
                ControlFlow::Continue(())
            };
            board.evolve(line.record);
            at = line.end;
            flow
        };
        scan(log.file(), from, len, &mut each).at("read", &path)?;
        // Whoever reads the same again, from further back, is not followed.
        let is_further = |(place, _): &(Position, Board)| place.seq > at.seq;
        if !known.behind.as_ref().is_some_and(is_further) {
            known.behind = Some((at, board));
        }
        Ok(Some(taken.entries))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
