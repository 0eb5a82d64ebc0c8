//! `bounty bridge commands`: whether a bot answers in a chat.

use std::io::{Write, stdout};

use anyhow::Context;
use chrono_tz::Tz;
use clap::ValueEnum;
use serde_json::json;

use super::refusal;
use super::rows::print_json;
use crate::cli::Status;
use crate::cli::args::{DataArgs, Format, os_user, require_owner, settings};
use crate::domain::board::{Change, ChatKind, Command};
use crate::domain::bridge::{Bridge, EntityKind, Refusal, TelegramBotId};
use crate::domain::{Actor, BotId, Cause, ChatId};
use crate::engine::{Ask, Chat, Engine, Outcome, Request, Terms, system_time};
use crate::telegram::Token;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The bot
    bot: TelegramBotId,
    /// The chat
    #[arg(allow_negative_numbers = true)]
    chat: ChatId,
    /// Whether the bot answers there
    #[arg(value_enum)]
    switch: Switch,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Switch {
    On,
    Off,
}

pub fn run(
    data: &DataArgs,
    bridge: &Bridge,
    args: &Args,
    format: Format,
) -> anyhow::Result<Status> {
    anyhow::ensure!(args.chat.0 != 0, "0 is no chat's id");
    let Some(bot) = bridge.bots.get(args.bot) else {
        let refusal = Refusal::Unknown {
            kind: EntityKind::Bot,
            id: args.bot.0,
            removed: bridge.bots.ever_had(args.bot),
        };
        anyhow::bail!(refusal::words(&refusal));
    };
    let token = Token::read(&bot.token);
    let telegram_id = token
        .context("the bot's token tells which one it is")?
        .bot_id();
    let enabled = matches!(args.switch, Switch::On);
    switch(data, args.chat, telegram_id, enabled)?;
    match format {
        Format::Json => print_json(&json!({
            "telegram_bot_id": args.bot,
            "chat_id": args.chat,
            "commands_enabled": enabled,
        }))?,
        Format::Table if enabled => {
            writeln!(stdout(), "Bot {} answers in chat {}", args.bot, args.chat)?;
        }
        Format::Table => writeln!(
            stdout(),
            "Bot {} does not answer in chat {}",
            args.bot,
            args.chat
        )?,
    }
    Ok(Status::Done)
}

/// Records it in the chat's own log. A bot that runs sees it there.
fn switch(data: &DataArgs, chat: ChatId, bot: BotId, enabled: bool) -> anyhow::Result<()> {
    let (disk, layout) = (data.disk(), data.layout());
    require_owner(&layout.chat(chat))?;
    let kind = if chat.is_group() {
        ChatKind::Group
    } else {
        ChatKind::Private
    };
    let user = os_user();
    let engine = Engine::open(disk, layout, settings(Tz::UTC))?;
    let reply = engine.ask(Request {
        chat: Chat {
            id: chat,
            kind,
            title: None,
        },
        actor: Actor::Operator {
            name: user.as_str().into(),
        },
        cause: Cause::Cli { user },
        at: system_time().seconds(),
        ask: Ask::Command(Command::Change(Change::SwitchCommands { bot, enabled })),
        terms: Terms::default(),
    });
    engine.close();
    match reply.outcome {
        Outcome::Answer(_) | Outcome::Silent | Outcome::Off => Ok(()),
        Outcome::Trouble(_) => anyhow::bail!(
            "chat {chat} takes no change now: what is wrong stands above; `bounty verify {chat}` says more"
        ),
    }
}
