//! One tracker from its start to its end: rounds when something happened or is due, letters sent meanwhile. While nothing happens it
//! costs nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::select;
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinError, spawn_blocking};
use tokio::time::{Instant, sleep_until, timeout};

use crate::domain::bridge::{Bridge, NotificationTargetId, NotificationTrackerId};
use crate::domain::notifier::{DeliveryId, Outcome};
use crate::domain::{StreamId, Timestamp};
use crate::engine::{Changes, Reports};
use crate::store::StoreError;
use crate::telegram::{Bug, Crew, Stop, stopped};

use super::letter::{Courier, Notice};
use super::mailbox::Mailbox;
use super::worker::{Ended, News, Order, Round, Worker};

/// After a round that failed.
const AGAIN: Duration = Duration::from_secs(5);
/// The longest sleep: a clock may have been set meanwhile.
const LONGEST_SLEEP: Duration = Duration::from_secs(900);
/// How long letters on their way are waited for at the end.
const DRAIN: Duration = Duration::from_secs(5);

/// What all clerks share.
pub struct Office {
    pub courier: Arc<dyn Courier>,
    pub changes: Changes,
    pub reports: Reports,
    pub now: fn() -> Timestamp,
    /// How many rounds run side by side.
    pub rounds: Semaphore,
}

/// Works for one tracker.
pub struct Clerk {
    pub id: NotificationTrackerId,
    pub office: Arc<Office>,
    pub bridge: watch::Receiver<Arc<Bridge>>,
    pub mailbox: Arc<Mailbox>,
    /// How long the tracker's own log is, as far as it is known here.
    pub length: Arc<AtomicU64>,
    pub stop: Stop,
}

/// What is on its way.
enum Errand {
    Letter(NotificationTargetId, DeliveryId),
    Notice(Notice),
}

type Errands = Crew<Errand, Outcome>;

impl Clerk {
    /// Works until the tracker is off and nothing is left to do, or the process is to stop.
    pub async fn run(mut self, mut worker: Worker) {
        let mut sending = Errands::default();
        let mut happened = News::default();
        let mut works = true;
        loop {
            let order = Order::of(&self.bridge.borrow_and_update(), self.id);
            let is_off = order.is_none();
            let round;
            (worker, round) = self
                .round(worker, order, std::mem::take(&mut happened))
                .await;
            self.report(&worker, &round);
            let wake = match round {
                Ok(round) => {
                    works = true;
                    self.take_in(round, &mut sending)
                }
                Err(error) => {
                    if std::mem::replace(&mut works, false) {
                        tracing::error!(tracker = self.id.0, %error, "a notification tracker cannot go on; it is tried again");
                    }
                    Instant::now() + AGAIN
                }
            };
            if is_off && works && sending.is_empty() && worker.is_wound_up() {
                break;
            }
            select! {
                () = stopped(&mut self.stop) => break,
                () = self.mailbox.came() => {}
                Some((errand, outcome)) = sending.ended() => happened.add(errand, outcome),
                Ok(()) = self.bridge.changed() => {}
                () = sleep_until(wake) => {}
            }
            while let Some((errand, outcome)) = sending.try_ended() {
                happened.add(errand, outcome);
            }
        }
        self.close(worker, sending, happened).await;
    }

    /// One round, off the runtime's threads.
    async fn round(
        &self,
        mut worker: Worker,
        order: Option<Order>,
        mut happened: News,
    ) -> (Worker, Result<Round, StoreError>) {
        // It is never closed.
        let _permit = self.office.rounds.acquire().await;
        let now = (self.office.now)();
        let mail = self.mailbox.take();
        happened.changed.extend(&mail.changed);
        happened.heard.extend(&mail.heard);
        let (length, mailbox) = (Arc::clone(&self.length), Arc::clone(&self.mailbox));
        let all = mail.all.clone();
        let work = move || {
            // What happens on a board from where it begins to be followed is told.
            if !worker.is_settled(order.as_ref()) {
                mailbox.follow(None);
            }
            let round = worker.round(order.as_ref(), happened, all.as_deref(), now);
            length.store(worker.stream().length(), Ordering::Relaxed);
            mailbox.follow(worker.collections());
            (worker, round)
        };
        let (worker, round) = match spawn_blocking(work).await {
            Ok(done) => done,
            Err(error) => {
                // Whoever takes this one's place looks at it.
                self.mailbox.keep(mail);
                return ended(error).await;
            }
        };
        (worker, round)
    }

    /// Says whether the tracker can go on.
    fn report(&self, worker: &Worker, round: &Result<Round, StoreError>) {
        let (stream, latched) = (StreamId::Notifier(self.id), worker.stream().is_latched());
        let used = round.as_ref().map(|_| ());
        self.office.reports.tell(stream, latched, used);
    }

    /// Starts to send what a round came to, and says when the next is.
    fn take_in(&self, round: Round, sending: &mut Errands) -> Instant {
        self.office.changes.wait_for(self.id.0, round.awaited);
        for letter in round.letters {
            let errand = Errand::Letter(letter.target.id, letter.delivery);
            let courier = Arc::clone(&self.office.courier);
            sending.spawn(errand, async move { courier.send(&letter).await });
        }
        if let Some(notice) = round.notice {
            let errand = Errand::Notice(notice.clone());
            let courier = Arc::clone(&self.office.courier);
            sending.spawn(errand, async move { courier.tell(&notice).await });
        }
        let sleep = round.next.map_or(LONGEST_SLEEP, |next| {
            let left = next.millis().saturating_sub((self.office.now)().millis());
            Duration::from_millis(u64::try_from(left).unwrap_or(0))
        });
        Instant::now() + sleep.min(LONGEST_SLEEP)
    }

    /// Waits a while for what is on its way, and records what came of it.
    async fn close(self, mut worker: Worker, mut sending: Errands, mut happened: News) {
        let drain = async {
            while let Some((errand, outcome)) = sending.ended().await {
                happened.add(errand, outcome);
            }
        };
        if timeout(DRAIN, drain).await.is_err() {
            tracing::warn!(
                tracker = self.id.0,
                "some notifications were on their way at the end: whether they arrived is not known"
            );
        }
        self.office.changes.wait_for(self.id.0, Default::default());
        let now = (self.office.now)();
        let _ = spawn_blocking(move || worker.close(happened, now)).await;
    }
}

impl News {
    /// Something that was sent came to an end. When a bug ended it nobody knows whether it arrived.
    fn add(&mut self, errand: Errand, outcome: Result<Outcome, Bug>) {
        let outcome = outcome.unwrap_or_else(|bug| Outcome::Unknown {
            reason: bug.to_string(),
        });
        match errand {
            Errand::Letter(target, delivery) => self.ended.push(Ended {
                target,
                delivery,
                outcome,
            }),
            Errand::Notice(notice) => self.noticed = Some((notice, outcome)),
        }
    }
}

/// A bug ended the work, and ends whoever asked for it; or the process ends.
async fn ended<T>(error: JoinError) -> T {
    match error.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        Err(_) => std::future::pending().await,
    }
}
