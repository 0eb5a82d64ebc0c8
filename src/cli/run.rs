//! `bounty run`: the Telegram bot.

use std::sync::{Arc, Weak};
use std::time::Duration;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{oneshot, watch};

use crate::domain::BotId;
use crate::engine::{Engine, Settings};
use crate::metrics::{ListenAddress, Watched, serve};
use crate::store::{Disk, Layout};
use crate::telegram::{
    BotVitals, Front, OnMigrated, Outbox, PollError, PollState, Poller, PollerLock, bot, identify,
    register_menu,
};

use super::Status;
use super::args::{DataArgs, ZoneArgs, settings};

/// How long a stop may take before the process ends anyway; everything acknowledged is durable by then.
const STOP_LIMIT: Duration = Duration::from_secs(15);

/// Run the bot; its token comes from TELOXIDE_TOKEN, another Bot API server from TELOXIDE_API_URL
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    zone: ZoneArgs,
    /// The most changing commands of one user in one chat within a minute; 0 = no limit
    #[arg(
        long,
        value_name = "N",
        env = "BOUNTY_FLOOD_LIMIT",
        default_value_t = 20
    )]
    flood_limit: u32,
    /// Serve /metrics, /healthz and /readyz over HTTP: PORT and :PORT on this machine alone, HOST:PORT elsewhere; port 0 is a free one
    #[arg(long, value_name = "ADDR", env = "BOUNTY_METRICS")]
    metrics: Option<ListenAddress>,
}

pub fn run(data: &DataArgs, args: &Args) -> anyhow::Result<Status> {
    let token = std::env::var("TELOXIDE_TOKEN").ok().filter(|token| !token.trim().is_empty()).context(
        "no bot token: get one from @BotFather in Telegram (/newbot) and set TELOXIDE_TOKEN to it; \
         `bounty shell` works without one",
    )?;
    let api_url = match std::env::var("TELOXIDE_API_URL") {
        Ok(url) if !url.is_empty() => Some(api_url(&url)?),
        _ => None,
    };
    let flood_limit = Some(args.flood_limit).filter(|limit| *limit > 0);
    let settings = Settings {
        flood_limit,
        ..settings(args.zone.tz)
    };
    let service = Service {
        disk: data.disk(),
        layout: data.layout(),
        settings,
        metrics: args.metrics.clone(),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    let outcome = runtime.block_on(service.run(token.trim(), api_url));
    runtime.shutdown_timeout(Duration::from_secs(1));
    outcome.map(|()| Status::Done)
}

/// The address of a Bot API server; teloxide panics on one without a host, such as `localhost:8081`.
fn api_url(url: &str) -> anyhow::Result<url::Url> {
    let parsed = url::Url::parse(url).ok();
    let is_http = |url: &url::Url| matches!(url.scheme(), "http" | "https");
    parsed.filter(is_http).with_context(|| {
        format!("TELOXIDE_API_URL is no address like http://localhost:8081: {url}")
    })
}

struct Service {
    disk: Arc<dyn Disk>,
    layout: Layout,
    settings: Settings,
    metrics: Option<ListenAddress>,
}

impl Service {
    async fn run(self, token: &str, api_url: Option<url::Url>) -> anyhow::Result<()> {
        let mut stop = stop_on_signal()?;
        let bot = bot(token, api_url).context("cannot start an HTTP client")?;
        let listener = listen(self.metrics.as_ref()).await?;
        let engine = Arc::new(Engine::open(
            Arc::clone(&self.disk),
            self.layout.clone(),
            self.settings,
        )?);
        let vitals = Arc::new(BotVitals::new(bot_id(token)));
        let watched = Arc::new(Watched::new(engine.monitor()));
        watched.add(Arc::clone(&vitals));
        if let Some(listener) = listener {
            tokio::spawn(serve(listener, Arc::clone(&watched)));
        }
        let Some(identity) = identify(&bot, &vitals, &mut stop).await? else {
            return Ok(());
        };
        vitals.is_now(PollState::Waiting);
        let lock =
            PollerLock::wait(Arc::clone(&self.disk), &self.layout, identity.id, &mut stop).await?;
        let Some(_lock) = lock else { return Ok(()) };
        tracing::info!(bot = identity.id.0, username = identity.username, data = %self.layout.root().display(), "the bot runs");

        let front = Arc::new(Front::new(Arc::clone(&engine), self.settings.zone));
        let menu = {
            let (front, bot) = (Arc::clone(&front), bot.clone());
            tokio::spawn(async move { register_menu(&bot, front.texts()).await })
        };
        let on_migrated = on_migrated(Arc::downgrade(&front));
        let outbox = Outbox::new(bot.clone(), Arc::clone(&vitals), on_migrated);
        let poller = Poller {
            bot,
            identity,
            front,
            outbox: outbox.clone(),
            vitals,
        };
        let polled = poller.run(&mut stop).await;
        watched.stop();
        menu.abort();
        // It holds the boards open until it has ended; that it was aborted is no news.
        let _ = menu.await;
        tracing::info!("stopping");
        outbox.drained(STOP_LIMIT / 3).await;
        drop(poller);
        close(engine).await?;
        tracing::info!("stopped; everything received is stored");
        polled.map_err(PollError::into)
    }
}

/// Binds the address for metrics, before anything is begun that would have to be undone.
async fn listen(address: Option<&ListenAddress>) -> anyhow::Result<Option<TcpListener>> {
    let Some(address) = address else {
        return Ok(None);
    };
    let cannot = || format!("cannot serve metrics on {address} (--metrics, BOUNTY_METRICS)");
    let listener = TcpListener::bind((address.host.as_str(), address.port))
        .await
        .with_context(cannot)?;
    let bound = listener.local_addr().with_context(cannot)?;
    tracing::info!(address = %bound, "metrics are served");
    Ok(Some(listener))
}

/// The bot's id, which stands before the colon of its token; 0 in what is no token, which Telegram will refuse.
fn bot_id(token: &str) -> BotId {
    let (id, _) = token.split_once(':').unwrap_or_default();
    BotId(id.parse().unwrap_or(0))
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

/// Writes the last snapshots, off the runtime's threads.
async fn close(engine: Arc<Engine>) -> anyhow::Result<()> {
    let closing = tokio::task::spawn_blocking(move || drop(engine));
    match tokio::time::timeout(STOP_LIMIT, closing).await {
        Ok(closed) => closed.context("closing the boards ended by a bug"),
        Err(_) => anyhow::bail!("the last snapshots took too long; `bounty replay` writes them"),
    }
}

/// Becomes true at SIGINT or SIGTERM.
fn stop_on_signal() -> anyhow::Result<watch::Receiver<bool>> {
    let (sender, receiver) = watch::channel(false);
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot handle SIGINT")?;
    let mut terminate = signal(SignalKind::terminate()).context("cannot handle SIGTERM")?;
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        // The receiver is held by the service as long as it runs.
        let _ = sender.send(true);
    });
    Ok(receiver)
}
