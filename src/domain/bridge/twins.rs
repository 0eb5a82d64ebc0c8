//! Bots of the bridge that are one bot at Telegram, of which one alone can be polled.

use std::collections::BTreeMap;

use crate::domain::BotId;

use super::decide::bot_name;
use super::entity::TelegramBot;
use super::ids::TelegramBotId;
use super::refusal::Named;

/// Which bots they are at Telegram: those whose tokens are known.
pub type Identities = BTreeMap<TelegramBotId, BotId>;

/// Two bots that are one at Telegram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Twins {
    pub first: Named,
    pub other: Named,
}

/// Each bot that is the same one as another before it. Bots whose tokens are not known are the same when these are in one place.
pub fn twins<'b>(
    bots: impl IntoIterator<Item = &'b TelegramBot>,
    known: &Identities,
) -> Vec<Twins> {
    let mut before: Vec<&TelegramBot> = Vec::new();
    let mut found = Vec::new();
    for bot in bots {
        let id = known.get(&bot.id);
        let is_same = |other: &&&TelegramBot| {
            other.token == bot.token || id.is_some() && known.get(&other.id) == id
        };
        match before.iter().find(is_same) {
            Some(first) => found.push(Twins {
                first: bot_name(first),
                other: bot_name(bot),
            }),
            None => before.push(bot),
        }
    }
    found
}
