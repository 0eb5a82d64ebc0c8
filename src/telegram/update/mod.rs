//! A Telegram Update, as JSON -> what it means for the boards.
//!
//! Only the fields that are needed are read (in `raw`), so that no entity, message or update of a kind that Telegram adds later can
//! make a valid update unreadable or lose its text.

mod raw;
mod sender;
mod surrogates;
mod writing;

#[cfg(test)]
mod tests;

pub use raw::update_id;

use crate::domain::board::ChatKind;
use crate::domain::{Actor, BotId, Cause, ChatId, Delivery, UnixTime};
use crate::telegram::button::PageButton;
use crate::telegram::command::{self, Called, EditedCommand, Parsed};

/// The bot that received an update.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BotIdentity {
    pub id: BotId,
    /// Without `@`.
    pub username: String,
}

/// What brought an update in; decides the kind of [`Cause`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    Update,
    Feed,
}

/// An update that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    pub update_id: i64,
    /// The chat in which somebody wrote or pressed a button, or the bot came in, whatever becomes of it.
    pub heard: Option<ChatId>,
    pub kind: Inbound,
}

/// What an update means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inbound {
    /// A message with something to answer: a command of this bot, one that could not be understood, or an unknown one in a
    /// private chat or with this bot's name.
    Message {
        origin: Origin,
        /// The command, when this bot has one of that name.
        called: Option<Called>,
        parsed: Parsed,
    },
    /// A message that holds a command of this bot was edited.
    EditedMessage {
        origin: Origin,
        called: Called,
        edited: EditedCommand,
    },
    /// A group became a supergroup. Told in either chat, perhaps in both.
    Migrated {
        origin: Origin,
        from: ChatId,
        to: ChatId,
    },
    /// The bot came into a group.
    AddedToGroup { chat: ChatId, title: Option<String> },
    /// A button was pressed.
    Callback {
        id: String,
        /// None when the message of the button is not known to Telegram any more.
        chat: Option<ChatId>,
        language: Option<String>,
        /// None for a button that this version of the program did not make.
        press: Option<Box<Press>>,
    },
    /// Nothing to do, and why.
    Ignored(&'static str),
}

/// A button that was pressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Press {
    /// Who pressed it where; the message is the button's.
    pub origin: Origin,
    pub button: PageButton,
}

/// Where a message stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub chat: ChatId,
    pub kind: ChatKind,
    /// None for a private chat.
    pub title: Option<String>,
    /// The forum topic.
    pub thread: Option<i64>,
    pub message: i64,
}

/// Where a message comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    pub place: Place,
    pub actor: Actor,
    pub cause: Cause,
    /// The message's own date.
    pub at: UnixTime,
    /// The IETF tag of the sender's Telegram, such as `ru` or `pt-br`.
    pub language: Option<String>,
}

impl Origin {
    /// Of what no message says, but the program itself learnt about a chat.
    pub fn of_system(chat: ChatId, kind: ChatKind, title: Option<String>, at: UnixTime) -> Self {
        let place = Place {
            chat,
            kind,
            title,
            thread: None,
            message: 0,
        };
        Self {
            place,
            actor: Actor::System {},
            cause: Cause::System {},
            at,
            language: None,
        }
    }
}

/// Not an Update, or one without what it needs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no readable Telegram update: {reason}")]
pub struct UnreadableUpdate {
    /// Its number, when that much could be read: with it the update can still be confirmed.
    pub update_id: Option<i64>,
    pub reason: String,
}

/// Reads one Update object.
pub fn read(raw: &str, bot: &BotIdentity, carrier: Carrier) -> Result<Incoming, UnreadableUpdate> {
    let update = raw::parse(&surrogates::mend(raw))?;
    let reader = Reader {
        bot,
        carrier,
        update_id: update.update_id,
    };
    Ok(Incoming {
        update_id: update.update_id,
        heard: heard(&update),
        kind: reader.read(update),
    })
}

fn heard(update: &raw::Update) -> Option<ChatId> {
    let message = update.message.as_ref().or(update.edited_message.as_ref());
    let query = update.callback_query.as_ref();
    let button = query.and_then(|query| query.message.as_ref());
    let change = update.my_chat_member.as_ref();
    let entered = change.filter(|change| change.new_chat_member.is_inside());
    let chat = message.map(|message| &message.chat);
    let chat = chat.or(button.map(|message| &message.chat));
    let chat = chat.or(entered.map(|change| &change.chat));
    chat.map(|chat| ChatId(chat.id))
}

struct Reader<'a> {
    bot: &'a BotIdentity,
    carrier: Carrier,
    update_id: i64,
}

