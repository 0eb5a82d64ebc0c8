//! The threads that run the boards, and the one that writes snapshots and checkpoints.

use std::collections::HashMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::domain::{ChatId, StreamId};
use crate::store::{Disk, FileId, IoContext, Layout, StoreError};

use super::Settings;
use super::active::Active;
use super::adopt::{self, Unadopted};
use super::agenda::{Agenda, Task};
use super::changes::Changes;
use super::checkpoint::LongLogs;
use super::flush::SharedFlush;
use super::held::Held;
use super::job::Job;
use super::lane::{Lane, Next, lock};
use super::monitor::Lag;
use super::moves::Moves;
use super::open_logs::OpenLogs;
use super::pace::Pace;
use super::pulse::Pulse;
use super::ready::{Ready, Way};
use super::reports::Reports;
use super::round;
use super::stats::Stats;
use super::upkeep;

/// When many boards change at once, writing their snapshots takes a tenth of one thread's time: it costs the disk more than
/// the events do.
const PUBLISHER_SHARE: u32 = 9;
/// How long the publisher waits for locks at the end, for all chats together: what stops this process gives it some seconds.
const LAST_PATIENCE: Duration = Duration::from_secs(2);
/// How long a checkpoint waits for its log, which was free just now: all other chats wait too, and it is made again later.
const BRIEFLY: Duration = Duration::from_millis(100);
/// How many threads fill rounds: while one waits for its flush, others write the next.
pub const ROUNDS: usize = 3;

/// What all threads of an engine share.
pub struct Shared {
    pub disk: Arc<dyn Disk>,
    pub layout: Layout,
    /// Which directory the data directory was at the start, if that was to be known.
    root: Option<FileId>,
    pub settings: Settings,
    pub stats: Arc<Stats>,
    pub long_logs: LongLogs,
    pub ready: Ready,
    pub active: Active,
    pub upkeep: Arc<Pulse>,
    pub adoption: Pulse,
    pub unadopted: Unadopted,
    pub flush: Option<SharedFlush>,
    pub pace: Pace,
    pub changes: Changes,
    pub moves: Moves,
    pub open_logs: OpenLogs,
    pub lanes: Mutex<HashMap<ChatId, Arc<Lane>>>,
    agenda: Agenda,
}

impl Shared {
    pub fn new(disk: Arc<dyn Disk>, layout: Layout, settings: Settings) -> Self {
        let flush = disk.group_flush(layout.root()).unwrap_or_else(|error| {
            tracing::warn!(%error, "logs are flushed one by one");
            None
        });
        let root = disk.status(layout.root()).ok().flatten();
        Self {
            active: Active::new(Arc::clone(&disk), layout.clone()),
            root: root.map(|root| root.id),
            upkeep: Arc::default(),
            adoption: Pulse::default(),
            unadopted: Unadopted::default(),
            open_logs: OpenLogs::new(settings.open_logs),
            disk,
            layout,
            settings,
            stats: Arc::default(),
            long_logs: LongLogs {
                over: settings.checkpoint_over,
                checks: Arc::default(),
            },
            ready: Ready::new(flush.is_some()),
            flush: flush.map(SharedFlush::new),
            pace: Pace::default(),
            changes: Changes::default(),
            moves: Moves::default(),
            lanes: Mutex::default(),
            agenda: Agenda::default(),
        }
    }

    /// Puts a job in its chat's queue.
    pub fn submit(&self, job: Job) {
        if let Some(lane) = self.queue(job) {
            self.ready.begin(lane, Way::Round);
        }
    }

    /// The same; when no thread works on the chat this one does: it saves whoever waits for the answer two changes of threads.
    pub fn submit_and_work(&self, job: Job) {
        if let Some(lane) = self.queue(job) {
            self.ready.begin_here();
            self.work_on(lane);
        }
    }

    /// The chat, when it must be given to a thread.
    fn queue(&self, job: Job) -> Option<Arc<Lane>> {
        let chat = job.request.chat.id;
        // The job goes in while the map is locked, so that a lane with work is never swept out of it.
        let mut lanes = lock(&self.lanes);
        let lane = lanes
            .entry(chat)
            .or_insert_with(|| Arc::new(Lane::new(chat)));
        lane.push(job).then(|| Arc::clone(lane))
    }

    /// Fails when another directory, or none, has the data directory's name: its file system was unmounted, or it was moved away. What
    /// is not there is not new then, and nothing is to be begun in its place.
    pub fn check_root(&self) -> Result<(), StoreError> {
        let path = self.layout.root();
        let root = self.disk.status(path).at("look at", path)?;
        if self.root.is_none() || root.map(|root| root.id) == self.root {
            return Ok(());
        }
        Err(io::Error::other(
            "it is not the directory that it was at the start; put that back, or start the program anew",
        ))
        .at("use", path)
    }

    /// Has the chat's snapshots written at this time; `since` is when they were first due.
    pub fn publish_at(&self, due: Instant, since: Instant, chat: ChatId) {
        self.agenda.add(due, since, chat);
    }

    /// The snapshots that wait.
    pub fn lag(&self) -> Lag {
        self.agenda.lag().and(self.unadopted.lag())
    }

    /// How many chats are in memory.
    pub fn lane_count(&self) -> usize {
        lock(&self.lanes).len()
    }

