//! The head of a message: `/name@bot`.

/// The commands of this bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    Bounty,
    Add,
    Edit,
    Delete,
    Track,
    Untrack,
    My,
    Start,
    Help,
    History,
}

impl Name {
    fn read(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "bounty" => Self::Bounty,
            "add" => Self::Add,
            "edit" => Self::Edit,
            "delete" => Self::Delete,
            "track" => Self::Track,
            "untrack" => Self::Untrack,
            "my" => Self::My,
            "start" => Self::Start,
            "help" => Self::Help,
            "history" => Self::History,
            _ => return None,
        })
    }
}

/// Who is called, by the first word of a message.
pub(super) enum Call {
    None,
    ForOtherBot,
    Unknown {
        named: bool,
    },
    /// The call ends at this byte of the text.
    Ours {
        name: Name,
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
        match Name::read(name) {
            Some(name) => Self::Ours { name, end },
            None => Self::Unknown {
                named: addressee.is_some(),
            },
        }
    }
}