impl Reader<'_> {
    fn read(&self, update: raw::Update) -> Inbound {
        if let Some(message) = update.message {
            self.message(&message)
        } else if let Some(message) = update.edited_message {
            self.edited_message(&message)
        } else if let Some(query) = update.callback_query {
            self.callback(query)
        } else if let Some(change) = update.my_chat_member {
            membership(change)
        } else {
            Inbound::Ignored("a kind of update that is not used")
        }
    }

    fn message(&self, message: &raw::Message) -> Inbound {
        let Some(kind) = message.chat.kind() else {
            return Inbound::Ignored("no private chat and no group");
        };
        if let Some((from, to)) = message.migration() {
            return self.migrated(message, kind, from, to);
        }
        let Some(text) = writing::message_text(message, self.bot) else {
            return Inbound::Ignored("no text");
        };
        let parsed = command::parse(&text, &self.bot.username);
        match &parsed {
            Parsed::NoCommand => return Inbound::Ignored("no command"),
            Parsed::ForOtherBot => return Inbound::Ignored("a command for another bot"),
            Parsed::Unknown { named: false } if kind == ChatKind::Group => {
                return Inbound::Ignored("an unknown command in a group");
            }
            Parsed::Unknown { .. } | Parsed::Command(..) | Parsed::Usage(_) => {}
        }
        match sender::actor(message) {
            Ok(actor) => Inbound::Message {
                origin: self.origin(message, kind, actor),
                called: command::called(text.body.text, &self.bot.username),
                parsed,
            },
            Err(reason) => Inbound::Ignored(reason),
        }
    }

    fn edited_message(&self, message: &raw::Message) -> Inbound {
        let Some(kind) = message.chat.kind() else {
            return Inbound::Ignored("no private chat and no group");
        };
        let text = message.writing().map_or("", |(text, _)| text);
        let username = &self.bot.username;
        let (Some(called), Some(edited)) = (
            command::called(text, username),
            command::edited_command(text, username),
        ) else {
            return Inbound::Ignored("edited, and no command of this bot");
        };
        match sender::actor(message) {
            Ok(actor) => Inbound::EditedMessage {
                origin: self.origin(message, kind, actor),
                called,
                edited,
            },
            Err(reason) => Inbound::Ignored(reason),
        }
    }

    fn callback(&self, query: raw::CallbackQuery) -> Inbound {
        let press = self.press(&query).map(Box::new);
        Inbound::Callback {
            id: query.id,
            chat: query.message.map(|message| ChatId(message.chat.id)),
            language: query.from.and_then(|user| user.language_code),
            press,
        }
    }

    fn press(&self, query: &raw::CallbackQuery) -> Option<Press> {
        let button = PageButton::read(query.data.as_deref()?)?;
        let message = query.message.as_ref().filter(|message| message.date > 0)?;
        let kind = message.chat.kind()?;
        let place = Place {
            chat: ChatId(message.chat.id),
            kind,
            title: message.chat.title(kind),
            thread: None,
            message: message.message_id,
        };
        let language = query.from.as_ref()?.language_code.clone();
        let origin = Origin {
            place,
            actor: sender::presser(query.from.as_ref())?,
            cause: self.cause(message.message_id, message.date),
            at: message.date,
            language,
        };
        Some(Press { origin, button })
    }

    fn migrated(&self, message: &raw::Message, kind: ChatKind, from: i64, to: i64) -> Inbound {
        let (from, to) = (ChatId(from), ChatId(to));
        if from == to || !from.is_group() || !to.is_group() {
            return Inbound::Ignored("a migration that is none between groups");
        }
        let actor = sender::actor(message).unwrap_or(Actor::System {});
        Inbound::Migrated {
            origin: self.origin(message, kind, actor),
            from,
            to,
        }
    }

    fn origin(&self, message: &raw::Message, kind: ChatKind, actor: Actor) -> Origin {
        let place = Place {
            chat: ChatId(message.chat.id),
            kind,
            title: message.chat.title(kind),
            thread: message.topic(),
            message: message.message_id,
        };
        let from = message.from.as_ref();
        Origin {
            place,
            actor,
            cause: self.cause(message.message_id, message.date),
            at: message.date,
            language: from.and_then(|user| user.language_code.clone()),
        }
    }

    fn cause(&self, message: i64, date: UnixTime) -> Cause {
        let delivery = Delivery {
            bot: self.bot.id,
            update: self.update_id,
            message,
            date,
        };
        match self.carrier {
            Carrier::Update => Cause::Update(delivery),
            Carrier::Feed => Cause::Feed(delivery),
        }
    }
}

/// `my_chat_member` is always about the bot itself.
fn membership(change: raw::MemberChange) -> Inbound {
    if change.chat.kind() != Some(ChatKind::Group) {
        return Inbound::Ignored("its membership changed outside of groups");
    }
    if change.old_chat_member.is_inside() || !change.new_chat_member.is_inside() {
        return Inbound::Ignored("its rights changed, or it left");
    }
    Inbound::AddedToGroup {
        chat: ChatId(change.chat.id),
        title: change.chat.title(ChatKind::Group),
    }
}
