//! What users read. Moments are seen from noon of Tuesday, 28 January 2031, in UTC unless a test says otherwise.

mod answers;
mod complete;
mod every;
mod forwarding;
mod harmless;
mod histories;
mod notified;
mod pages;
mod plurals;
mod russian;
mod syntax;
mod times;

use std::sync::LazyLock;

use chrono_tz::{Tz, UTC};

use super::html::units;
use super::{MESSAGE_UNITS, Message, Note, Say, Texts, View};
use crate::domain::board::{Answer, BountyView, Refusal};
use crate::domain::{BountyId, Locale, UnixTime};

static TEXTS: LazyLock<Texts> = LazyLock::new(Texts::new);

/// Tue 28 Jan 2031 12:00 UTC.
const NOON: UnixTime = 1_927_368_000;
const DAY: UnixTime = 86_400;
/// Fri 31 Jan 2031 23:59 UTC.
const FRIDAY: UnixTime = NOON + 3 * DAY + 12 * 3_600 - 60;

fn view(zone: Tz) -> View {
    View {
        locale: Locale::English,
        zone,
        at: NOON,
    }
}

fn render(say: &Say<'_>, notes: &[Note]) -> Message {
    render_in(Locale::English, say, notes)
}

fn render_in(locale: Locale, say: &Say<'_>, notes: &[Note]) -> Message {
    let view = View {
        locale,
        ..view(UTC)
    };
    let message = TEXTS.render(say, notes, &view);
    assert!(units(&message.plain()) <= MESSAGE_UNITS, "{message:?}");
    message
}

fn answer(answer: &Answer) -> Message {
    render(&Say::Answer(answer), &[])
}

/// What a reader sees of an answer.
fn plain(of: &Answer) -> String {
    answer(of).plain()
}

fn refused(refusal: Refusal) -> String {
    plain(&Answer::Refused(refusal))
}

/// Bounty 3 with a link and a due date.
fn login() -> BountyView {
    BountyView {
        id: BountyId(3),
        text: "Fix login bug".into(),
        link: Some("https://example.com/1".into()),
        due: Some(FRIDAY),
    }
}

/// Bounty 3 with a text alone.
fn bare(text: &str) -> BountyView {
    BountyView {
        id: BountyId(3),
        text: text.into(),
        link: None,
        due: None,
    }
}
