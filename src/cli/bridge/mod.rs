//! `bounty bridge`: bots, what each of them listens for and how it answers; whom it is told what happens on which boards.

mod bot;
mod check;
mod commands;
mod config;
mod deliveries;
mod entity;
mod link;
mod listener;
mod notifier;
mod provider;
mod refusal;
mod retry;
mod rows;
mod target;
mod test;
mod tracker;
mod typed;
pub mod words;

use std::io::{Write, stdout};
use std::ops::ControlFlow;

use clap::Subcommand;
use serde_json::json;

use crate::audit::Reader;
use crate::bridge::{Asker, BridgeError, Executed, OpenBridge};
use crate::domain::bridge::{Bridge, BridgeCommand, BridgeUserId, EntityKind};
use crate::domain::{Actor, Cause, Event, Seq, StreamId};
use crate::engine::system_time;
use crate::store::Damage;

use super::Status;
use super::args::{DataArgs, Format, os_user, require_owner};
use super::output::visible_json;
use entity::Command;
use rows::{one, table};

/// Bots, what each of them listens for and how it answers, and notifications; works while the bot runs
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How the result is printed
    #[arg(long, global = true, value_enum, default_value_t = Format::Table)]
    format: Format,
    #[command(subcommand)]
    subject: Subject,
}

#[derive(Debug, Subcommand)]
enum Subject {
    /// What commands are for: type `bounty` is the boards of this data directory
    #[command(subcommand, alias = "service-provider")]
    Provider(Command<provider::Provider>),
    /// Bots, by references to their tokens
    #[command(subcommand, alias = "telegram-bot")]
    Bot(Command<bot::Bot>),
    /// Which commands are answered: language, form, page size, limits
    #[command(subcommand, alias = "command-config")]
    Config(Command<config::Config>),
    /// A provider answered by the rules of a config, switched on or off
    #[command(subcommand, alias = "command-tracker")]
    Tracker(Command<tracker::Tracker>),
    /// Which bot listens for which tracker
    #[command(subcommand, alias = "command-tracker-listener")]
    Listener(Command<listener::Listener>),
    /// Whom something is told: a chat or a web hook
    #[command(subcommand, alias = "notification-target")]
    Target(Command<target::Target>),
    /// Which boards are followed, and what of them is told: notification trackers, switched on or off
    #[command(subcommand, alias = "notification-tracker")]
    Notifier(Command<notifier::Notifier>),
    /// Which notifier tells which target, and when it does not
    #[command(subcommand, aliases = ["notification-tracker-target", "tracker-target"])]
    Link(Command<link::Link>),
    /// What would happen now: which bots are polled and why, which config answers which command, who is told what, what has no effect
    Check(check::Args),
    /// Send a test message to a target, now
    Test(test::Args),
    /// Whether a bot answers in a chat: each does until it is switched off there
    Commands(commands::Args),
    /// What was told to whom, and what became of it; of removed notifiers too
    Deliveries(deliveries::Args),
    /// Send again what failed; a target that is paused or unreachable is tried again
    Retry(retry::Args),
}

/// What is asked of one kind of entity.
enum Asked {
    List(EntityKind),
    Show(EntityKind, u64),
    Change(BridgeCommand),
    Check(check::Args),
    Test(test::Args),
    Commands(commands::Args),
    Deliveries(deliveries::Args),
    Retry(retry::Args),
}

impl Subject {
    fn asked(self) -> anyhow::Result<Asked> {
        match self {
            Self::Provider(command) => command.asked(),
            Self::Bot(command) => command.asked(),
            Self::Config(command) => command.asked(),
            Self::Tracker(command) => command.asked(),
            Self::Listener(command) => command.asked(),
            Self::Target(command) => command.asked(),
            Self::Notifier(command) => command.asked(),
            Self::Link(command) => command.asked(),
            Self::Check(args) => Ok(Asked::Check(args)),
            Self::Test(args) => Ok(Asked::Test(args)),
            Self::Commands(args) => Ok(Asked::Commands(args)),
            Self::Deliveries(args) => Ok(Asked::Deliveries(args)),
            Self::Retry(args) => Ok(Asked::Retry(args)),
        }
    }
}

