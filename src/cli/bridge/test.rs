//! `bounty bridge test`: one message to a target, now, and what came of it.

use std::io::{Write, stdout};

use anyhow::{Context, bail};
use chrono_tz::Tz;
use serde_json::{Value, json};
use tokio::runtime;

use super::refusal;
use super::rows::print_json;
use crate::cli::args::{Format, api_url};
use crate::cli::output::visible;
use crate::cli::{Status, UsageError};
use crate::domain::Locale;
use crate::domain::bridge::{
    Bridge, EntityKind, NotificationTarget, NotificationTargetId, Place, Refusal, TelegramPlace,
};
use crate::engine::system_time;
use crate::notify::telegram::{Outcome, Post, Sender, Sent};
use crate::telegram::{Token, bot, describe};
use crate::text::{Say, Texts, View};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The target
    id: NotificationTargetId,
    /// The language of the message: en, ru
    #[arg(long, default_value = Locale::English.as_str())]
    locale: String,
}

/// Sends the message and says what came of it.
pub fn run(bridge: &Bridge, args: &Args, format: Format) -> anyhow::Result<Status> {
    let locale = Locale::named(&args.locale);
    let locale = locale.ok_or_else(|| {
        let known = Locale::WORDS.join(", ");
        UsageError(format!("there is no such language; --locale takes {known}"))
    })?;
    let Some(target) = bridge.targets.get(args.id) else {
        let refusal = Refusal::Unknown {
            kind: EntityKind::Target,
            id: args.id.0,
            removed: bridge.targets.ever_had(args.id),
        };
        bail!(refusal::words(&refusal));
    };
    match target.place() {
        Some(Place::Telegram(place)) => {
            let sent = telegram(bridge, target, &place, locale)?;
            report(target, &place, &sent, format)
        }
        Some(Place::Webhook(_)) | None => bail!(
            "target {} is of type {}, which this program keeps but does not serve",
            target.id,
            visible(&target.target_type)
        ),
    }
}

fn telegram(
    bridge: &Bridge,
    target: &NotificationTarget,
    place: &TelegramPlace,
    locale: Locale,
) -> anyhow::Result<Sent> {
    let entry = bridge.bots.get(place.bot_id);
    let entry = entry.with_context(|| format!("bot {} is not there", place.bot_id))?;
    let token = Token::read(&entry.token).with_context(|| format!("bot {}", entry.id))?;
    let client = bot(token.secret(), api_url()?)
        .map_err(|error| anyhow::anyhow!("cannot start an HTTP client: {}", describe(&error)))?;
    let view = View {
        locale,
        zone: Tz::UTC,
        at: system_time().seconds(),
    };
    let text = Texts::new().render(
        &Say::TestMessage {
            target: &target.name,
        },
        &[],
        &view,
    );
    let post = Post {
        chat: place.chat_id,
        topic: place.topic_id,
        action: target.chat_action,
        html: &text.html,
    };
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.context("cannot start the runtime")?;
    Ok(runtime.block_on(Sender::new(client).send(&post)))
}

fn report(
    target: &NotificationTarget,
    place: &TelegramPlace,
    sent: &Sent,
    format: Format,
) -> anyhow::Result<Status> {
    if let Some(chat) = sent.moved_to {
        eprintln!(
            "the chat has the id {chat} now; `bounty bridge target edit {} --chat {chat}` says so to the bridge",
            target.id
        );
    }
    if format == Format::Json {
        print_json(&json(target, sent))?;
        return Ok(Status::from(!matches!(
            sent.outcome,
            Outcome::Delivered { .. }
        )));
    }
    let id = target.id;
    match &sent.outcome {
        Outcome::Delivered { .. } => {
            let chat = sent.moved_to.unwrap_or(place.chat_id);
            writeln!(stdout(), "The message to target {id} is in chat {chat}")?;
            Ok(Status::Done)
        }
        Outcome::Retry { reason, .. } => {
            bail!("target {id} got nothing: {reason}; try again later")
        }
        Outcome::Refused { reason } => bail!("target {id} got nothing: {reason}"),
        Outcome::Unreachable { reason } => bail!(
            "target {id} got nothing: {reason}; add the bot to the chat and let it write there, a person has to write to it first"
        ),
        Outcome::Unknown { reason } => {
            bail!("nobody knows whether target {id} got the message: {reason}; look there")
        }
    }
}

fn json(target: &NotificationTarget, sent: &Sent) -> Value {
    let (status, message_id, reason) = match &sent.outcome {
        Outcome::Delivered { message_id } => ("delivered", *message_id, None),
        Outcome::Retry { reason, .. } => ("retry", None, Some(reason)),
        Outcome::Refused { reason } => ("refused", None, Some(reason)),
        Outcome::Unreachable { reason } => ("unreachable", None, Some(reason)),
        Outcome::Unknown { reason } => ("unknown", None, Some(reason)),
    };
    json!({
        "target": target.id,
        "status": status,
        "message_id": message_id,
        "moved_to": sent.moved_to,
        "reason": reason,
    })
}
