//! Which bots of Telegram's the bridge's bots are, as their tokens say.

use super::secret::Secret;
use crate::domain::bridge::{Bridge, Identities, bot_of_token};

/// The bots whose tokens this process finds where they are to be.
pub fn identities(bridge: &Bridge) -> Identities {
    let bots = bridge.bots.iter();
    let known = bots.filter_map(|bot| {
        let token = Secret::read(&bot.token).ok()?;
        Some((bot.id, bot_of_token(token.reveal())?))
    });
    known.collect()
}
