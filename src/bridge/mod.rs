//! The bridge's stream at work: catching up, and decide -> append -> evolve -> snapshot under its log's lock.
//!
//! The bridge changes seldom, so it needs none of the engine's queues and threads: whoever changes or reads it waits for the disk.
//! Several processes may do so on one data directory.

mod identity;
mod secret;
mod watch;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::domain::bridge::{
    Bridge, BridgeCommand, BridgeEvent, BridgeUserId, Context, Refusal, SecretRef, changes, decide,
    defaults, missing_from,
};
use crate::domain::{Actor, Cause, Recorded, Seq, SettingChange, StreamId, Timestamp};
use crate::engine::{add_line, write_files};
use crate::store::{
    Disk, Freshness, Layout, Locked, Log, Position, StoreError, make_root, refuse_other_stream,
};

pub use identity::identities;
pub use secret::{Secret, SecretError};
pub use watch::watch;

/// How long another process's lock on the log is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// The bridge as this process knows it.
pub struct OpenBridge {
    disk: Arc<dyn Disk>,
    layout: Layout,
    dir: PathBuf,
    log: Log<BridgeEvent>,
    state: Bridge,
    published: Option<Seq>,
}

/// Who changes the bridge, and when.
#[derive(Clone, Debug)]
pub struct Asker {
    /// Who owns what is added.
    pub user: BridgeUserId,
    pub actor: Actor,
    pub cause: Cause,
    pub now: Timestamp,
}

/// A command that was carried out, durably.
#[derive(Clone, Debug)]
pub struct Executed {
    pub seq: Seq,
    pub event: BridgeEvent,
    /// What it changed, old to new.
    pub changes: Vec<SettingChange>,
}

/// Why a command changed nothing.
#[derive(Debug, thiserror::Error)]
pub enum BridgeError {
    /// A rule forbids it. The words for why are the asker's to choose.
    #[error("a rule of the bridge forbids the command")]
    Refused(Refusal),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl OpenBridge {
    /// The bridge of a data directory; nothing is read or made yet.
    pub fn new(disk: Arc<dyn Disk>, layout: Layout) -> Self {
        let dir = layout.stream(StreamId::Bridge);
        Self {
            log: Log::new(Arc::clone(&disk), dir.clone()),
            disk,
            layout,
            dir,
            state: Bridge::default(),
            published: None,
        }
    }

    /// The state as of the last look at the log.
    pub fn state(&self) -> &Bridge {
        &self.state
    }

    /// Whether an earlier write failed and could not be undone yet.
    pub fn is_latched(&self) -> bool {
        self.log.is_latched()
    }

    /// Sees what other processes wrote; true when that changed the state. Two system calls when nothing happened, so it may be called
    /// every second to watch the log.
    pub fn refresh(&mut self) -> Result<bool, StoreError> {
        let before = self.state.seq();
        match self.log.freshness()? {
            Freshness::Current => return Ok(false),
            Freshness::Moved => {
                self.log.refuse_gone()?;
                self.reopen();
            }
            Freshness::Absent | Freshness::Changed => {}
        }
        self.lock(false)?;
        Ok(self.state.seq() != before)
    }

    /// Writes the snapshot unless it is there: whoever wrote to the log last may have ended before that.
    pub fn publish(&mut self) -> Result<(), StoreError> {
        let (disk, dir, published) = (Arc::clone(&self.disk), self.dir.clone(), self.published);
        let Some((locked, state)) = self.lock(false)? else {
            return Ok(());
        };
        let end = locked.end();
        if end != Position::START {
            write_files(&*disk, &dir, state, &end, published)?;
            self.published = Some(end.seq);
        }
        Ok(())
    }

    /// Carries out one command. When it returns, the event is durable.
    pub fn execute(
        &mut self,
        command: &BridgeCommand,
        by: &Asker,
    ) -> Result<Executed, BridgeError> {
        let executed = self.execute_all(|_| vec![command.clone()], by)?.pop();
        Ok(executed.expect("a command that is not refused is one event"))
    }

    /// Sets up a bot whose token is in this variable of the environment, unless there is one, be its token found there or elsewhere.
    /// True when that changed the bridge.
    pub fn set_up(&mut self, variable: &str, by: &Asker) -> Result<bool, BridgeError> {
        let token = Secret::read(&SecretRef::Env(variable.to_owned())).ok();
        // One that cannot be read is another.
        let is_same = |place: &SecretRef| {
            let other = Secret::read(place).ok();
            token.is_some()
                && other.as_ref().map(Secret::reveal) == token.as_ref().map(Secret::reveal)
        };
        let executed = self.execute_all(|bridge| defaults(bridge, variable, is_same), by)?;
        Ok(!executed.is_empty())
    }

    /// Carries out the commands that are right for the state, all or none, with one write.
    fn execute_all(
        &mut self,
        commands: impl Fn(&Bridge) -> Vec<BridgeCommand>,
        by: &Asker,
    ) -> Result<Vec<Executed>, BridgeError> {
        self.refresh()?;
        // What is refused, and what is nothing, makes no directory and waits for no lock.
        let path = self.log.path().to_owned();
        let planned = commands(&self.state);
        let draft = Draft::of(&planned, &self.state, Position::START, by, &path)?;
        if draft.executed.is_empty() {
            return Ok(Vec::new());
        }
        make_root(&*self.disk, self.layout.root())?;
        let (disk, dir, published) = (Arc::clone(&self.disk), self.dir.clone(), self.published);
        let Some((mut locked, state)) = self.lock(true)? else {
            return Err(StoreError::Moved { path }.into());
        };
        let draft = Draft::of(&commands(state), state, locked.end(), by, &path)?;
        if draft.executed.is_empty() {
            return Ok(Vec::new());
        }
        locked.append(&draft.lines, draft.end)?;
        *state = draft.state;
        match write_files(&*disk, &dir, state, &draft.end, published) {
            Ok(()) => self.published = Some(draft.end.seq),
            Err(error) => {
                tracing::warn!(%error, "the bridge's snapshot could not be written; it is with the next change");
            }
        }
        Ok(draft.executed)
    }

    /// Takes the log's lock and catches up. None when there is no log and `create` is false.
    fn lock(
        &mut self,
        create: bool,
    ) -> Result<Option<(Locked<'_, BridgeEvent>, &mut Bridge)>, StoreError> {
        let path = self.log.path().to_owned();
        let state = &mut self.state;
        let mut evolve = |record: &Recorded<BridgeEvent>| state.evolve(record);
        let locked = self.log.lock(create, PATIENCE, &mut evolve)?;
        refuse_other_stream(state, &path, StreamId::Bridge)?;
        Ok(locked.map(|locked| (locked, state)))
    }

    /// Another log has the name, as after a backup was put back: everything is read anew.
    fn reopen(&mut self) {
        *self = Self::new(Arc::clone(&self.disk), self.layout.clone());
    }
}

/// What commands come to, before it is written: the state runs ahead of the disk.
struct Draft<'d> {
    by: &'d Asker,
    log: &'d Path,
    lines: Vec<u8>,
    end: Position,
    state: Bridge,
    executed: Vec<Executed>,
}

