//! `bounty bridge test`: one message to a target, now, and what came of it.

use std::io::{Write, stdout};

use anyhow::{Context, anyhow, bail};
use chrono_tz::Tz;
use serde_json::json;
use tokio::runtime;
use uuid::Uuid;

use super::refusal;
use super::rows::print_json;
use crate::cli::args::{DataArgs, Format, HookArgs, api_url};
use crate::cli::output::visible;
use crate::cli::{Status, UsageError};
use crate::domain::bridge::{
    Bridge, EntityKind, NotificationTarget, NotificationTargetId, Place, Refusal, TelegramPlace,
    WebhookPlace,
};
use crate::domain::notifier::Outcome;
use crate::domain::{ChatId, Locale};
use crate::engine::system_time;
use crate::notify;
use crate::notify::telegram::Post;
use crate::notify::webhook::{CloudEvent, Hook};
use crate::telegram::{Token, bot};
use crate::text::{Say, Texts, View};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The target
    id: NotificationTargetId,
    /// The language of a message in Telegram: en, ru
    #[arg(long, default_value = Locale::English.as_str())]
    locale: String,
    #[command(flatten)]
    hooks: HookArgs,
}

/// What came of the message.
struct Came {
    outcome: Outcome,
    message_id: Option<i64>,
    /// The chat's new id.
    moved_to: Option<ChatId>,
}

/// Sends the message and says what came of it.
pub fn run(
    data: &DataArgs,
    bridge: &Bridge,
    args: &Args,
    format: Format,
) -> anyhow::Result<Status> {
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
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.context("cannot start the runtime")?;
    let came = match target.place() {
        Some(Place::Telegram(place)) => runtime.block_on(telegram(bridge, target, &place, locale)),
        Some(Place::Webhook(place)) => runtime.block_on(webhook(target, &place, &args.hooks)),
        None => bail!(
            "nothing can be sent to target {}; `bounty bridge check` says why",
            target.id
        ),
    };
    report(data, target, &came?, format)
}

async fn telegram(
    bridge: &Bridge,
    target: &NotificationTarget,
    place: &TelegramPlace,
    locale: Locale,
) -> anyhow::Result<Came> {
    let entry = bridge.bots.get(place.bot_id);
    let entry = entry.with_context(|| format!("bot {} is not there", place.bot_id))?;
    // The error says already what is below it.
    let token = Token::read(&entry.token).map_err(|error| anyhow!("bot {}: {error}", entry.id))?;
    let client = bot(token.secret(), api_url()?)
        .map_err(|error| anyhow!("cannot start an HTTP client: {error}"))?;
    let view = View {
        locale,
        zone: Tz::UTC,
        at: system_time().seconds(),
    };
    let say = Say::TestMessage {
        target: &target.name,
    };
    let text = Texts::new().render(&say, &[], &view);
    let post = Post {
        chat: place.chat_id,
        topic: place.topic_id,
        action: target.chat_action,
        html: &text.html,
    };
    let sent = notify::telegram::Sender::new(client).send(&post).await;
    Ok(Came {
        message_id: sent.outcome.message_id(),
        outcome: sent.outcome.into(),
        moved_to: sent.moved_to,
    })
}

async fn webhook(
    target: &NotificationTarget,
    place: &WebhookPlace,
    hooks: &HookArgs,
) -> anyhow::Result<Came> {
    let sender = notify::webhook::Sender::new(hooks.guard()?)?;
    let hook = Hook::read(place).with_context(|| format!("target {}", target.id))?;
    let now = system_time();
    let event = CloudEvent::new(
        Uuid::now_v7().to_string(),
        "/bridge".to_owned(),
        "bounty.test".to_owned(),
        now,
        json!({ "target": target.name }),
    );
    Ok(Came {
        outcome: sender.send(&hook, &event, now).await.into(),
        message_id: None,
        moved_to: None,
    })
}

fn report(
    data: &DataArgs,
    target: &NotificationTarget,
    came: &Came,
    format: Format,
) -> anyhow::Result<Status> {
    let id = target.id;
    if let Some(chat) = came.moved_to {
        let edit = data
            .layout()
            .command(&format!("bridge target edit {id} --chat {chat}"));
        to_stderr!("the chat has the id {chat} now; `{edit}` says so to the bridge");
    }
    if format == Format::Json {
        print_json(&json!({
            "target": id,
            "status": came.outcome.status(),
            "message_id": came.message_id,
            "moved_to": came.moved_to,
            "reason": came.outcome.reason(),
        }))?;
        return Ok(Status::from(came.outcome != Outcome::Delivered));
    }
    match &came.outcome {
        Outcome::Delivered => {
            let name = visible(&target.name);
            writeln!(stdout(), "The message reached target {id} \"{name}\"")?;
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
