//! By which rules a bot answers: those of the bridge, as they are when a command comes in.

use std::sync::Arc;

use tokio::sync::watch;

use crate::domain::board::CommandName;
use crate::domain::bridge::{Bridge, TelegramBotId, answered, resolve};
use crate::engine::{Limit, Terms};

/// The rules of one bot.
pub struct Rules {
    pub bridge: watch::Receiver<Arc<Bridge>>,
    pub bot: TelegramBotId,
}

impl Rules {
    /// By which terms a command is carried out; none when no config enables it.
    pub fn terms(&self, command: CommandName) -> Option<Terms> {
        let bridge = Arc::clone(&self.bridge.borrow());
        let config = resolve(&bridge, self.bot, command.as_str())?.config;
        let category = command.category();
        let seconds = config.rate_limits.get(category.as_str()).copied();
        let told = || answered(&bridge, self.bot).map(|(command, _)| command);
        Some(Terms {
            commands: (command == CommandName::Help).then(|| told().collect()),
            entries: Some(usize::from(config.default_count)),
            limit: seconds.map(|seconds| Limit { category, seconds }),
        })
    }
}
