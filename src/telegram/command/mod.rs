//! The text of a message -> what it asks for.
//!
//! Nothing here knows an update, a clock or a board. What may stand where in `/add` and `/edit` is in `due` (which words are a
//! date), `link` (which word is a link) and `split` (what is left as text); limits and the judging of links are the domain's.

mod add;
mod call;
mod due;
mod edit;
mod link;
mod split;
mod words;

#[cfg(test)]
mod tests;

use std::ops::Range;

use crate::domain::BountyId;
use crate::domain::board::{Category, Change, Command, CommandName as Name, Query};

use crate::text::{Note, Usage};

use call::Call;
use words::words;

/// Asks a reading command for plain text. Phones make a dash of two hyphens.
const OPTION: [&str; 3] = ["--text", "—text", "–text"];

/// A text as Telegram has it: what one sees, and the links behind it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body<'a> {
    pub text: &'a str,
    pub hidden_links: Vec<HiddenLink>,
}

/// A link behind words (the entity `text_link`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HiddenLink {
    /// The words, in bytes of the text.
    pub range: Range<usize>,
    pub url: String,
}

/// A message that may hold a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageText<'a> {
    pub body: Body<'a>,
    /// The message that it replies to, when that one has a text.
    pub replied: Option<Body<'a>>,
}

impl<'a> MessageText<'a> {
    /// A text with nothing behind it, as typed in a terminal.
    pub fn plain(text: &'a str) -> Self {
        let body = Body {
            text,
            hidden_links: Vec::new(),
        };
        Self {
            body,
            replied: None,
        }
    }
}

/// What a message asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parsed {
    Command(Command, Vec<Note>),
    /// A command of this bot that could not be understood.
    Usage(Usage),
    /// A command that this bot does not have; `named` when the message names this bot, `/foo@bounty_bot`.
    Unknown {
        named: bool,
    },
    ForOtherBot,
    NoCommand,
}

/// A command in a message that was edited. It is not carried out again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EditedCommand {
    /// What stands after `/add` now.
    Add { arguments: String },
    /// What stands after `/edit` and its id now; no id when what is there is none.
    Edit {
        bounty: Option<BountyId>,
        arguments: String,
    },
    /// Any other command of this bot.
    Other,
}

/// The command that a message begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Called {
    pub name: Name,
    /// Whether the message names this bot, `/add@bounty_bot`.
    pub named: bool,
    /// Whether the answer is to be plain text, whatever the bot's config says.
    pub plain: bool,
}

/// The command of this bot that a text begins with.
pub fn called(text: &str, bot_username: &str) -> Option<Called> {
    match Call::read(text, bot_username) {
        Call::Ours { name, named, end } => {
            let plain = without_option(name, &text[end..]).1;
            Some(Called { name, named, plain })
        }
        Call::None | Call::ForOtherBot | Call::Unknown { .. } => None,
    }
}

/// Reads a message. `bot_username` is this bot's, without `@`.
pub fn parse(message: &MessageText, bot_username: &str) -> Parsed {
    match Call::read(message.body.text, bot_username) {
        Call::None => Parsed::NoCommand,
        Call::ForOtherBot => Parsed::ForOtherBot,
        Call::Unknown { named } => Parsed::Unknown { named },
        Call::Ours { name, end, .. } => command(name, message, end),
    }
}

/// The command of this bot that an edited message holds.
pub fn edited_command(text: &str, bot_username: &str) -> Option<EditedCommand> {
    let Call::Ours { name, end, .. } = Call::read(text, bot_username) else {
        return None;
    };
    Some(match name {
        Name::Add => EditedCommand::Add {
            arguments: text[end..].trim().to_owned(),
        },
        Name::Edit => {
            let (bounty, after) = edit::target(text, end)
                .map_or((None, end), |(bounty, after)| (Some(bounty), after));
            EditedCommand::Edit {
                bounty,
                arguments: text[after..].trim().to_owned(),
            }
        }
        _ => EditedCommand::Other,
    })
}

/// The arguments begin at the byte `after` of the text.
fn command(name: Name, message: &MessageText, after: usize) -> Parsed {
    let (arguments, _) = without_option(name, &message.body.text[after..]);
    match name {
        Name::Add => add::add(message, after),
        Name::Edit => edit::edit(&message.body, after),
        Name::Delete => change(Change::Delete, arguments, Usage::Delete),
        Name::Track => change(Change::Track, arguments, Usage::Track),
        Name::Untrack => change(Change::Untrack, arguments, Usage::Untrack),
        Name::History => query(only_id(arguments).map(Query::History), Usage::History),
        Name::Bounty => query(
            only_page(arguments).map(|page| Query::List { page }),
            Usage::List,
        ),
        Name::My => query(
            only_page(arguments).map(|page| Query::Mine { page }),
            Usage::Mine,
        ),
        Name::Language => setting(arguments, Query::Language, Change::ChooseLanguage),
        Name::Timezone => setting(arguments, Query::Timezone, Change::ChooseTimezone),
        Name::Help => plain(Command::Query(Query::Help)),
        Name::Start => plain(Command::Change(Change::Start)),
    }
}

/// A reading command's arguments without a `--text` at their end, and whether there was one. Of what writes it is a part like any
/// other: a bounty's text may end so.
fn without_option(name: Name, arguments: &str) -> (&str, bool) {
    let arguments = arguments.trim_end();
    let last = arguments.rfind(char::is_whitespace);
    let is_option = |word: &str| {
        OPTION
            .iter()
            .any(|option| word.eq_ignore_ascii_case(option))
    };
    match last.map(|at| arguments.split_at(at)) {
        Some((rest, word)) if name.category() == Category::Read && is_option(word.trim_start()) => {
            (rest, true)
        }
        _ => (arguments, false),
    }
}

/// What is there, or another choice when one is typed.
fn setting(arguments: &str, there: Query, choose: fn(String) -> Change) -> Parsed {
    match arguments.trim() {
        "" => plain(Command::Query(there)),
        typed => plain(Command::Change(choose(typed.to_owned()))),
    }
}

fn plain(command: Command) -> Parsed {
    Parsed::Command(command, Vec::new())
}

fn change(make: fn(BountyId) -> Change, arguments: &str, usage: Usage) -> Parsed {
    match only_id(arguments) {
        Some(id) => plain(Command::Change(make(id))),
        None => Parsed::Usage(usage),
    }
}

fn query(query: Option<Query>, usage: Usage) -> Parsed {
    match query {
        Some(query) => plain(Command::Query(query)),
        None => Parsed::Usage(usage),
    }
}

fn only_id(arguments: &str) -> Option<BountyId> {
    let mut words = arguments.split_whitespace();
    let id = bounty_id(words.next()?)?;
    words.next().is_none().then_some(id)
}

/// The first page when none is named.
fn only_page(arguments: &str) -> Option<u64> {
    let mut words = arguments.split_whitespace();
    let page = words.next().map_or(Some(1), positive)?;
    words.next().is_none().then_some(page)
}

/// `3` or `#3`.
fn bounty_id(word: &str) -> Option<BountyId> {
    positive(word.strip_prefix('#').unwrap_or(word)).map(BountyId)
}

fn positive(word: &str) -> Option<u64> {
    let is_plain = word.bytes().all(|byte| byte.is_ascii_digit());
    word.parse().ok().filter(|&number| is_plain && number > 0)
}
