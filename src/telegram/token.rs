//! Bots' tokens.

use crate::bridge::{Secret, SecretError};
use crate::domain::BotId;
use crate::domain::bridge::{SecretRef, bot_of_token};

/// A bot's token. It has no form for logs and messages.
pub struct Token(Secret);

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
#[error("its token is to be {0}")]
pub struct TokenError(SecretError);

impl Token {
    /// Reads the token that is there now.
    pub fn read(place: &SecretRef) -> Result<Self, TokenError> {
        Secret::read(place).map(Self).map_err(TokenError)
    }

    /// The bot's id, which stands before the colon; 0 in what is no token, which Telegram will refuse.
    pub fn bot_id(&self) -> BotId {
        bot_of_token(self.secret()).unwrap_or(BotId(0))
    }

    /// The token itself, for calls of the Bot API.
    pub fn secret(&self) -> &str {
        self.0.reveal()
    }
}
