//! By which rules a bot answers: those of the bridge, as they are when a command comes in.

use std::sync::Arc;

use tokio::sync::watch;

use crate::domain::ChatId;
use crate::domain::board::CommandName;
use crate::domain::bridge::{
    Bridge, CommandConfig, Forwarding, TelegramBotId, answered, first_heard, forwarded_from,
    resolve,
};
use crate::engine::{Limit, Terms};

use super::voice::Manner;

/// The rules of one bot.
#[derive(Clone)]
pub struct Rules {
    pub bridge: watch::Receiver<Arc<Bridge>>,
    pub bot: TelegramBotId,
}

/// How a command is carried out and answered.
#[derive(Clone, Copy)]
pub struct Rule {
    pub terms: Terms,
    pub manner: Manner,
}

impl Rule {
    /// Where there is no config.
    pub const USUAL: Self = Self {
        terms: Terms {
            commands: None,
            entries: None,
            limit: None,
        },
        manner: Manner::USUAL,
    };
}

impl Rules {
    /// The rule for a command; none when no config enables it.
    pub fn of(&self, command: CommandName) -> Option<Rule> {
        let bridge = Arc::clone(&self.bridge.borrow());
        let config = resolve(&bridge, self.bot, command.as_str())?.config;
        let category = command.category();
        let seconds = config.rate_limits.get(category.as_str()).copied();
        let told = || answered(&bridge, self.bot).map(|(command, _)| command);
        let terms = Terms {
            commands: (command == CommandName::Help).then(|| told().collect()),
            entries: Some(usize::from(config.default_count)),
            limit: seconds.map(|seconds| Limit { category, seconds }),
        };
        Some(Rule {
            terms,
            manner: manner(config),
        })
    }

    /// To whom else it is told what happens on the board of the chat that has had these ids.
    pub fn forwarded_from(&self, ids: &[ChatId]) -> Vec<Forwarding> {
        forwarded_from(&self.bridge.borrow(), ids)
    }

    /// How the bot answers what is no command that a config enables.
    pub fn manner(&self) -> Manner {
        let bridge = Arc::clone(&self.bridge.borrow());
        first_heard(&bridge, self.bot).map_or(Manner::USUAL, |found| manner(found.config))
    }
}

fn manner(config: &CommandConfig) -> Manner {
    Manner {
        locale: config.locale,
        mode: config.response_mode,
        guess: None,
    }
}
