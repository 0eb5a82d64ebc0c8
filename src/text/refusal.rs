//! Why something was not done, and what to do next.

use super::Renderer;
use super::catalog::Args;
use super::html::{Html, units};
use super::list::page_command;
use super::say::{Say, TroubleText, Usage};
use crate::domain::board::{
    Answer, BOARD_BOUNTIES, BOARD_TEXT_BYTES, EditLine, Refusal, Scope, TEXT_LIMIT,
};
use crate::domain::{BountyId, LINK_LIMIT, LinkError, UnixTime};

/// How much of a refused link or of misunderstood words is repeated, in UTF-16 units.
const QUOTE_UNITS: usize = 200;
/// The longest line to send instead of an edit, in UTF-16 units. A longer one would be cut, and is no help then.
const EDIT_LINE_UNITS: usize = 3_800;

impl Renderer<'_> {
    pub(super) fn refusal(&self, refusal: &Refusal) -> Html {
        match refusal {
            Refusal::UnknownBounty { id, deleted: false } => self.about("refused-unknown", *id),
            Refusal::UnknownBounty { id, deleted: true } => self.about("refused-deleted", *id),
            Refusal::NotCreator { id, creator } => self.not_creator(*id, creator),
            Refusal::TextTooLong { characters } => self.text_too_long(*characters),
            Refusal::TextMissing => self.say("refused-text-missing"),
            Refusal::Link { link, error } => self.bad_link(link, *error),
            Refusal::DueInPast { due } => self.due_in_past(*due),
            Refusal::DueOutOfRange => self.say("refused-due-range"),
            Refusal::TooManyBounties => {
                let args = Args::default().digits("limit", BOARD_BOUNTIES);
                self.format("refused-too-many", args)
            }
            Refusal::TooMuchText => {
                let args = Args::default().digits("megabytes", BOARD_TEXT_BYTES / 1_000_000);
                self.format("refused-too-much-text", args)
            }
            Refusal::NothingChanged { id } => self.about("refused-nothing-changed", *id),
            Refusal::AlreadyTracked { id } => self.about("refused-already-tracked", *id),
            Refusal::NotTracked { id } => self.about("refused-not-tracked", *id),
            Refusal::TrackingInPrivate => self.say("refused-tracking-in-private"),
            Refusal::ChatCannotTrack => self.say("refused-chat-cannot-track"),
            Refusal::OperatorCannot => self.say("refused-operator"),
            Refusal::UnknownLanguage { typed } => self.not_known("refused-language", typed),
            Refusal::UnknownTimezone { typed } => self.not_known("refused-timezone", typed),
            Refusal::NoSuchPage { scope, page, pages } => self.no_such_page(*scope, *page, *pages),
        }
    }

    fn about(&self, key: &str, id: BountyId) -> Html {
        self.format(key, Args::default().digits("id", id))
    }

    fn not_creator(&self, id: BountyId, creator: &str) -> Html {
        let args = Args::default().digits("id", id);
        self.format(
            "refused-not-creator",
            args.html("creator", Html::name(creator)),
        )
    }

    fn text_too_long(&self, characters: u64) -> Html {
        let args = Args::default()
            .count("characters", characters)
            .digits("limit", TEXT_LIMIT)
            .count("excess", characters.saturating_sub(TEXT_LIMIT as u64));
        self.format("refused-text-too-long", args)
    }

    fn bad_link(&self, link: &str, error: LinkError) -> Html {
        let args = Args::default()
            .html("link", Html::line(link, QUOTE_UNITS))
            .digits("limit", LINK_LIMIT);
        let key = match error {
            LinkError::Scheme => "refused-link-scheme",
            LinkError::Invalid => "refused-link-invalid",
            LinkError::TooLong => "refused-link-too-long",
        };
        self.format(key, args)
    }

    fn due_in_past(&self, due: UnixTime) -> Html {
        let args = self.moment_and_relative(due, self.moment_in_zone(due));
        self.format("refused-due-past", args)
    }

    fn no_such_page(&self, scope: Scope, page: u64, pages: u64) -> Html {
        let args = Args::default()
            .digits("page", page)
            .html("command", page_command(scope, pages));
        let key = if pages == 1 {
            "refused-only-page"
        } else {
            "refused-no-page"
        };
        self.format(key, args)
    }

    pub(super) fn usage(&self, usage: &Usage) -> Html {
        match usage {
            Usage::Add => self.say("usage-add"),
            Usage::AddOnlyLink => self.say("usage-add-only-link"),
            Usage::Link { link, error } => self.bad_link(link, *error),
            Usage::Edit => self.say("usage-edit"),
            Usage::Delete => self.say("usage-delete"),
            Usage::Track => self.say("usage-track"),
            Usage::Untrack => self.say("usage-untrack"),
            Usage::History => self.say("usage-history"),
            Usage::List => self.say("usage-list"),
            Usage::Mine => self.say("usage-mine"),
            Usage::DueNotUnderstood { words } => {
                let args = Args::default().html("words", Html::line(words, QUOTE_UNITS));
                self.format("usage-due-not-understood", args)
            }
        }
    }

    pub(super) fn trouble(&self, trouble: TroubleText) -> Html {
        match trouble {
            TroubleText::Damaged => self.say("trouble-damaged"),
            TroubleText::Foreign => self.say("trouble-foreign"),
            TroubleText::Busy => self.say("trouble-busy"),
            TroubleText::Storage => self.say("trouble-storage"),
            TroubleText::Flood { seconds } => {
                self.format("trouble-flood", Args::default().count("seconds", seconds))
            }
            TroubleText::TooSoon { seconds } => self.format(
                "trouble-too-soon",
                Args::default().count("seconds", seconds),
            ),
            TroubleText::Internal => self.say("trouble-internal"),
        }
    }

    /// What is said below that, for a message that holds an `/add`.
    pub(super) fn add_edited(&self, below: &Say<'_>) -> Html {
        let Say::Answer(Answer::MessageEdited(line)) = below else {
            return self.say("note-add-anew-general");
        };
        let arguments = line.arguments.trim();
        let known = !arguments.is_empty() && units(arguments) <= EDIT_LINE_UNITS;
        match line.bounty {
            Some(_) => self.say("note-left-out-stays"),
            None if known => {
                let arguments = Html::block(arguments, EDIT_LINE_UNITS);
                self.format(
                    "note-add-anew",
                    Args::default().html("arguments", arguments),
                )
            }
            None => self.say("note-add-anew-general"),
        }
    }

    /// The command to send instead of editing a message; a general one when it is not known, or too long to show.
    pub(super) fn message_edited(&self, line: &EditLine) -> Html {
        let arguments = line.arguments.trim();
        let known = !arguments.is_empty() && units(arguments) <= EDIT_LINE_UNITS;
        match line.bounty {
            Some(id) if known => {
                let arguments = Html::block(arguments, EDIT_LINE_UNITS);
                let args = Args::default().digits("id", id);
                self.format("message-edited", args.html("arguments", arguments))
            }
            Some(id) => self.about("message-edited-general", id),
            None => {
                let id = Html::line("<id>", usize::MAX);
                let example = self.format("message-edited-general", Args::default().html("id", id));
                Html::join([example, self.say("message-edited-id")], "\n")
            }
        }
    }
}
