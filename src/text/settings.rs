//! What a chat chose for itself: its language and its time zone.

use super::Renderer;
use super::catalog::Args;
use super::html::Html;
use crate::domain::zone;

/// How much of what was typed is repeated, in UTF-16 units.
const QUOTE_UNITS: usize = 100;

impl Renderer<'_> {
    pub(super) fn language(&self, is_chosen: bool) -> Html {
        let current = self.format("language-current", chosen(is_chosen));
        Html::join([current, self.say("language-choices")], "\n")
    }

    pub(super) fn timezone(&self, is_chosen: bool) -> Html {
        let current = self.format("timezone-current", self.zone_and_now(chosen(is_chosen)));
        Html::join([current, self.say("timezone-choices")], "\n")
    }

    pub(super) fn timezone_chosen(&self) -> Html {
        self.format("timezone-chosen", self.zone_and_now(Args::default()))
    }

    pub(super) fn not_known(&self, key: &str, typed: &str) -> Html {
        let typed = Html::line(typed, QUOTE_UNITS);
        self.format(key, Args::default().html("typed", typed))
    }

    /// In which zone a due date was read, which nobody had chosen.
    pub(super) fn zone_assumed(&self, guess: Option<chrono_tz::Tz>) -> Html {
        let args = self.zone(Args::default());
        match guess.filter(|guess| *guess != self.view.zone) {
            Some(guess) => {
                let guess = Html::line(&zone::shown(guess), usize::MAX);
                self.format("note-zone-guess", args.html("guess", guess))
            }
            None => self.format("note-zone-assumed", args),
        }
    }

    fn zone_and_now(&self, args: Args) -> Args {
        self.zone(args).html("now", self.moment(self.view.at))
    }
}

fn chosen(is_chosen: bool) -> Args {
    Args::default().word("chosen", if is_chosen { "yes" } else { "no" })
}
