//! Runs commands through decide -> append -> evolve -> reply, one board at a time, many boards at once.
//!
//! Invariants:
//! - Nobody is told anything before the events behind it are durable.
//! - The commands of one chat run in the order in which they were submitted; chats never wait for each other.
//! - A board that was made from a checkpoint is worth what its log is: what stands before it is verified in the background,
//!   and when that is not what the checkpoint says, the log is read whole from then on.
//! - No Telegram type and no text of a reply is known here.

mod active;
mod adopt;
mod agenda;
mod batch;
mod board;
mod changes;
mod checkpoint;
mod checks;
mod draft;
mod event_id;
mod flood;
mod flush;
mod held;
mod histogram;
mod interrupted;
mod job;
mod judged;
mod lane;
mod late;
mod mend;
mod merge;
mod merged;
mod migrate;
mod monitor;
mod moves;
mod names;
mod obstacles;
mod open_logs;
mod pace;
mod publish;
mod pulse;
mod ready;
mod replaced;
mod reports;
mod request;
mod round;
mod stats;
mod tally;
mod upkeep;
mod worker;
mod writer;

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};

use chrono_tz::Tz;

use crate::domain::board::{ChatStyle, PageSize};
use crate::domain::{ChatId, Timestamp};
use crate::store::{Disk, IoContext, Layout, StoreError, make_root};

pub use active::flush_snapshots;
pub use changes::{Changed, Changes};
pub use checkpoint::{Checkpoints, LongLogs};
pub use checks::Checks;
pub use flush::{Mark, SharedFlush};
pub use histogram::Reading;
pub use monitor::{Lag, Monitor};
pub use names::{broken_notes, current_chat};
pub use obstacles::{Blocked, Obstacle};
pub use publish::write_files;
pub use reports::Reports;
pub use request::{Ask, Chat, Limit, Outcome, Reply, Request, Terms, Trouble};
pub use stats::Stats;
pub use tally::{Fate, Kind};
pub use writer::{add_line, add_record, new_record};

use job::{Job, ReplyTo};
use judged::Judged;
use worker::Shared;

/// How an engine behaves.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// In which zone due dates are read.
    pub zone: Tz,
    /// How much fits on a page of a list.
    pub page: PageSize,
    /// The most changing commands of one user in one chat within 60 s of message dates; none = no limit.
    pub flood_limit: Option<u32>,
    /// How many boards work side by side, apart from those that share a flush.
    pub workers: usize,
    /// How long the lock of a log is waited for.
    pub lock_patience: Duration,
    /// How late a snapshot may be, unless writing it is expensive.
    pub snapshot_delay: Duration,
    /// How many bytes a log must have to be opened at a checkpoint, and to get one. A shorter one is verified whole when it is
    /// opened.
    pub checkpoint_over: u64,
    /// How long a board that nobody uses stays in memory.
    pub idle: Duration,
    /// How many logs may be open at once, one for each chat in use. With more, those are closed that were not used for longest.
    pub open_logs: usize,
    /// What time it is.
    pub now: fn() -> Timestamp,
}

impl Settings {
    /// The settings of a service in this zone, with pages of this size.
    pub fn new(zone: Tz, page: PageSize) -> Self {
        Self {
            zone,
            page,
            flood_limit: None,
            workers: 16,
            lock_patience: Duration::from_secs(10),
            snapshot_delay: Duration::from_millis(200),
            checkpoint_over: 8 << 20,
            idle: Duration::from_secs(600),
            open_logs: usize::MAX,
            now: system_time,
        }
    }
}

/// What time it is by the system's clock.
pub fn system_time() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// All boards of one data directory. Closing it, or dropping it, finishes what was submitted and writes the snapshots.
pub struct Engine {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

impl Engine {
    /// Makes the data directory when it is not there, finishes migrations that were interrupted, and starts the workers.
    pub fn open(
        disk: Arc<dyn Disk>,
        layout: Layout,
        settings: Settings,
    ) -> Result<Self, StoreError> {
        make_root(&*disk, layout.root())?;
        let shared = Arc::new(Shared::new(disk, layout, settings));
        interrupted::finish_all(&shared);
        let threads = worker::start(&shared).at("start threads for", shared.layout.root())?;
        Ok(Self { shared, threads })
    }

    /// Puts a request in its chat's queue; `reply` is called once, from another thread, when its events are durable.
    pub fn submit(&self, request: Request, reply: impl FnOnce(Reply) + Send + 'static) {
        self.shared.submit(self.job(request, Box::new(reply)));
    }

    /// Runs one request and waits for its reply.
    pub fn ask(&self, request: Request) -> Reply {
        let chat = request.chat.id;
        let (sender, receiver) = std::sync::mpsc::sync_channel(1);
        let tell = move |reply| {
            // The receiver waits below; it is gone only when this thread is.
            let _ = sender.send(reply);
        };
        (self.shared).submit_and_work(self.job(request, Box::new(tell)));
        receiver.recv().unwrap_or(Reply {
            chat,
            outcome: Outcome::Trouble(Trouble::Internal),
            style: ChatStyle::default(),
            partial: false,
        })
    }

    fn job(&self, request: Request, tell: Box<dyn FnOnce(Reply) + Send>) -> Job {
        let reply = ReplyTo::new(&request, &self.shared.stats, tell);
        Job {
            request,
            reply,
            judged: Judged::default(),
        }
    }

    /// The chats that change, once somebody listens.
    pub fn changes(&self) -> Changes {
        self.shared.changes.clone()
    }

    /// Somebody wrote in a chat, or is there again: whoever waits for that is told.
    pub fn heard(&self, chat: ChatId) {
        self.shared.changes.heard(chat);
    }

    /// How this engine opens long logs, for streams beside its boards.
    pub fn long_logs(&self) -> LongLogs {
        self.shared.long_logs.clone()
    }

    /// Where who has a stream beside the boards says whether it can be used.
    pub fn reports(&self) -> Reports {
        self.shared.reports()
    }

    /// A view of this engine that does not keep it from closing.
    pub fn monitor(&self) -> Monitor {
        Monitor::new(&self.shared)
    }

    /// Finishes what was submitted, writes every snapshot, ends the threads.
    pub fn close(mut self) {
        self.finish();
    }

    fn finish(&mut self) {
        self.shared.close();
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a worker thread ended by a panic");
            }
        }
        self.shared.settle(Duration::ZERO);
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.finish();
    }
}
