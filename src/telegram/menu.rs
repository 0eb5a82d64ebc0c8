//! The command menu that Telegram shows: set per scope and language.

use std::time::Duration;

use teloxide::Bot;
use teloxide::payloads::SetMyCommands;
use teloxide::payloads::setters::*;
use teloxide::types::{BotCommand, BotCommandScope};

use crate::domain::Locale;
use crate::domain::board::ChatKind;
use crate::text::Texts;

use super::api::{carry_out, describe};

/// How long after a failure it is tried again.
const PAUSE: Duration = Duration::from_secs(10);
/// How often.
const ATTEMPTS: usize = 5;

/// Registers the commands of both kinds of chat; tried again for a while, since nothing depends on it.
pub async fn register(bot: &Bot, texts: &Texts) {
    let scopes = [
        (BotCommandScope::AllPrivateChats, ChatKind::Private),
        (BotCommandScope::AllGroupChats, ChatKind::Group),
    ];
    for (scope, kind) in scopes {
        let menu = texts.menu(Locale::English, kind);
        let commands: Vec<_> = menu
            .into_iter()
            .map(|(name, about)| BotCommand::new(name, about))
            .collect();
        register_scope(bot, SetMyCommands::new(commands).scope(scope)).await;
    }
}

async fn register_scope(bot: &Bot, commands: SetMyCommands) {
    for attempt in 1..=ATTEMPTS {
        match carry_out(bot, commands.clone()).await {
            Ok(()) => return,
            Err(error) => {
                tracing::warn!(
                    attempt,
                    error = describe(&error),
                    "the command menu could not be set"
                );
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}