    /// Has a stream tried that took no writes.
    pub fn look_again(&self, chat: ChatId) {
        let mut lanes = lock(&self.lanes);
        if self.is_closing() {
            return;
        }
        let lane = lanes
            .entry(chat)
            .or_insert_with(|| Arc::new(Lane::new(chat)));
        if lane.want_look() {
            self.ready.begin(Arc::clone(lane), Way::Alone);
        }
    }

    /// A board could not be used.
    pub fn note_obstacle(&self, chat: ChatId, latched: bool, error: &StoreError) {
        self.reports().tell(chat.into(), latched, Err(error));
    }

    /// Where it is said whether streams can be used.
    pub fn reports(&self) -> Reports {
        Reports::new(&self.stats, &self.upkeep)
    }

    /// Whether the threads are about to end.
    pub fn is_closing(&self) -> bool {
        self.upkeep.is_closing()
    }

    /// Passes a chat on that a thread is done with; `due` is since when its snapshots are.
    pub fn pass_on(&self, lane: Arc<Lane>, next: Next, due: Instant, way: Way) {
        match next {
            Next::Nothing => self.ready.end(),
            Next::Jobs => self.ready.give(lane, way),
            Next::Snapshots => self.agenda.give(lane, due),
        }
    }

    /// Lets the threads end when nothing waits any more.
    pub fn close(&self) {
        {
            // What still looks after streams gives none to a thread from here on, which might have ended: its snapshots would wait for it.
            let _lanes = lock(&self.lanes);
            self.upkeep.close();
        }
        self.ready.close();
        self.long_logs.checks.close();
        self.adoption.close();
    }

    fn work_alone(&self) {
        while let Some(lane) = self.ready.next_alone() {
            self.work_on(lane);
        }
    }

    fn work_on(&self, lane: Arc<Lane>) {
        let mut held = Held::new(self, lane);
        match catch_unwind(AssertUnwindSafe(|| held.run())) {
            Ok(()) => held.release(Way::Round),
            Err(_) => held.recover(),
        }
    }

    fn work_in_rounds(&self) {
        if let Some(flush) = &self.flush {
            round::run(self, flush);
        }
    }

    /// Writes snapshots when they are due; at the end writes what is left. A log that somebody holds is passed over until the
    /// next attempt: all other chats would wait for it too. So the time that is spent is that of writing.
    fn publish(&self) {
        let mut last_patience = self.settings.lock_patience.min(LAST_PATIENCE);
        while let Some(task) = self.agenda.next() {
            let begun = Instant::now();
            match task {
                Task::Due(chat) => self.publish_chat(chat, Duration::ZERO),
                Task::Given(lane) => self.publish_lane(lane, Duration::ZERO),
                Task::Last(chat) => {
                    self.publish_chat(chat, last_patience);
                    last_patience = last_patience.saturating_sub(begun.elapsed());
                }
            }
            self.agenda.pause(begun.elapsed() * PUBLISHER_SHARE);
        }
    }

    fn publish_chat(&self, chat: ChatId, patience: Duration) {
        let lane = lock(&self.lanes).get(&chat).map(Arc::clone);
        // While another thread has the chat it is given to this one afterwards.
        if let Some(lane) = lane.filter(|lane| lane.want_snapshots()) {
            self.ready.begin_here();
            self.publish_lane(lane, patience);
        }
    }

    fn publish_lane(&self, lane: Arc<Lane>, patience: Duration) {
        let mut held = Held::new(self, lane);
        let due = match catch_unwind(AssertUnwindSafe(|| held.publish(patience))) {
            Ok(due) => {
                held.release(Way::Round);
                due
            }
            Err(_) => return held.recover(),
        };
        if let Some(due) = due {
            let patience = self.settings.lock_patience.min(BRIEFLY);
            due.write(&*self.disk, &self.layout, patience);
        }
    }
}

/// Starts the workers, and the publisher, which ends after them.
pub fn start(shared: &Arc<Shared>) -> io::Result<Vec<JoinHandle<()>>> {
    let spawn = |name: &str, run: fn(&Shared)| {
        let shared = Arc::clone(shared);
        thread::Builder::new().name(name.to_owned()).spawn(move || {
            let _counted = shared.stats.thread();
            run(&shared);
        })
    };
    let alone = (0..shared.settings.workers.max(1)).map(|_| spawn("board", Shared::work_alone));
    let rounds = shared.flush.as_ref().map_or(0, |_| ROUNDS);
    let rounds = (0..rounds).map(|_| spawn("round", Shared::work_in_rounds));
    let workers: Vec<_> = alone.chain(rounds).collect::<io::Result<_>>()?;
    let publisher = spawn("snapshots", Shared::publish)?;
    let checker = spawn("checks", |shared| {
        // What was found is to be an obstacle at once, for whoever watches.
        let look_again = |stream: StreamId| {
            if let Some(chat) = stream.chat() {
                shared.look_again(chat);
            }
        };
        shared.long_logs.checks.run(&*shared.disk, &look_again);
    })?;
    let upkeep = spawn("upkeep", upkeep::run)?;
    let adoption = spawn("adoption", adopt::run)?;
    let closer = {
        let shared = Arc::clone(shared);
        thread::Builder::new()
            .name("closer".to_owned())
            .spawn(move || {
                for worker in workers {
                    // A worker catches the panics of its boards; one of its own ends it like a finished one.
                    let _ = worker.join();
                }
                shared.agenda.close();
            })?
    };
    Ok(vec![closer, publisher, checker, upkeep, adoption])
}
