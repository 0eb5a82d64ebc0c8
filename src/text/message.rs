//! One message, and how it is made to fit.

use super::html::{Html, plain, units};

/// The most UTF-16 units of a Telegram message, without its markup.
/// Source: <https://core.telegram.org/bots/api#sendmessage>
pub const MESSAGE_UNITS: usize = 4_096;

/// The least that a user's text is shortened to.
const LEAST_UNITS: usize = 24;

/// A message in Telegram's HTML with everything a user typed escaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub html: String,
    /// Whether a link preview is welcome.
    pub preview: bool,
}

impl Message {
    /// A message whose links are not to be unfolded.
    pub(super) fn quiet(html: Html) -> Self {
        Self {
            html: html.into_string(),
            preview: false,
        }
    }

    /// The same without markup: for terminals, and for when Telegram cannot parse the HTML.
    pub fn plain(&self) -> String {
        plain(&self.html)
    }

    fn fits(&self) -> bool {
        // No text has more UTF-16 units than bytes.
        self.html.len() <= MESSAGE_UNITS || units(&self.plain()) <= MESSAGE_UNITS
    }
}

/// How many UTF-16 units each text and each link of a bounty may have in a message.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    pub text: usize,
    pub link: usize,
}

impl Room {
    const WHOLE: Self = Self::everything(usize::MAX);

    /// Links are better than nothing only when they are whole, so texts are shortened first.
    const fn texts(units: usize) -> Self {
        Self {
            text: units,
            link: usize::MAX,
        }
    }

    const fn everything(units: usize) -> Self {
        Self {
            text: units,
            link: units,
        }
    }
}

/// The message with as much of its texts as fits.
pub fn fit(compose: impl Fn(Room) -> Message) -> Message {
    let whole = compose(Room::WHOLE);
    if whole.fits() {
        return whole;
    }
    longest(&compose, Room::texts)
        .or_else(|| longest(&compose, Room::everything))
        .unwrap_or_else(|| Message::quiet(Html::block(&whole.plain(), MESSAGE_UNITS)))
}

/// The message with the most room per text at which it fits, if it does with the least.
fn longest(compose: impl Fn(Room) -> Message, room: impl Fn(usize) -> Room) -> Option<Message> {
    let mut fitting = Some(compose(room(LEAST_UNITS))).filter(Message::fits)?;
    let (mut low, mut high) = (LEAST_UNITS, MESSAGE_UNITS);
    while low + 1 < high {
        let middle = low.midpoint(high);
        let message = compose(room(middle));
        if message.fits() {
            (low, fitting) = (middle, message);
        } else {
            high = middle;
        }
    }
    Some(fitting)
}
