//! The bots of a process: one that something listens through is polled, one that nothing listens through is not, while the bridge
//! changes. Each is on its own: what is wrong with one never touches the others.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::select;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use crate::domain::BotId;
use crate::domain::bridge::{Bridge, TelegramBot, TelegramBotId, active_bots};

use super::crew::Crew;
use super::poller::{Stop, stopped};
use super::session::{BotError, Ground, Session};
use super::token::Token;
use super::vitals::{BotVitals, Roster};

/// When a bot that could not be polled is tried again, unless its entry in the bridge changes before.
const AGAIN: Duration = Duration::from_secs(30);

/// The bots of a process.
pub struct Pool {
    ground: Arc<Ground>,
    bridge: watch::Receiver<Arc<Bridge>>,
    roster: Roster,
    slots: BTreeMap<TelegramBotId, Slot>,
    tasks: Crew<TelegramBotId, Result<(), BotError>>,
    /// The one bot there is, as long as there was no other: the process is of no use without it.
    only: Option<TelegramBotId>,
}

/// The only bot of a process cannot be polled.
#[derive(Debug, thiserror::Error)]
#[error("bot {} {:?} cannot be polled: {error}", id.0, name)]
pub struct OnlyBotError {
    pub id: TelegramBotId,
    /// What the bridge calls it.
    pub name: String,
    pub error: BotError,
}

/// A bot that is polled, or is to be.
struct Slot {
    entry: TelegramBot,
    vitals: Arc<BotVitals>,
    phase: Phase,
}

enum Phase {
    /// A task polls it.
    Running {
        stop: watch::Sender<bool>,
        /// The rules by which it answers. What it had received when its last listener went is carried out by the last rules.
        rules: watch::Sender<Arc<Bridge>>,
    },
    /// It could not be polled, and is tried again then.
    Resting { until: Instant },
}

impl Pool {
    /// The bots of this bridge; none is polled yet.
    pub fn new(ground: Ground, bridge: watch::Receiver<Arc<Bridge>>, roster: Roster) -> Self {
        let active = active_bots(&bridge.borrow());
        if active.is_empty() {
            tracing::warn!(
                "no bot has an active listener, so none is polled; `bounty bridge check` says why"
            );
        }
        let only = active.keys().next().filter(|_| active.len() == 1);
        Self {
            ground: Arc::new(ground),
            only: only.copied(),
            bridge,
            roster,
            slots: BTreeMap::new(),
            tasks: Crew::default(),
        }
    }

    /// Polls until the process is to stop; then everything received is durable and confirmed. Fails when there never was more than
    /// one bot, and that cannot be polled.
    pub async fn run(mut self, stop: &mut Stop) -> Result<(), OnlyBotError> {
        let outcome = self.work(stop).await;
        self.slots.values().for_each(Slot::stop);
        while let Some((bot, ended)) = self.tasks.ended().await {
            if let Err(error) = ended.unwrap_or(Err(BotError::Panicked)) {
                tracing::error!(bot = bot.0, %error, "a bot did not end well");
            }
        }
        outcome
    }

    async fn work(&mut self, stop: &mut Stop) -> Result<(), OnlyBotError> {
        loop {
            let next = self.reconcile()?;
            select! {
                () = stopped(stop) => return Ok(()),
                Ok(()) = self.bridge.changed() => {}
                Some((bot, ended)) = self.tasks.ended() => {
                    self.ended(bot, ended.unwrap_or(Err(BotError::Panicked)))?;
                }
                () = sleep_until(next) => {}
            }
        }
    }

    /// Starts and stops what is to be by the bridge as it is now. Returns when to look again though nothing happened.
    fn reconcile(&mut self) -> Result<Instant, OnlyBotError> {
        let bridge = Arc::clone(&self.bridge.borrow_and_update());
        let active: BTreeSet<TelegramBotId> = active_bots(&bridge).into_keys().collect();
        if active.iter().ne(&self.only) {
            self.only = None;
        }
        let wanted = |id| bridge.bots.get(id).filter(|_| active.contains(&id));
        for (id, slot) in &mut self.slots {
            slot.follow(wanted(*id), &bridge);
        }
        let roster = &self.roster;
        self.slots.retain(|id, slot| {
            let is_kept = slot.is_running() || wanted(*id).is_some();
            if !is_kept {
                roster.remove(&slot.vitals);
            }
            is_kept
        });
        for entry in active.iter().filter_map(|id| bridge.bots.get(*id)) {
            self.start(entry, &bridge)?;
        }
        let resting = self.slots.values().filter_map(Slot::resting_until).min();
        Ok(resting.unwrap_or_else(|| Instant::now() + AGAIN))
    }

