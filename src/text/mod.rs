//! All text that users see: one Fluent file per language, and the rendering of replies from typed answers.
//!
//! What is said lies in the `.ftl` files, when it is said is decided here. This module must not know Telegram's
//! types, files, or the engine. Everything that a user typed goes into a text as [`html::Html`], which is escaped.

mod catalog;
mod confirm;
mod forwarding;
mod guide;
mod history;
mod html;
mod list;
mod message;
mod notify;
mod refusal;
mod say;
mod settings;
mod time;

#[cfg(test)]
mod tests;

use chrono_tz::Tz;

use crate::domain::board::{Answer, ChatKind, CommandName};
use crate::domain::{Locale, UnixTime};

pub use html::plain;
pub use list::{PAGE_ENTRY_OVERHEAD, page_size};
pub use message::{MESSAGE_UNITS, Message};
pub use notify::Notification;
pub use say::{Note, Say, TroubleText, Usage};

use catalog::{Args, Catalog};
use html::Html;
use message::Room;

/// The texts of all languages. Made once, shared by all threads.
pub struct Texts {
    /// In the order of [`Locale::ALL`], which is that of the variants.
    catalogs: Vec<Catalog>,
}

/// What a text depends on besides what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    pub locale: Locale,
    pub zone: Tz,
    /// The message's own date: what "in 3 days" and "overdue" are seen from.
    pub at: UnixTime,
}

impl Texts {
    /// Reads the texts, which are part of the program.
    pub fn new() -> Self {
        Self {
            catalogs: Locale::ALL.iter().copied().map(Catalog::load).collect(),
        }
    }

    /// The message that says this. It always fits into one Telegram message.
    pub fn render(&self, say: &Say<'_>, notes: &[Note], view: &View) -> Message {
        message::fit(|room| {
            let renderer = Renderer {
                catalog: self.catalog(view.locale),
                view,
                room,
            };
            renderer.message(say, notes)
        })
    }

    /// What this command does in a chat of this kind, for Telegram's menu; plain text.
    pub fn description(&self, locale: Locale, command: CommandName, kind: ChatKind) -> String {
        guide::description(self.catalog(locale), command, kind).plain()
    }

    /// What a button says that does nothing; plain text.
    pub fn toast(&self, locale: Locale, toast: Toast) -> String {
        let key = match toast {
            Toast::Outdated => "button-outdated",
            Toast::Foreign => "button-foreign",
        };
        let catalog = self.catalog(locale);
        catalog.format(key, &Args::default()).plain()
    }

    fn catalog(&self, locale: Locale) -> &Catalog {
        &self.catalogs[locale as usize]
    }
}

impl Default for Texts {
    fn default() -> Self {
        Self::new()
    }
}

/// Why a button does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Toast {
    /// Another version of the program made it.
    Outdated,
    /// It is below another person's list.
    Foreign,
}

/// One rendering of one message.
struct Renderer<'a> {
    catalog: &'a Catalog,
    view: &'a View,
    room: Room,
}

impl Renderer<'_> {
    /// A text without variables.
    fn say(&self, key: &str) -> Html {
        self.format(key, Args::default())
    }

    fn format(&self, key: &str, args: Args) -> Html {
        self.catalog.format(key, &args)
    }

    fn message(&self, say: &Say<'_>, notes: &[Note]) -> Message {
        let mut message = self.body(say);
        for note in notes {
            message.html.push_str("\n\n");
            message.html.push_str(&self.note(note, say).into_string());
        }
        message
    }

    fn body(&self, say: &Say<'_>) -> Message {
        match say {
            Say::Answer(answer) => self.answer(answer),
            Say::Usage(usage) => Message::quiet(self.usage(usage)),
            Say::Trouble(trouble) => Message::quiet(self.trouble(*trouble)),
            Say::UnknownCommand => Message::quiet(self.say("unknown-command")),
            Say::NoCommand => Message::quiet(self.say("no-command")),
            Say::Greeting => Message::quiet(self.say("greeting")),
            Say::EditedMessage => Message::quiet(self.say("edited-message")),
            Say::TestMessage { target } => {
                let args = Args::default().html("name", Html::name(target));
                Message::quiet(self.format("test-message", args))
            }
        }
    }

    fn answer(&self, answer: &Answer) -> Message {
        let html = match answer {
            Answer::Added(bounty) => return self.added(bounty),
            Answer::Edited { bounty, changes } => return self.edited(bounty, changes),
            Answer::Deleted(bounty) => self.deleted(bounty),
            Answer::Tracked(bounty) => self.tracked(bounty),
            Answer::Untracked(bounty) => self.untracked(bounty),
            Answer::List(page) => self.list(page),
            Answer::History(history) => self.history(history),
            Answer::Welcome { kind } => self.welcome(*kind),
            Answer::Help { kind, commands, .. } => self.help(*kind, *commands),
            Answer::Language { chosen } => self.language(*chosen),
            Answer::LanguageChosen => self.say("language-chosen"),
            Answer::Timezone { chosen } => self.timezone(*chosen),
            Answer::TimezoneChosen => self.timezone_chosen(),
            Answer::CommandsSwitched { enabled: true } => self.say("commands-on"),
            Answer::CommandsSwitched { enabled: false } => self.say("commands-off"),
            Answer::MessageEdited(line) => self.message_edited(line),
            Answer::Merged { bounties } => {
                self.format("merged", Args::default().count("count", *bounties))
            }
            Answer::Refused(refusal) => self.refusal(refusal),
        };
        Message::quiet(html)
    }
}
