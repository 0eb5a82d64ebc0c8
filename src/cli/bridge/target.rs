//! `bounty bridge target`.

use anyhow::Context;
use clap::Args;

use super::entity::{Editable, Entity};
use super::typed::{Label, clearable, secret};
use crate::cli::UsageError;
use crate::domain::ChatId;
use crate::domain::bridge::{
    BridgeCommand, EntityKind, NotificationCommand, NotificationTargetId, TELEGRAM, TargetParts,
    TelegramBotId, UrlWish,
};

const NO_SWITCH: &str = "a target has no switch; what is switched is a link to it, or a notifier with all its links: `bounty bridge link disable ID`, `bounty bridge notifier disable ID`";

#[derive(Debug)]
pub enum Target {}

/// Add a target: a chat with --bot and --chat, a web hook with --type webhook, --url and its key
#[derive(Debug, Args)]
pub struct New {
    /// What it is, for ever: telegram or webhook; other types are kept, but not served
    #[arg(long = "type", value_name = "TYPE", default_value = TELEGRAM)]
    target_type: String,
    #[command(flatten)]
    parts: Parts,
}

#[derive(Debug, Args)]
pub struct Parts {
    #[command(flatten)]
    label: Label,
    #[command(flatten)]
    telegram: Telegram,
    #[command(flatten)]
    webhook: Webhook,
    /// Other types: its settings, as one JSON object; a secret in it is a reference: {"env": "NAME"} or {"file": "PATH"}
    #[arg(long, value_name = "JSON")]
    config: Option<String>,
}

#[derive(Debug, Args)]
struct Telegram {
    /// Telegram: the bot that writes
    #[arg(long, value_name = "ID")]
    bot: Option<TelegramBotId>,
    /// Telegram: the chat that it writes to
    #[arg(long, value_name = "ID", allow_negative_numbers = true)]
    chat: Option<ChatId>,
    /// Telegram: the topic of a forum; none for the chat itself
    #[arg(long, value_name = "ID|none")]
    topic: Option<String>,
    /// Telegram: what the bot is shown to be doing before it writes, like typing; none for nothing
    #[arg(long, value_name = "ACTION|none")]
    chat_action: Option<String>,
}

#[derive(Debug, Args)]
struct Webhook {
    #[command(flatten)]
    url: Url,
    #[command(flatten)]
    key: Key,
    /// Web hook: seconds until an answer is waited for no longer
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    timeout: Option<i64>,
}

/// The address, which may be a secret itself.
#[derive(Debug, Args)]
#[group(multiple = false)]
struct Url {
    /// Web hook: the address, without credentials
    #[arg(long)]
    url: Option<String>,
    /// Web hook: the variable of the environment of `bounty run` that has the address, when it is a secret itself
    #[arg(long, value_name = "NAME")]
    url_env: Option<String>,
    /// Web hook: the file that has the address
    #[arg(long, value_name = "PATH")]
    url_file: Option<String>,
}

/// Where the key is to be found that requests are signed with.
#[derive(Debug, Args)]
#[group(multiple = false)]
struct Key {
    /// Web hook: the variable that has the key requests are signed with
    #[arg(long, value_name = "NAME")]
    key_env: Option<String>,
    /// Web hook: the file that has the key
    #[arg(long, value_name = "PATH")]
    key_file: Option<String>,
    #[arg(long, hide = true, num_args = 0..)]
    key: Option<Vec<String>>,
}

impl Url {
    fn typed(self) -> anyhow::Result<Option<UrlWish>> {
        let hidden = secret("url", self.url_env, self.url_file, None)?;
        Ok(self.url.map(UrlWish::Plain).or(hidden.map(UrlWish::Hidden)))
    }
}

impl Parts {
    fn typed(self) -> anyhow::Result<Box<TargetParts>> {
        let number = |typed: String| {
            let message = "write --topic as the number of a topic, or none";
            typed.parse().map_err(|_| UsageError(message.to_owned()))
        };
        let telegram = self.telegram;
        let Webhook { url, key, timeout } = self.webhook;
        let config = self.config.as_deref().map(serde_json::from_str);
        Ok(Box::new(TargetParts {
            name: self.label.name,
            icon: self.label.icon,
            bot: telegram.bot,
            chat: telegram.chat,
            topic: clearable(telegram.topic, number)?,
            chat_action: clearable(telegram.chat_action, Ok)?,
            url: url.typed()?,
            key: secret("key", key.key_env, key.key_file, key.key)?,
            timeout,
            config: config.transpose().context("--config is no JSON")?,
        }))
    }
}

impl Entity for Target {
    const KIND: EntityKind = EntityKind::Target;
    const REMOVE: &str = "Remove a target that no notifier tells anything";
    type New = New;
    type Change = Editable<Parts>;

    fn add(new: New) -> anyhow::Result<BridgeCommand> {
        Ok(BridgeCommand::Notification(
            NotificationCommand::AddTarget {
                target_type: new.target_type,
                parts: new.parts.typed()?,
            },
        ))
    }

    fn change(change: Editable<Parts>) -> anyhow::Result<BridgeCommand> {
        let (id, parts) = change.edit(NO_SWITCH)?;
        let id = NotificationTargetId(id);
        let edit = NotificationCommand::EditTarget(id, parts.typed()?);
        Ok(BridgeCommand::Notification(edit))
    }

    fn remove(id: u64) -> BridgeCommand {
        let id = NotificationTargetId(id);
        BridgeCommand::Notification(NotificationCommand::RemoveTarget(id))
    }
}
