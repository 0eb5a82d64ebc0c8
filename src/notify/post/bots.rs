//! The bots that write for targets: one HTTP client for each, as long as its token is the same.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use crate::domain::BotId;
use crate::domain::bridge::{Bridge, TelegramBot, TelegramBotId};
use crate::telegram::{Token, bot};

use super::super::telegram::Sender;

pub struct Bots {
    bridge: watch::Receiver<Arc<Bridge>>,
    api_url: Option<url::Url>,
    senders: Mutex<HashMap<TelegramBotId, (Token, Sender)>>,
}

impl Bots {
    pub fn new(bridge: watch::Receiver<Arc<Bridge>>, api_url: Option<url::Url>) -> Self {
        Self {
            bridge,
            api_url,
            senders: Mutex::default(),
        }
    }

    /// Who sends as this bot; otherwise why nobody can.
    pub fn sender(&self, id: TelegramBotId) -> Result<Sender, String> {
        let bridge = Arc::clone(&self.bridge.borrow());
        let entry = bridge
            .bots
            .get(id)
            .ok_or_else(|| format!("there is no bot {id}"))?;
        self.sender_of(entry)
    }

    /// Who sends as the bots that were heard somewhere, by Telegram's ids.
    pub fn heard_by(&self, heard: &[BotId]) -> Vec<Sender> {
        let bridge = Arc::clone(&self.bridge.borrow());
        let is_heard = |entry: &&TelegramBot| {
            Token::read(&entry.token).is_ok_and(|token| heard.contains(&token.bot_id()))
        };
        let entries = bridge.bots.iter().filter(is_heard);
        entries
            .filter_map(|entry| self.sender_of(entry).ok())
            .collect()
    }

    fn sender_of(&self, entry: &TelegramBot) -> Result<Sender, String> {
        let reason = |error: &dyn std::fmt::Display| format!("bot {}: {error}", entry.id);
        let token = Token::read(&entry.token).map_err(|error| reason(&error))?;
        let mut senders = self.senders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, sender)) = senders.get(&entry.id)
            && known.secret() == token.secret()
        {
            return Ok(sender.clone());
        }
        let bot = bot(token.secret(), self.api_url.clone());
        let sender = Sender::new(bot.map_err(|error| reason(&error))?);
        senders.insert(entry.id, (token, sender.clone()));
        Ok(sender)
    }
}
