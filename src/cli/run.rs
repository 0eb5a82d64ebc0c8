//! `bounty run`: the Telegram bot.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch::channel;

use crate::bridge::{Asker, OpenBridge, watch};
use crate::domain::bridge::BridgeUserId;
use crate::domain::{Actor, Cause};
use crate::engine::{Engine, Settings, system_time};
use crate::metrics::{ListenAddress, Watched, serve};
use crate::notify::webhook::Guard;
use crate::notify::{Notifications, Post};
use crate::store::{Disk, Layout};
use crate::telegram::{Front, Ground, Pool, Stop};

use super::Status;
use super::args::{DataArgs, HookArgs, ZoneArgs, api_url, settings};

/// How long a stop may take before the process ends anyway; everything acknowledged is durable by then.
const STOP_LIMIT: Duration = Duration::from_secs(15);

/// The variable whose token is enough to start with.
const TOKEN: &str = "TELOXIDE_TOKEN";
/// There is no bot to run.
const NO_BOT: &str = "no bot token: get one from @BotFather in Telegram (/newbot) and either set TELOXIDE_TOKEN to it, or say with \
     `bounty bridge bot add` where it is to be found, and let the bot listen (`bounty bridge listener add`); `bounty shell` works without one";

/// Run the bots: that of TELOXIDE_TOKEN, and those of `bounty bridge`; another Bot API server comes from TELOXIDE_API_URL
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
    /// Set a bot's command menu anew when the bridge has not changed for this long, in seconds
    #[arg(
        long,
        value_name = "SECONDS",
        env = "BOUNTY_MENU_DELAY",
        default_value_t = 10
    )]
    menu_delay: u32,
    #[command(flatten)]
    hooks: HookArgs,
    /// Serve /metrics, /healthz and /readyz over HTTP: PORT and :PORT on this machine alone, HOST:PORT elsewhere; port 0 is a free one
    #[arg(long, value_name = "ADDR", env = "BOUNTY_METRICS")]
    metrics: Option<ListenAddress>,
}

pub fn run(data: &DataArgs, args: &Args) -> anyhow::Result<Status> {
    let api_url = api_url()?;
    let flood_limit = Some(args.flood_limit).filter(|limit| *limit > 0);
    let settings = Settings {
        flood_limit,
        open_logs: super::open_files::allow_most(),
        ..settings(args.zone.tz)
    };
    let service = Service {
        guard: args.hooks.guard()?,
        disk: data.disk(),
        layout: data.layout(),
        settings,
        menu_rest: Duration::from_secs(args.menu_delay.into()),
        metrics: args.metrics.clone(),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    let outcome = runtime.block_on(service.run(api_url));
    runtime.shutdown_timeout(Duration::from_secs(1));
    outcome.map(|()| Status::Done)
}

struct Service {
    guard: Guard,
    disk: Arc<dyn Disk>,
    layout: Layout,
    settings: Settings,
    menu_rest: Duration,
    metrics: Option<ListenAddress>,
}

impl Service {
    async fn run(self, api_url: Option<url::Url>) -> anyhow::Result<()> {
        let mut stop = stop_on_signal()?;
        let mut bridge = OpenBridge::new(Arc::clone(&self.disk), self.layout.clone());
        bridge.refresh()?;
        let has_token = std::env::var(TOKEN).is_ok_and(|token| !token.trim().is_empty());
        anyhow::ensure!(has_token || bridge.state().bots.iter().len() > 0, NO_BOT);
        let listener = listen(self.metrics.as_ref()).await?;
        let engine = Arc::new(Engine::open(
            Arc::clone(&self.disk),
            self.layout.clone(),
            self.settings,
        )?);
        #[cfg(feature = "import")]
        super::import::name_left_behind(Arc::clone(&self.disk), self.layout.clone())?;
        if has_token {
            set_up(&mut bridge)?;
        }
        let bridge = watch(bridge, engine.reports())
            .context("cannot start the thread that watches the bridge")?;
        let watched = Arc::new(Watched::new(engine.monitor()));
        tokio::spawn(say_when_stopping(stop.clone(), Arc::clone(&watched)));
        if let Some(listener) = listener {
            tokio::spawn(serve(listener, Arc::clone(&watched)));
        }
        let notifications = Notifications {
            disk: Arc::clone(&self.disk),
            layout: self.layout.clone(),
            bridge: bridge.clone(),
            changes: engine.changes(),
            long_logs: engine.long_logs(),
            reports: engine.reports(),
            courier: Arc::new(Post::new(
                bridge.clone(),
                api_url.clone(),
                self.guard,
                self.settings.zone,
                self.settings.now,
            )?),
            now: self.settings.now,
            bugs: Arc::clone(&watched.notifier_bugs),
        };
        let (end, mut ended) = channel(false);
        notifications.hear();
        // What is wrong with them never touches the bots.
        let notifying = tokio::spawn(async move { notifications.run(&mut ended).await });
        let ground = Ground {
            front: Front::new(Arc::clone(&engine), self.settings.zone),
            disk: self.disk,
            layout: self.layout,
            api_url,
            menu_rest: self.menu_rest,
        };
        let polled = Pool::new(ground, bridge, watched.roster.clone())
            .run(&mut stop)
            .await;
        watched.stop();
        end.send_replace(true);
        notifying
            .await
            .context("the notifications ended by a bug")?;
        close(engine).await?;
        tracing::info!("stopped; everything received is stored");
        polled.map_err(anyhow::Error::from)
    }
}

/// Makes the bot of [`TOKEN`] an entry of the bridge, unless it is one.
fn set_up(bridge: &mut OpenBridge) -> anyhow::Result<()> {
    let by = Asker {
        user: BridgeUserId::SYSTEM,
        actor: Actor::System {},
        cause: Cause::System {},
        now: system_time(),
    };
    if bridge
        .set_up(TOKEN, &by)
        .context("cannot set up the bridge")?
    {
        tracing::info!(
            "the bot of {TOKEN} is now an entry of the bridge; `bounty bridge` shows and changes how it answers"
        );
    }
    Ok(())
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

/// Writes the last snapshots, off the runtime's threads.
async fn close(engine: Arc<Engine>) -> anyhow::Result<()> {
    let closing = tokio::task::spawn_blocking(move || drop(engine));
    match tokio::time::timeout(STOP_LIMIT, closing).await {
        Ok(closed) => closed.context("closing the boards ended by a bug"),
        Err(_) => anyhow::bail!("the last snapshots took too long; `bounty replay` writes them"),
    }
}

/// From the signal on it is said, and not only when everything received is stored and answered.
async fn say_when_stopping(mut stop: Stop, watched: Arc<Watched>) {
    // There is no signal any more when the process ends for another reason.
    if stop.wait_for(|stop| *stop).await.is_ok() {
        watched.stop();
        tracing::info!("stopping: what was received is stored and answered first");
    }
}

/// Becomes true at SIGINT or SIGTERM.
fn stop_on_signal() -> anyhow::Result<Stop> {
    let (sender, receiver) = channel(false);
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
