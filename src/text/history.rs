//! The history of one bounty, change by change.

use super::Renderer;
use super::catalog::Args;
use super::html::{Html, units};
use super::message::MESSAGE_UNITS;
use crate::domain::Actor;
use crate::domain::board::{FieldChange, History, HistoryEntry};

/// How much of a text or link an entry shows, in UTF-16 units.
const VALUE_UNITS: usize = 200;
/// The most UTF-16 units around the entries: the title, what is left out, the board's seq and head.
const FRAME_UNITS: usize = 500;
/// An empty line between two entries.
const BETWEEN: &str = "\n\n";

impl Renderer<'_> {
    pub(super) fn history(&self, history: &History) -> Html {
        let title = self.zone(Args::default().digits("id", history.id));
        let entries = self.newest_entries(&history.entries);
        let omitted = (history.entries.len() - entries.len()) as u64;
        let omitted = (omitted > 0)
            .then(|| self.format("history-omitted", Args::default().count("count", omitted)));
        let foot = Args::default()
            .digits("seq", history.seq)
            .html("head", Html::line(&history.head, VALUE_UNITS));
        let parts = std::iter::once(self.format("history-title", title))
            .chain(omitted)
            .chain(entries)
            .chain([self.format("history-foot", foot)]);
        Html::join(parts, BETWEEN)
    }

    /// The newest entries that fit, oldest first.
    fn newest_entries(&self, entries: &[HistoryEntry]) -> Vec<Html> {
        let mut room = MESSAGE_UNITS - FRAME_UNITS;
        let mut newest: Vec<Html> = Vec::new();
        for entry in entries.iter().rev() {
            let entry = self.history_entry(entry);
            let needed = units(&entry.plain()) + BETWEEN.len();
            if needed > room {
                break;
            }
            room -= needed;
            newest.push(entry);
        }
        newest.reverse();
        newest
    }

    fn history_entry(&self, entry: &HistoryEntry) -> Html {
        let args = Args::default()
            .html("moment", self.moment(entry.time.seconds()))
            .html("who", self.actor(&entry.actor))
            .word("event", entry.event)
            .digits("seq", entry.seq);
        let first = self.format("history-entry", args);
        let is_edit = entry.event == "BountyEdited";
        let changes = entry.changes.iter().map(|change| {
            let (field, old, new) = self.old_and_new(change);
            match (old, new) {
                (Some(value), None) | (None, Some(value)) if !is_edit => self.value(field, value),
                (old, new) => self.optional_change(field, old, new),
            }
        });
        Html::join(std::iter::once(first).chain(changes), "\n")
    }

    fn value(&self, field: &'static str, value: Html) -> Html {
        let args = Args::default().word("field", field).html("value", value);
        self.format("field-value", args)
    }

    fn actor(&self, actor: &Actor) -> Html {
        match actor {
            Actor::User { name, id } => shown_name(name, id.0),
            Actor::Chat { name, id } => shown_name(name, id.0),
            Actor::Operator { name } => {
                let args = Args::default().html("name", Html::name(name));
                self.format("history-operator", args)
            }
            Actor::System {} => self.say("history-system"),
        }
    }

    fn old_and_new(&self, change: &FieldChange) -> (&'static str, Option<Html>, Option<Html>) {
        let line = |value: &str| Html::line(value, VALUE_UNITS);
        let text = |value: &str| (!value.is_empty()).then(|| line(value));
        match change {
            FieldChange::Text { old, new } => ("text", text(old), text(new)),
            FieldChange::Link { old, new } => {
                ("link", old.as_deref().map(line), new.as_deref().map(line))
            }
            FieldChange::Due { old, new } => {
                let moment = |due| self.moment(due);
                ("due", old.map(moment), new.map(moment))
            }
        }
    }
}

/// A nameless user or chat is shown by its id.
fn shown_name(name: &str, id: i64) -> Html {
    if name.is_empty() {
        Html::name(&id.to_string())
    } else {
        Html::name(name)
    }
}
