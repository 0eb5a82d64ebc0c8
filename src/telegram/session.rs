//! One bot from its token to its last confirmation.

use std::sync::{Arc, Weak};
use std::time::Duration;

use teloxide::Bot;
use tokio::join;
use tokio::sync::{oneshot, watch};

use crate::domain::bridge::{Bridge, SecretRef, TelegramBot, active_bots};
use crate::store::{Disk, Layout, StoreError};

use super::api::bot;
use super::failure::CallError;
use super::front::Front;
use super::lock::PollerLock;
use super::menu::{Menu, clear};
use super::outbox::{OnMigrated, Outbox};
use super::poller::{PollError, Poller, Stop, identify};
use super::rules::Rules;
use super::token::{Token, TokenError};
use super::update::BotIdentity;
use super::vitals::{BotVitals, PollState};

/// How long the last answers may take.
const DRAIN: Duration = Duration::from_secs(5);

/// What the bots of a process share.
pub struct Ground {
    pub disk: Arc<dyn Disk>,
    pub layout: Layout,
    /// Another Bot API server than Telegram's.
    pub api_url: Option<url::Url>,
    /// A front before the engine, without any bot's rules.
    pub front: Front,
    /// How long the bridge must have rested before the bots' menus follow it.
    pub menu_rest: Duration,
}

/// Why a bot is not polled, though it is to be.
#[derive(Debug, thiserror::Error)]
pub enum BotError {
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error("its token is that of bot {0}, which is polled already; each bot needs its own")]
    SameToken(u64),
    #[error(
        "Telegram refuses the bot's token: get a valid one from @BotFather (/token) and {}",
        put(.0)
    )]
    Refused(SecretRef),
    #[error("cannot start an HTTP client: {0}")]
    Client(String),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("a bug ended its poller")]
    Panicked,
}

/// Where a new token is to be put.
fn put(place: &SecretRef) -> String {
    match place {
        SecretRef::Env(name) => format!("set {name}"),
        SecretRef::File(path) => format!("put it in {path}"),
    }
}

impl BotError {
    /// What is to be shown of a bot with this trouble.
    pub fn state(&self) -> PollState {
        match self {
            Self::Token(_) | Self::SameToken(_) => PollState::NoToken,
            Self::Refused(_) => PollState::Refused,
            Self::Client(_) | Self::Store(_) | Self::Panicked => PollState::Failing,
        }
    }
}

/// One bot at work.
pub struct Session {
    pub ground: Arc<Ground>,
    pub entry: TelegramBot,
    pub token: Token,
    pub vitals: Arc<BotVitals>,
    /// By what it answers, also what it has received when it is told to stop.
    pub rules: watch::Receiver<Arc<Bridge>>,
    pub bridge: watch::Receiver<Arc<Bridge>>,
    pub stop: Stop,
}

impl Session {
    /// Polls until it is told to stop; then everything received is durable and confirmed.
    pub async fn run(mut self) -> Result<(), BotError> {
        let client = |error: CallError| BotError::Client(error.to_string());
        let bot = bot(self.token.secret(), self.ground.api_url.clone()).map_err(client)?;
        let place = self.entry.token.clone();
        let refused = |PollError::Unauthorized| BotError::Refused(place.clone());
        let identified = identify(&bot, &self.vitals, &mut self.stop).await;
        let Some(identity) = identified.map_err(refused)? else {
            return Ok(());
        };
        let Some(_lock) = self.lock(&identity).await? else {
            return Ok(());
        };
        self.work(bot, identity).await.map_err(refused)
    }

    /// Waits until no other process polls the bot on the same data; none when it is told to stop before.
    async fn lock(&mut self, identity: &BotIdentity) -> Result<Option<PollerLock>, StoreError> {
        self.vitals.is_now(PollState::Waiting);
        let Ground { disk, layout, .. } = &*self.ground;
        let lock = PollerLock::wait(Arc::clone(disk), layout, identity.id, &mut self.stop).await?;
        if lock.is_some() {
            tracing::info!(bot = identity.id.0, username = identity.username, data = %layout.root().display(), "the bot runs");
        }
        Ok(lock)
    }

    /// Polls, and keeps the menu beside it. The menu goes when nothing listens through the bot any more.
    async fn work(mut self, bot: Bot, identity: BotIdentity) -> Result<(), PollError> {
        let front = Arc::new(self.ground.front.ruled(Rules {
            bridge: self.rules.clone(),
            bot: self.entry.id,
        }));
        let menu = Menu {
            bot: bot.clone(),
            id: self.entry.id,
            front: Arc::clone(&front),
            bridge: self.rules,
            rest: self.ground.menu_rest,
        };
        let menu = tokio::spawn(menu.follow());
        let on_migrated = on_migrated(Arc::downgrade(&front));
        let outbox = Outbox::new(bot.clone(), Arc::clone(&self.vitals), on_migrated);
        let poller = Poller {
            bot: bot.clone(),
            identity,
            front,
            outbox: outbox.clone(),
            vitals: self.vitals,
        };
        let polled = poller.run(&mut self.stop).await;
        menu.abort();
        // It holds the boards open until it has ended; that it was aborted is no news.
        let _ = menu.await;
        let is_heard = active_bots(&self.bridge.borrow()).contains_key(&self.entry.id);
        let cleared = async {
            if polled.is_ok() && !is_heard {
                clear(&bot, DRAIN).await;
            }
        };
        join!(outbox.drained(DRAIN), cleared);
        polled
    }
}

/// A group's new id that became known when a message was refused. The outbox must not keep the boards open.
fn on_migrated(front: Weak<Front>) -> OnMigrated {
    Arc::new(move |from, to| {
        let (sender, calls) = oneshot::channel();
        if let Some(front) = front.upgrade() {
            let now = chrono::Utc::now().timestamp();
            front.moved(from, to, now, move |response| {
                let is_done = response.trouble.is_none();
                // The receiver is gone when the process stops.
                let _ = sender.send(if is_done { response.calls } else { Vec::new() });
            });
        }
        calls
    })
}
