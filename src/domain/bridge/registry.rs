//! Which commands a type of provider has.

use crate::domain::board::{Category, CommandName};

/// The type of this process's own boards.
pub const BOUNTY: &str = "bounty";

/// A command that a provider answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandSpec {
    /// As it is typed, without the slash.
    pub name: &'static str,
    pub category: Category,
}

/// The commands of a type of provider, in the order in which people need them. None for a type that nothing here serves.
pub fn commands_of(provider_type: &str) -> Option<Vec<CommandSpec>> {
    let spec = |name: CommandName| CommandSpec {
        name: name.as_str(),
        category: name.category(),
    };
    (provider_type == BOUNTY).then(|| CommandName::ALL.into_iter().map(spec).collect())
}