impl<'d> Draft<'d> {
    /// The commands, carried out on this state in their order.
    fn of(
        commands: &[BridgeCommand],
        state: &Bridge,
        end: Position,
        by: &'d Asker,
        log: &'d Path,
    ) -> Result<Self, BridgeError> {
        let mut draft = Self {
            by,
            log,
            lines: Vec::new(),
            end,
            state: state.clone(),
            executed: Vec::new(),
        };
        if !commands.is_empty() {
            for event in missing_from(state, by.now.seconds()) {
                draft.add(Actor::System {}, Cause::System {}, event)?;
            }
        }
        for command in commands {
            draft.carry_out(command)?;
        }
        Ok(draft)
    }

    fn carry_out(&mut self, command: &BridgeCommand) -> Result<(), BridgeError> {
        let (user, at) = (self.by.user, self.by.now.seconds());
        let context = Context { user, at };
        let event = decide(&self.state, command, &context).map_err(BridgeError::Refused)?;
        let changes = changes(&self.state, &event);
        let (actor, cause) = (self.by.actor.clone(), self.by.cause.clone());
        self.add(actor, cause, event.clone())?;
        self.executed.push(Executed {
            seq: self.state.seq(),
            event,
            changes,
        });
        Ok(())
    }

    fn add(&mut self, actor: Actor, cause: Cause, event: BridgeEvent) -> Result<(), StoreError> {
        let now = self.by.now;
        let record = add_line(&mut self.lines, &mut self.end, now, actor, cause, event);
        let too_long = |bytes| StoreError::LineTooLong {
            path: self.log.to_owned(),
            bytes,
        };
        self.state.evolve(&record.map_err(too_long)?);
        Ok(())
    }
}
