//! The threads that run the boards, and the one that writes snapshots and forgets idle boards.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::domain::ChatId;
use crate::store::{Disk, Layout, StoreError};

use super::Settings;
use super::job::Job;
use super::lane::{Lane, lock};
use super::monitor::Lag;
use super::stats::Stats;
use super::{memory, mend};

/// How often idle boards are looked for at the least.
const SWEEP: Duration = Duration::from_secs(15);

/// What all threads of an engine share.
pub struct Shared {
    pub disk: Arc<dyn Disk>,
    pub layout: Layout,
    pub settings: Settings,
    pub stats: Arc<Stats>,
    lanes: Mutex<HashMap<ChatId, Arc<Lane>>>,
    ready: Mutex<Ready>,
    work_waits: Condvar,
    agenda: Mutex<Agenda>,
    agenda_changed: Condvar,
}

#[derive(Default)]
struct Ready {
    lanes: VecDeque<Arc<Lane>>,
    closing: bool,
}

/// Which snapshots are due when.
#[derive(Default)]
struct Agenda {
    /// When, since when, for which chat.
    due: BinaryHeap<Reverse<(Instant, Instant, i64)>>,
    /// Since when those are due that are being written.
    writing: Option<Instant>,
    closing: bool,
}

impl Shared {
    pub fn new(disk: Arc<dyn Disk>, layout: Layout, settings: Settings) -> Self {
        Self {
            disk,
            layout,
            settings,
            stats: Arc::default(),
            lanes: Mutex::default(),
            ready: Mutex::default(),
            work_waits: Condvar::new(),
            agenda: Mutex::default(),
            agenda_changed: Condvar::new(),
        }
    }

    /// Puts a job in its chat's queue.
    pub fn submit(&self, job: Job) {
        let chat = job.request.chat.id;
        // The job goes in while the map is locked, so that a lane with work is never swept out of it.
        let mut lanes = lock(&self.lanes);
        let lane = lanes
            .entry(chat)
            .or_insert_with(|| Arc::new(Lane::new(chat)));
        let wake = lane.push(job).then(|| Arc::clone(lane));
        drop(lanes);
        if let Some(lane) = wake {
            self.give_to_worker(lane);
        }
    }

    /// Has the chat's snapshots written at this time; `since` is when they were first due.
    pub fn publish_at(&self, due: Instant, since: Instant, chat: ChatId) {
        let mut agenda = lock(&self.agenda);
        // At the end each snapshot is tried once: `replay` writes what could not be.
        if !agenda.closing {
            agenda.due.push(Reverse((due, since, chat.0)));
            self.agenda_changed.notify_one();
        }
    }

    /// Lets the workers end when nothing waits any more.
    pub fn close(&self) {
        lock(&self.ready).closing = true;
        self.work_waits.notify_all();
    }

    fn give_to_worker(&self, lane: Arc<Lane>) {
        lock(&self.ready).lanes.push_back(lane);
        self.work_waits.notify_one();
    }

    /// Waits for a lane with work; none when the engine closes.
    fn next_lane(&self) -> Option<Arc<Lane>> {
        let mut ready = lock(&self.ready);
        loop {
            if let Some(lane) = ready.lanes.pop_front() {
                return Some(lane);
            }
            if ready.closing {
                return None;
            }
            ready = self
                .work_waits
                .wait(ready)
                .unwrap_or_else(std::sync::PoisonError::into_inner);
        }
    }

    fn work(&self) {
        while let Some(lane) = self.next_lane() {
            let more = catch_unwind(AssertUnwindSafe(|| lane.run(self)))
                .unwrap_or_else(|_| lane.recover());
            if more {
                self.give_to_worker(lane);
            }
        }
    }