pub fn run(data: &DataArgs, args: Args) -> anyhow::Result<Status> {
    let format = args.format;
    match args.subject.asked()? {
        Asked::Change(command) => change(data, &command, format),
        Asked::List(kind) => ask(data, |bridge, _, is_whole| {
            table(bridge, kind, format, is_whole).map(|()| Status::Done)
        }),
        Asked::Show(kind, id) => ask(data, |bridge, _, _| {
            one(bridge, kind, id, format).map(|()| Status::Done)
        }),
        Asked::Check(args) => ask(data, |bridge, reader, is_whole| {
            check::run(data, bridge, is_whole, reader, &args, format).map(|()| Status::Done)
        }),
        Asked::Commands(args) => ask(data, |bridge, _, _| {
            commands::run(data, bridge, &args, format)
        }),
        Asked::Deliveries(args) => deliveries::run(data, &args, format),
        Asked::Retry(args) => retry::run(data, &args, format),
        Asked::Test(args) => ask(data, |bridge, _, _| test::run(data, bridge, &args, format)),
    }
}

/// Reads the bridge, as far as its log is readable, and does what is asked with it, told whether that is all; nothing of it is changed.
fn ask(
    data: &DataArgs,
    answer: impl FnOnce(&Bridge, &Reader<'_>, bool) -> anyhow::Result<Status>,
) -> anyhow::Result<Status> {
    data.require()?;
    let (disk, layout) = (data.disk(), data.layout());
    let reader = Reader::new(&*disk, &layout);
    let (bridge, damage) = match read(&reader)? {
        // Nothing is left of it, which is another thing than a bridge where nothing was set up.
        (bridge, Some(damage)) if bridge.seq() == Seq(0) => return Err(damage.into()),
        read => read,
    };
    let status = answer(&bridge, &reader, damage.is_none())?;
    if let Some(damage) = &damage {
        to_stderr!("error: {damage}");
        return Ok(Status::Problem);
    }
    Ok(status)
}

fn change(data: &DataArgs, command: &BridgeCommand, format: Format) -> anyhow::Result<Status> {
    let layout = data.layout();
    require_owner(&layout.stream(StreamId::Bridge))?;
    if rustix::process::geteuid().is_root() {
        // What root makes in the directory of another user, that user could not open.
        require_owner(layout.root())?;
    }
    let mut bridge = OpenBridge::new(data.disk(), layout);
    let user = os_user();
    let by = Asker {
        user: BridgeUserId::OPERATOR,
        actor: Actor::Operator {
            name: user.as_str().into(),
        },
        cause: Cause::Cli { user },
        now: system_time(),
    };
    let executed = bridge.execute(command, &by).map_err(|error| match error {
        BridgeError::Refused(refusal) => anyhow::anyhow!(refusal::words(&refusal)),
        BridgeError::Store(error) => error.into(),
    })?;
    print_executed(&executed, format)?;
    Ok(Status::Done)
}

fn print_executed(executed: &Executed, format: Format) -> anyhow::Result<()> {
    let mut out = stdout().lock();
    match format {
        Format::Table => writeln!(out, "{}", words::executed(executed))?,
        Format::Json => {
            let Executed { seq, event, .. } = executed;
            let report = json!({ "seq": seq, "type": event.name(), "data": event.data() });
            let report = serde_json::to_string_pretty(&report)?;
            writeln!(out, "{}", visible_json(&report))?;
        }
    }
    Ok(())
}

/// The bridge, and where its log stops being readable or was cut.
fn read(reader: &Reader<'_>) -> anyhow::Result<(Bridge, Option<Damage>)> {
    let mut bridge = Bridge::default();
    let extent = reader.read_extent(StreamId::Bridge, &mut |line| {
        bridge.evolve(line.record);
        ControlFlow::Continue(())
    })?;
    Ok((bridge, extent.and_then(|extent| extent.damage)))
}
