//! First steps, the help, and the menu of commands.

use super::Renderer;
use super::catalog::{Args, Catalog};
use super::html::Html;
use crate::domain::board::{ChatKind, CommandName, CommandSet};

/// What a command does, as a menu or the help says it.
pub(super) fn description(catalog: &Catalog, command: CommandName, kind: ChatKind) -> Html {
    let key = format!("command-{}", command.as_str());
    catalog.format(&key, &of_kind(kind))
}

fn of_kind(kind: ChatKind) -> Args {
    let word = match kind {
        ChatKind::Group => "group",
        ChatKind::Private => "private",
    };
    Args::default().word("kind", word)
}

impl Renderer<'_> {
    pub(super) fn welcome(&self, kind: ChatKind) -> Html {
        self.say(match kind {
            ChatKind::Group => "welcome-group",
            ChatKind::Private => "welcome-private",
        })
    }

    /// The commands of this kind of chat that are answered there; and how due dates are typed, where one can be.
    pub(super) fn help(&self, kind: ChatKind, answered: CommandSet) -> Html {
        let title = self.format("help-title", of_kind(kind));
        let here = |command: &CommandName| command.works_in(kind) && answered.contains(*command);
        let here = CommandName::ALL.into_iter().filter(here);
        let commands = here.map(|command| self.command_help(command, kind));
        let takes_dates = [CommandName::Add, CommandName::Edit]
            .into_iter()
            .any(|command| answered.contains(command));
        let dates = takes_dates.then(|| self.dates_help());
        Html::join(std::iter::once(title).chain(commands).chain(dates), "\n\n")
    }

    fn dates_help(&self) -> Html {
        let zone = self.format("help-zone", self.zone(Args::default()));
        Html::join([self.say("help-dates"), zone], "\n")
    }

    fn command_help(&self, command: CommandName, kind: ChatKind) -> Html {
        let example = format!("example-{}", command.as_str());
        let args = Args::default()
            .html("example", self.say(&example))
            .html("description", description(self.catalog, command, kind));
        self.format("help-command", args)
    }
}
