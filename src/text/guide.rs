//! First steps, the help, and the menu of commands.

use super::Renderer;
use super::catalog::{Args, Catalog};
use super::html::Html;
use crate::domain::board::{ChatKind, CommandName};

/// The commands of this kind of chat, in the order in which people need them.
fn commands(kind: ChatKind) -> impl Iterator<Item = &'static str> {
    let here = CommandName::ALL.into_iter();
    here.filter(move |name| name.works_in(kind))
        .map(CommandName::as_str)
}

/// The commands with plain descriptions.
pub(super) fn menu(catalog: &Catalog, kind: ChatKind) -> Vec<(&'static str, String)> {
    commands(kind)
        .map(|command| (command, description(catalog, command, kind).plain()))
        .collect()
}

fn description(catalog: &Catalog, command: &str, kind: ChatKind) -> Html {
    catalog.format(&format!("command-{command}"), &of_kind(kind))
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

    pub(super) fn help(&self, kind: ChatKind) -> Html {
        let title = self.format("help-title", of_kind(kind));
        let commands = commands(kind).map(|command| self.command_help(command, kind));
        let zone = self.format("help-zone", self.zone(Args::default()));
        let dates = Html::join([self.say("help-dates"), zone], "\n");
        Html::join(
            std::iter::once(title).chain(commands).chain([dates]),
            "\n\n",
        )
    }

    fn command_help(&self, command: &str, kind: ChatKind) -> Html {
        let args = Args::default()
            .html("example", self.say(&format!("example-{command}")))
            .html("description", description(self.catalog, command, kind));
        self.format("help-command", args)
    }
}