    /// Writes snapshots when they are due; at the end those that are left.
    fn publish(&self) {
        let mut swept = Instant::now();
        while let Some(chat) = self.next_due() {
            if let Some(chat) = chat {
                let lane = lock(&self.lanes).get(&chat).map(Arc::clone);
                if let Some(lane) = lane
                    && catch_unwind(AssertUnwindSafe(|| lane.publish(self))).is_err()
                {
                    lane.recover();
                }
            }
            if swept.elapsed() >= self.sweep_every() {
                self.sweep();
                swept = Instant::now();
            }
        }
    }

    /// The next chat whose snapshots are due, `Some(None)` when there is time to sweep, none at the end.
    fn next_due(&self) -> Option<Option<ChatId>> {
        let mut agenda = lock(&self.agenda);
        agenda.writing = None;
        loop {
            let now = Instant::now();
            let next = agenda.due.peek().map(|Reverse((due, ..))| *due);
            if next.is_some_and(|due| due <= now || agenda.closing) {
                let next = agenda.due.pop();
                agenda.writing = next.map(|Reverse((_, since, _))| since);
                return Some(next.map(|Reverse((_, _, chat))| ChatId(chat)));
            }
            if agenda.closing {
                return None;
            }
            let sweep = self.sweep_every();
            let wait = next.map_or(sweep, |due| (due - now).min(sweep));
            let (guard, timeout) = self
                .agenda_changed
                .wait_timeout(agenda, wait)
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            agenda = guard;
            if timeout.timed_out() && wait == sweep {
                return Some(None);
            }
        }
    }

    fn sweep_every(&self) -> Duration {
        let most = if self.stats.obstacles.is_passing() {
            mend::SOON
        } else {
            SWEEP
        };
        self.settings.idle.clamp(Duration::from_millis(10), most)
    }

    fn sweep(&self) {
        mend::try_again(self);
        let mut lanes = lock(&self.lanes);
        let before = lanes.len();
        lanes.retain(|_, lane| !lane.is_idle(self));
        let is_fewer = lanes.len() < before;
        drop(lanes);
        if is_fewer {
            memory::give_back();
        }
    }

    /// The lane of a chat, made when there is none.
    pub fn lane(&self, chat: ChatId) -> Arc<Lane> {
        let mut lanes = lock(&self.lanes);
        let lane = lanes.entry(chat);
        Arc::clone(lane.or_insert_with(|| Arc::new(Lane::new(chat))))
    }

    /// How many chats are in memory.
    pub fn lane_count(&self) -> usize {
        lock(&self.lanes).len()
    }

    /// The snapshots that wait.
    pub fn lag(&self) -> Lag {
        let agenda = lock(&self.agenda);
        let waiting = agenda.due.iter().map(|Reverse((_, since, _))| *since);
        let oldest = waiting.chain(agenda.writing).min();
        Lag {
            waiting: agenda.due.len() + usize::from(agenda.writing.is_some()),
            overdue: oldest.map_or(Duration::ZERO, |since| since.elapsed()),
        }
    }

    /// Whether the threads are about to end.
    pub fn is_closing(&self) -> bool {
        lock(&self.ready).closing
    }

    /// A stream could not be used; what may pass is tried again soon.
    pub fn note_obstacle(&self, chat: ChatId, latched: bool, error: &StoreError) {
        self.stats.obstacles.note(chat, latched, error);
        let _agenda = lock(&self.agenda);
        self.agenda_changed.notify_one();
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
    let workers: Vec<_> = (0..shared.settings.workers.max(1))
        .map(|_| spawn("board", Shared::work))
        .collect::<io::Result<_>>()?;
    let publisher = spawn("snapshots", Shared::publish)?;
    let closer = {
        let shared = Arc::clone(shared);
        thread::Builder::new()
            .name("closer".to_owned())
            .spawn(move || {
                for worker in workers {
                    // A worker catches the panics of its boards; one of its own ends it like a finished one.
                    let _ = worker.join();
                }
                lock(&shared.agenda).closing = true;
                shared.agenda_changed.notify_all();
            })?
    };
    Ok(vec![closer, publisher])
}