    /// Starts a bot, unless it runs or rests.
    fn start(&mut self, entry: &TelegramBot, bridge: &Arc<Bridge>) -> Result<(), OnlyBotError> {
        if self.slots.get(&entry.id).is_some_and(|slot| !slot.is_due()) {
            return Ok(());
        }
        let token = match self.token(entry) {
            Ok(token) => token,
            Err(error) => return self.rest(entry, error),
        };
        let vitals = self.vitals(entry, token.bot_id());
        let (stop, told) = watch::channel(false);
        let (rules, current) = watch::channel(Arc::clone(bridge));
        let session = Session {
            ground: Arc::clone(&self.ground),
            entry: entry.clone(),
            token,
            vitals: Arc::clone(&vitals),
            rules: current,
            bridge: self.bridge.clone(),
            stop: told,
        };
        self.tasks.spawn(entry.id, session.run());
        let phase = Phase::Running { stop, rules };
        self.put(entry, vitals, phase);
        Ok(())
    }

    /// The bot's token, when no bot that runs has the same.
    fn token(&self, entry: &TelegramBot) -> Result<Token, BotError> {
        let token = Token::read(&entry.token)?;
        let id = token.bot_id();
        let is_same = |slot: &&Slot| slot.is_running() && slot.vitals.id == id && id != BotId(0);
        match self.slots.values().find(is_same) {
            Some(other) => Err(BotError::SameToken(other.entry.id.0)),
            None => Ok(token),
        }
    }

    /// The counters of a bot: those that it had, if it is still the same one.
    fn vitals(&mut self, entry: &TelegramBot, id: BotId) -> Arc<BotVitals> {
        let slot = self.slots.get(&entry.id);
        match slot.filter(|slot| slot.vitals.id == id) {
            Some(slot) => Arc::clone(&slot.vitals),
            None => Arc::new(BotVitals::of_entry(entry.id, id)),
        }
    }

    fn put(&mut self, entry: &TelegramBot, vitals: Arc<BotVitals>, phase: Phase) {
        let slot = Slot {
            entry: entry.clone(),
            vitals: Arc::clone(&vitals),
            phase,
        };
        if let Some(before) = self.slots.insert(entry.id, slot) {
            self.roster.remove(&before.vitals);
        }
        self.roster.add(vitals);
    }

    /// A bot cannot be polled: it is said, shown, and tried again later.
    fn rest(&mut self, entry: &TelegramBot, error: BotError) -> Result<(), OnlyBotError> {
        if self.only == Some(entry.id) {
            let (id, name) = (entry.id, entry.name.clone());
            return Err(OnlyBotError { id, name, error });
        }
        tracing::error!(bot = entry.id.0, name = entry.name, %error, "a bot cannot be polled; it is tried again in {} s, and when its entry changes", AGAIN.as_secs());
        let id = match &error {
            // The number is that of another bot, or not known.
            BotError::SameToken(_) | BotError::Token(_) => BotId(0),
            _ => self
                .slots
                .get(&entry.id)
                .map_or(BotId(0), |slot| slot.vitals.id),
        };
        let vitals = self.vitals(entry, id);
        vitals.failed(error.state(), error.to_string());
        let until = Instant::now() + AGAIN;
        self.put(entry, vitals, Phase::Resting { until });
        Ok(())
    }

    /// A task ended: it was told to, or it could not go on.
    fn ended(
        &mut self,
        bot: TelegramBotId,
        outcome: Result<(), BotError>,
    ) -> Result<(), OnlyBotError> {
        let Some(slot) = self.slots.get(&bot) else {
            return Ok(());
        };
        let (entry, vitals) = (slot.entry.clone(), Arc::clone(&slot.vitals));
        match outcome {
            Err(error) if !slot.is_stopping() => return self.rest(&entry, error),
            Err(error) => {
                tracing::error!(bot = vitals.id.0, %error, "a bot did not end well");
            }
            Ok(()) => tracing::info!(
                bot = vitals.id.0,
                "the bot is polled no more; everything received is stored"
            ),
        }
        self.slots.remove(&entry.id);
        self.roster.remove(&vitals);
        Ok(())
    }
}

impl Slot {
    /// Goes on by what the bridge says now; `entry` is none when the bot is not to be polled.
    fn follow(&mut self, entry: Option<&TelegramBot>, bridge: &Arc<Bridge>) {
        let (phase, known) = (&mut self.phase, &mut self.entry);
        match (phase, entry) {
            (Phase::Running { rules, .. }, Some(entry)) if entry.token == known.token => {
                entry.clone_into(known);
                rules.send_replace(Arc::clone(bridge));
            }
            (Phase::Running { .. }, _) => self.stop(),
            (Phase::Resting { until }, Some(entry)) if entry != known => {
                *until = Instant::now();
            }
            (Phase::Resting { .. }, _) => {}
        }
    }

    fn stop(&self) {
        if let Phase::Running { stop, .. } = &self.phase {
            stop.send_replace(true);
        }
    }

    fn is_stopping(&self) -> bool {
        matches!(&self.phase, Phase::Running { stop, .. } if *stop.borrow())
    }

    fn is_running(&self) -> bool {
        matches!(self.phase, Phase::Running { .. })
    }

    fn is_due(&self) -> bool {
        self.resting_until()
            .is_some_and(|until| until <= Instant::now())
    }

    fn resting_until(&self) -> Option<Instant> {
        match self.phase {
            Phase::Resting { until } => Some(until),
            Phase::Running { .. } => None,
        }
    }
}
