//! The head of a message: `/name@bot`.

use crate::domain::board::CommandName;

/// Who is called, by the first word of a message.
pub(super) enum Call {
    None,
    ForOtherBot,
    Unknown {
        named: bool,
    },
    /// The call ends at this byte of the text.
    Ours {
        name: CommandName,
        named: bool,
        end: usize,
    },
}

impl Call {
    pub(super) fn read(text: &str, bot_username: &str) -> Self {
        let start = text.len() - text.trim_start().len();
        let length = text[start..].find(char::is_whitespace);
        let end = length.map_or(text.len(), |length| start + length);
        match text[start..end].strip_prefix('/') {
            None | Some("") => Self::None,
            Some(called) => Self::resolve(called, end, bot_username),
        }
    }

    fn resolve(called: &str, end: usize, bot_username: &str) -> Self {
        let (name, addressee) = match called.split_once('@') {
            Some((name, addressee)) => (name, Some(addressee)),
            None => (called, None),
        };
        if addressee.is_some_and(|bot| !bot.eq_ignore_ascii_case(bot_username)) {
            return Self::ForOtherBot;
        }
        let named = addressee.is_some();
        match CommandName::read(name) {
            Some(name) => Self::Ours { name, named, end },
            None => Self::Unknown { named },
        }
    }
}
