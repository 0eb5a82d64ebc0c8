//! The threads that run the boards, and the one that writes snapshots and checkpoints and forgets idle boards.

use std::collections::HashMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::domain::ChatId;
use crate::store::{Disk, Layout};

use super::Settings;
use super::agenda::{Agenda, Task};
use super::checks::Checks;
use super::flush::SharedFlush;
use super::held::Held;
use super::job::Job;
use super::lane::{Lane, Next, lock};
use super::ready::{Ready, Way};
use super::round;

/// How often idle boards are looked for at the least.
const SWEEP: Duration = Duration::from_secs(15);
/// How many threads fill rounds: while one waits for its flush, others write the next.
const ROUNDS: usize = 3;

/// What all threads of an engine share.
pub struct Shared {
    pub disk: Arc<dyn Disk>,
    pub layout: Layout,
    pub settings: Settings,
    pub ready: Ready,
    flush: Option<SharedFlush>,
    pub checks: Checks,
    lanes: Mutex<HashMap<ChatId, Arc<Lane>>>,
    agenda: Agenda,
}

impl Shared {
    pub fn new(disk: Arc<dyn Disk>, layout: Layout, settings: Settings) -> Self {
        let flush = disk.group_flush(layout.root()).unwrap_or_else(|error| {
            tracing::warn!(%error, "logs are flushed one by one");
            None
        });
        Self {
            disk,
            layout,
            settings,
            checks: Checks::default(),
            ready: Ready::new(flush.is_some()),
            flush: flush.map(SharedFlush::new),
            lanes: Mutex::default(),
            agenda: Agenda::default(),
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
        let begins = lane.push(job).then(|| Arc::clone(lane));
        drop(lanes);
        if let Some(lane) = begins {
            self.ready.begin(lane, Way::Round);
        }
    }

    /// Has the chat's snapshots written at this time.
    pub fn publish_at(&self, due: Instant, chat: ChatId) {
        self.agenda.add(due, chat);
    }

    /// Passes a chat on that a thread is done with.
    pub fn pass_on(&self, lane: Arc<Lane>, next: Next, way: Way) {
        match next {
            Next::Nothing => self.ready.end(),
            Next::Jobs => self.ready.give(lane, way),
            Next::Snapshots => self.agenda.give(lane),
        }
    }

    /// Lets the workers end when nothing waits any more.
    pub fn close(&self) {
        self.ready.close();
    }

    fn work_alone(&self) {
        while let Some(lane) = self.ready.next_alone() {
            let mut held = Held::new(self, lane);
            match catch_unwind(AssertUnwindSafe(|| held.run())) {
                Ok(()) => held.release(Way::Round),
                Err(_) => held.recover(),
            }
        }
    }

    fn work_in_rounds(&self) {
        if let Some(flush) = &self.flush {
            round::run(self, flush);
        }
    }

    /// Writes snapshots when they are due, and forgets idle boards; at the end writes what is left.
    fn publish(&self) {
        let mut swept = Instant::now();
        while let Some(task) = self.agenda.next(self.sweep_every()) {
            match task {
                Task::Sweep => {}
                Task::Due(chat) => self.publish_chat(chat),
                Task::Given(lane) => self.publish_lane(lane),
            }
            if swept.elapsed() >= self.sweep_every() {
                self.sweep();
                swept = Instant::now();
            }
        }
    }

    fn publish_chat(&self, chat: ChatId) {
        let lane = lock(&self.lanes).get(&chat).map(Arc::clone);
        // While another thread has the chat it is given to this one afterwards.
        if let Some(lane) = lane.filter(|lane| lane.want_snapshots()) {
            self.ready.begin_here();
            self.publish_lane(lane);
        }
    }

    fn publish_lane(&self, lane: Arc<Lane>) {
        let mut held = Held::new(self, lane);
        let due = match catch_unwind(AssertUnwindSafe(|| held.publish())) {
            Ok(due) => {
                held.release(Way::Round);
                due
            }
            Err(_) => return held.recover(),
        };
        if let Some(due) = due {
            due.write(&*self.disk, &self.layout, self.settings.lock_patience);
        }
    }

    /// How often idle boards are looked for.
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
    let alone = (0..shared.settings.workers.max(1)).map(|_| spawn("board", Shared::work_alone));
    let rounds = shared.flush.as_ref().map_or(0, |_| ROUNDS);
    let rounds = (0..rounds).map(|_| spawn("round", Shared::work_in_rounds));
    let workers: Vec<_> = alone.chain(rounds).collect::<io::Result<_>>()?;
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
                shared.agenda.close();
            })?
    };
    Ok(vec![closer, publisher, checker])
}
