//! The commands of a board by name: the one list behind the parser, the menus, the help and what a bot's config can enable.

use super::event::ChatKind;

/// A command that people type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CommandName {
    Add,
    Bounty,
    Track,
    Untrack,
    My,
    Edit,
    Delete,
    History,
    Language,
    Timezone,
    Help,
    Start,
}

/// Some of the commands: those that a bot answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CommandSet(u32);

/// What a command does to a board; limits on how often a command may be used are set for a category.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    Read,
    Write,
}

impl Category {
    /// The word for it in a config.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

impl CommandName {
    /// All, in the order in which people need them.
    pub const ALL: [Self; 12] = [
        Self::Add,
        Self::Bounty,
        Self::Track,
        Self::Untrack,
        Self::My,
        Self::Edit,
        Self::Delete,
        Self::History,
        Self::Language,
        Self::Timezone,
        Self::Help,
        Self::Start,
    ];

    /// As it is typed, without the slash.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Bounty => "bounty",
            Self::Track => "track",
            Self::Untrack => "untrack",
            Self::My => "my",
            Self::Edit => "edit",
            Self::Delete => "delete",
            Self::History => "history",
            Self::Language => "language",
            Self::Timezone => "timezone",
            Self::Help => "help",
            Self::Start => "start",
        }
    }

    /// The command of this name, in any case.
    pub fn read(name: &str) -> Option<Self> {
        let same = |command: &Self| name.eq_ignore_ascii_case(command.as_str());
        Self::ALL.into_iter().find(same)
    }

    /// What changes no bounty counts as reading, though `/start` is recorded once per user, and a setting when it changes.
    pub fn category(self) -> Category {
        match self {
            Self::Add | Self::Track | Self::Untrack | Self::Edit | Self::Delete => Category::Write,
            Self::Bounty
            | Self::My
            | Self::History
            | Self::Language
            | Self::Timezone
            | Self::Help
            | Self::Start => Category::Read,
        }
    }

    /// Whether it is about how the chat itself is answered. Answers name such commands, so they work with every bot that
    /// answers anything, whatever its configs enable.
    pub fn is_setting(self) -> bool {
        matches!(self, Self::Language | Self::Timezone)
    }

    /// Whether it means something there: in a DM all bounties are one's own.
    pub fn works_in(self, kind: ChatKind) -> bool {
        kind == ChatKind::Group || !matches!(self, Self::Track | Self::Untrack)
    }
}

impl CommandSet {
    /// Every command.
    pub fn all() -> Self {
        CommandName::ALL.into_iter().collect()
    }

    /// Whether this command is one of them.
    pub fn contains(self, command: CommandName) -> bool {
        self.0 & bit(command) != 0
    }
}

impl FromIterator<CommandName> for CommandSet {
    fn from_iter<I: IntoIterator<Item = CommandName>>(commands: I) -> Self {
        Self(commands.into_iter().fold(0, |set, one| set | bit(one)))
    }
}

fn bit(command: CommandName) -> u32 {
    1 << command as u32
}
