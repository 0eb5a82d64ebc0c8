//! The command menu that Telegram shows: what the bot answers, for each kind of chat and language, set anew when the bridge changes.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use teloxide::Bot;
use teloxide::payloads::{DeleteMyCommands, SetMyCommands};
use teloxide::types::{BotCommand, BotCommandScope};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::domain::Locale;
use crate::domain::board::ChatKind;
use crate::domain::bridge::{Bridge, TelegramBotId, answered};
use crate::text::Texts;

use super::api::{BACKOFF, carry_out};
use super::failure::{CallError, Failure};
use super::front::Front;
use super::settled::settled;

/// Keeps one bot's menu as the bridge says.
pub struct Menu {
    pub bot: Bot,
    /// The bot's entry in the bridge.
    pub id: TelegramBotId,
    pub front: Arc<Front>,
    pub bridge: watch::Receiver<Arc<Bridge>>,
    /// How long nothing must have changed before the menu is set anew.
    pub rest: Duration,
}

/// One of a bot's lists of commands. Each user sees that of their language, in whatever language the bot answers there.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct List {
    kind: ChatKind,
    /// None: for whose language there is no list. Each command is described in the language of the config that answers it.
    language: Option<Locale>,
}

/// What each list was set to, by this process.
type Known = HashMap<List, Vec<BotCommand>>;

impl Menu {
    /// Sets every list, and from then on each that changes. Ends when the bridge is not watched any more.
    pub async fn follow(mut self) {
        let (mut known, mut rest, mut failures) = (Known::new(), Duration::ZERO, 0);
        loop {
            let (texts, id) = (self.front.texts(), self.id);
            let read = |bridge: &Arc<Bridge>| lists(bridge, id, texts);
            let is_known = |wanted: &Vec<_>| wanted.iter().all(|entry| is_set(&known, entry));
            let Some(wanted) = settled(&mut self.bridge, rest, read, is_known).await else {
                return;
            };
            (rest, failures) = match set_news(&self.bot, &wanted, &mut known, failures).await {
                None => (self.rest, 0),
                Some(pause) => (pause, failures + 1),
            };
        }
    }
}

/// Takes a bot's whole menu away, if that can be done within this time.
pub async fn clear(bot: &Bot, limit: Duration) {
    let clear = async {
        for list in List::all() {
            let cleared = set(bot, list, &[]).await;
            cleared.map_err(|error| error.to_string())?;
        }
        Ok(())
    };
    let late = |_| Err("no answer in time".to_owned());
    if let Err(problem) = timeout(limit, clear).await.unwrap_or_else(late) {
        tracing::warn!(problem, "the command menu could not be removed");
    }
}

/// All of a bot's lists.
fn lists(bridge: &Bridge, bot: TelegramBotId, texts: &Texts) -> Vec<(List, Vec<BotCommand>)> {
    let of = |list: List| {
        let here = answered(bridge, bot).filter(|(command, _)| command.works_in(list.kind));
        let commands = here.map(|(command, found)| {
            let language = list.language.unwrap_or(found.config.locale);
            let description = texts.description(language, command, list.kind);
            BotCommand::new(command.as_str(), description)
        });
        (list, commands.collect())
    };
    List::all().map(of).collect()
}

/// Whether a list is known to be set so.
fn is_set(known: &Known, (list, commands): &(List, Vec<BotCommand>)) -> bool {
    known.get(list) == Some(commands)
}

/// Sets what is not known to be set. After a failure, how long to wait before it is tried again.
async fn set_news(
    bot: &Bot,
    wanted: &[(List, Vec<BotCommand>)],
    known: &mut Known,
    failures: usize,
) -> Option<Duration> {
    for entry in wanted {
        if is_set(known, entry) {
            continue;
        }
        let (list, commands) = entry;
        if let Err(error) = set(bot, *list, commands).await {
            tracing::warn!(failures, %error, "the command menu could not be set");
            if let Some(pause) = pause(&error.failure, failures) {
                return Some(pause);
            }
        }
        known.insert(*list, commands.clone());
    }
    None
}

/// How long to wait after that many failures before this one. A list can be set twice, so that whatever may pass is tried again; what
/// Telegram goes on refusing is given up: none.
fn pause(failure: &Failure, failures: usize) -> Option<Duration> {
    let longest = BACKOFF.len() - 1;
    match failure {
        Failure::Wait(Some(pause)) => Some(*pause),
        Failure::Wait(None) | Failure::NotSent | Failure::Broken | Failure::Unknown => {
            Some(BACKOFF[failures.min(longest)])
        }
        _ => BACKOFF.get(failures).copied(),
    }
}

/// Sets one list; an empty one is removed.
async fn set(bot: &Bot, list: List, commands: &[BotCommand]) -> Result<(), CallError> {
    let scope = Some(list.scope());
    let language_code = list.language.map(|language| language.as_str().to_owned());
    if commands.is_empty() {
        let mut call = DeleteMyCommands::new();
        (call.scope, call.language_code) = (scope, language_code);
        return carry_out(bot, &call).await;
    }
    let mut call = SetMyCommands::new(commands.iter().cloned());
    (call.scope, call.language_code) = (scope, language_code);
    carry_out(bot, &call).await
}

impl List {
    fn all() -> impl Iterator<Item = Self> {
        let languages = || Locale::ALL.iter().copied().map(Some);
        let of = move |kind| {
            let all = std::iter::once(None).chain(languages());
            all.map(move |language| Self { kind, language })
        };
        [ChatKind::Private, ChatKind::Group]
            .into_iter()
            .flat_map(of)
    }

    fn scope(self) -> BotCommandScope {
        match self.kind {
            ChatKind::Private => BotCommandScope::AllPrivateChats,
            ChatKind::Group => BotCommandScope::AllGroupChats,
        }
    }
}
