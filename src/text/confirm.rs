//! Confirmations: one bounty with all that it has, and what changed.

use super::Renderer;
use super::catalog::Args;
use super::html::Html;
use super::message::Message;
use super::say::{Note, Say};
use crate::domain::UnixTime;
use crate::domain::board::{Answer, BountyView, FieldChange};

/// The old text of an edit and the words of a note are reminders: this many UTF-16 units of them are shown.
const REMINDER_UNITS: usize = 200;

impl Renderer<'_> {
    pub(super) fn added(&self, bounty: &BountyView) -> Message {
        Message {
            preview: bounty.link.is_some(),
            ..Message::quiet(self.confirmed("added", bounty, None))
        }
    }

    pub(super) fn deleted(&self, bounty: &BountyView) -> Html {
        self.confirmed("deleted", bounty, Some("deleted-next"))
    }

    pub(super) fn tracked(&self, bounty: &BountyView) -> Html {
        self.confirmed("tracked", bounty, Some("tracked-next"))
    }

    pub(super) fn untracked(&self, bounty: &BountyView) -> Html {
        self.confirmed("untracked", bounty, None)
    }

    /// What changed, old to new, in the place where an unchanged field stands.
    pub(super) fn edited(&self, bounty: &BountyView, changes: &[FieldChange]) -> Message {
        let [mut text, mut link, mut due] = self.fields(bounty);
        let mut preview = false;
        for change in changes {
            let line = Some(self.edited_field(change));
            match change {
                FieldChange::Text { .. } => text = line,
                FieldChange::Link { new, .. } => (link, preview) = (line, new.is_some()),
                FieldChange::Due { .. } => due = line,
            }
        }
        let title = Some(self.format("edited", id(bounty)));
        let lines = [title, text, link, due].into_iter().flatten();
        Message {
            preview,
            ..Message::quiet(Html::join(lines, "\n"))
        }
    }

    fn confirmed(&self, title: &str, bounty: &BountyView, next: Option<&str>) -> Html {
        let title = self.format(title, id(bounty));
        let next = next.map(|key| self.format(key, id(bounty)));
        let fields = self.fields(bounty).into_iter().flatten();
        let lines = std::iter::once(title).chain(fields).chain(next);
        Html::join(lines, "\n")
    }

    /// Text, link and due date.
    fn fields(&self, bounty: &BountyView) -> [Option<Html>; 3] {
        let text = Html::block(&bounty.text, self.room.text);
        let due = |due| self.due(due, self.moment_in_zone(due));
        [Some(text), self.link(bounty), bounty.due.map(due)]
    }

    pub(super) fn link(&self, bounty: &BountyView) -> Option<Html> {
        let link = bounty.link.as_deref()?;
        Some(Html::line(link, self.room.link))
    }

    pub(super) fn edited_field(&self, change: &FieldChange) -> Html {
        let reminder = self.room.text.min(REMINDER_UNITS);
        match change {
            FieldChange::Text { old, new } => {
                let old = Html::line(old, reminder);
                self.change("text", old, Html::block(new, self.room.text))
            }
            FieldChange::Link { old, new } => {
                let link = |link: &str| Html::line(link, self.room.link);
                self.optional_change("link", old.as_deref().map(link), new.as_deref().map(link))
            }
            FieldChange::Due { old, new } => {
                let old = old.map(|due| self.moment_in_zone(due));
                self.optional_change("due", old, new.map(|due| self.new_due(due)))
            }
        }
    }

    fn new_due(&self, due: UnixTime) -> Html {
        let args = self.moment_and_relative(due, self.moment_in_zone(due));
        self.format("moment-and-relative", args)
    }

    pub(super) fn optional_change(
        &self,
        field: &'static str,
        old: Option<Html>,
        new: Option<Html>,
    ) -> Html {
        let nothing = || self.say("nothing");
        let (old, new) = (old.unwrap_or_else(nothing), new.unwrap_or_else(nothing));
        self.change(field, old, new)
    }

    pub(super) fn change(&self, field: &'static str, old: Html, new: Html) -> Html {
        let args = Args::default().word("field", field);
        self.format("field-change", args.html("old", old).html("new", new))
    }

    /// What is said below an answer.
    pub(super) fn note(&self, note: &Note, below: &Say<'_>) -> Html {
        match note {
            Note::DueNotUnderstood { words } => self.due_not_understood(words, below),
            Note::AddEdited => self.add_edited(below),
            Note::ZoneAssumed { guess } => self.zone_assumed(*guess),
            Note::Forwarded(found) => self.forwarded(found),
            Note::Partial => self.say("note-partial"),
        }
    }

    fn due_not_understood(&self, words: &str, below: &Say<'_>) -> Html {
        let words = Html::line(words, self.room.text.min(REMINDER_UNITS));
        let args = Args::default().html("words", words);
        match below {
            Say::Answer(Answer::Added(bounty)) => {
                self.format("note-due-not-understood", args.digits("id", bounty.id))
            }
            _ => self.format("note-due-not-understood-here", args),
        }
    }
}

fn id(bounty: &BountyView) -> Args {
    Args::default().digits("id", bounty.id)
}
