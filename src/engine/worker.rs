//! The threads that run the boards, and the one that writes snapshots and checkpoints and forgets idle boards.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::domain::ChatId;
use crate::store::{Disk, Layout};

use super::Settings;
use super::checks::Checks;
use super::job::Job;
use super::lane::{Lane, lock};

/// How often idle boards are looked for at the least.
const SWEEP: Duration = Duration::from_secs(15);

/// What all threads of an engine share.
pub struct Shared {
    pub disk: Arc<dyn Disk>,
    pub layout: Layout,
    pub settings: Settings,
    pub checks: Checks,
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
    due: BinaryHeap<Reverse<(Instant, i64)>>,
    closing: bool,
}

impl Shared {
    pub fn new(disk: Arc<dyn Disk>, layout: Layout, settings: Settings) -> Self {
        Self {
            disk,
            layout,
            settings,
            checks: Checks::default(),
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

    /// Has the chat's snapshots written at this time.
    pub fn publish_at(&self, due: Instant, chat: ChatId) {
        let mut agenda = lock(&self.agenda);
        // At the end each snapshot is tried once: `replay` writes what could not be.
        if !agenda.closing {
            agenda.due.push(Reverse((due, chat.0)));
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
        loop {
            let now = Instant::now();
            let next = agenda.due.peek().map(|Reverse((due, _))| *due);
            if next.is_some_and(|due| due <= now || agenda.closing) {
                return Some(agenda.due.pop().map(|Reverse((_, chat))| ChatId(chat)));
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
        self.settings.idle.clamp(Duration::from_millis(10), SWEEP)
    }

    fn sweep(&self) {
        lock(&self.lanes).retain(|_, lane| !lane.is_idle(self.settings.idle));
    }
}

/// Starts the workers, and the publisher, which ends after them.
pub fn start(shared: &Arc<Shared>) -> io::Result<Vec<JoinHandle<()>>> {
    let spawn = |name: &str, run: fn(&Shared)| {
        let shared = Arc::clone(shared);
        thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || run(&shared))
    };
    let workers: Vec<_> = (0..shared.settings.workers.max(1))
        .map(|_| spawn("board", Shared::work))
        .collect::<io::Result<_>>()?;
    let publisher = spawn("snapshots", Shared::publish)?;
    let checker = spawn("checks", |shared| shared.checks.run(&*shared.disk))?;
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
    Ok(vec![closer, publisher, checker])
}
