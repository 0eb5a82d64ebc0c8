//! Wording: from what came of an update to the calls that say it, in the language, form and time zone that belong there.

use chrono_tz::Tz;
use teloxide::payloads::setters::*;
use teloxide::payloads::{AnswerCallbackQuery, EditMessageText, SendMessage};
use teloxide::types::{
    CallbackQueryId, InlineKeyboardMarkup, LinkPreviewOptions, MessageId, ParseMode, ReplyMarkup,
};

use crate::domain::board::{Answer, ChatKind};
use crate::domain::bridge::ResponseMode;
use crate::domain::{ChatId, Locale, UnixTime, UserId, zone};
use crate::engine::{Outcome, Reply, Trouble};
use crate::text::{self, Message, Note, Say, Texts, Toast, TroubleText, View};

use super::button::pages;
use super::call::Call;
use super::spot::Spot;

/// The most characters of the answer to a button: <https://core.telegram.org/bots/api#answercallbackquery>.
const TOAST_LENGTH: usize = 200;

/// What answers an update.
#[derive(Clone, Debug, Default)]
pub struct Response {
    pub calls: Vec<Call>,
    /// Why it could not be carried out, when that is not its user's doing.
    pub trouble: Option<Trouble>,
}

/// How an answer is worded where the chat did not choose otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manner {
    pub locale: Locale,
    pub mode: ResponseMode,
    /// The time zone that is likely for who wrote.
    pub guess: Option<Tz>,
}

impl Manner {
    /// Where there is no config.
    pub const USUAL: Self = Self {
        locale: Locale::English,
        mode: ResponseMode::Media,
        guess: None,
    };

    /// The same for someone whose Telegram has the language of this tag: in a private chat it is spoken, if it can be.
    pub fn towards(self, kind: ChatKind, language: Option<&str>) -> Self {
        let own = language.and_then(Locale::of_tag);
        Self {
            locale: own
                .filter(|_| kind == ChatKind::Private)
                .unwrap_or(self.locale),
            guess: language.and_then(zone::likely),
            ..self
        }
    }

    /// The same as plain text, if that is asked for.
    pub fn plain_if(self, is_asked: bool) -> Self {
        let mode = if is_asked {
            ResponseMode::Text
        } else {
            self.mode
        };
        Self { mode, ..self }
    }
}

/// Whom an answer is for.
#[derive(Clone, Copy)]
pub struct Audience {
    pub spot: Spot,
    /// Who asked; none for one who is no person.
    pub asker: Option<UserId>,
    /// The date of the message that is answered.
    pub at: UnixTime,
    pub manner: Manner,
}

/// How answers are worded.
pub struct Voice {
    texts: Texts,
    /// In which due dates are where no zone was chosen.
    zone: Tz,
}

impl Voice {
    /// Where a chat chose no zone, dates are shown in this one.
    pub fn new(zone: Tz) -> Self {
        Self {
            texts: Texts::new(),
            zone,
        }
    }

    /// The texts, for what is no answer to an update.
    pub fn texts(&self) -> &Texts {
        &self.texts
    }

    /// What answers a command that the engine was asked to carry out.
    pub fn answer(&self, audience: &Audience, reply: &Reply, notes: &[Note]) -> Response {
        let mut response = Response::default();
        match &reply.outcome {
            Outcome::Silent | Outcome::Off => {}
            Outcome::Answer(answer) => {
                let notes = all_notes(notes, reply, audience.manner.guess);
                let mut message = self.message(audience, reply, &Say::Answer(answer), &notes);
                message.reply_markup = buttons(answer, audience).map(ReplyMarkup::InlineKeyboard);
                response.calls = vec![Call::Send(Box::new(message))];
                response.trouble = reply.partial.then_some(Trouble::Damaged);
            }
            Outcome::Trouble(trouble) => {
                let is_flood = matches!(trouble, Trouble::Flood { .. } | Trouble::TooSoon { .. });
                let say = Say::Trouble(words(*trouble));
                response.calls = vec![self.say(audience, reply, &say, &[])];
                response.trouble = Some(*trouble).filter(|_| !is_flood);
            }
        }
        response
    }

    /// What answers an update that asks nothing of a board; the reply says how the chat is answered.
    pub fn only(&self, audience: &Audience, reply: &Reply, say: &Say<'_>) -> Response {
        if reply.outcome == Outcome::Off {
            return Response::default();
        }
        Response {
            calls: vec![self.say(audience, reply, say, &[])],
            trouble: None,
        }
    }

    /// What answers a button that does nothing.
    pub fn toast(&self, toast: Toast, id: String, locale: Locale) -> Response {
        Response {
            calls: vec![answered(id, Some(self.texts.toast(locale, toast)))],
            trouble: None,
        }
    }

    /// What answers a button that shows another page: the page takes the place of the one that is there. What went wrong instead is
    /// for the one who pressed.
    pub fn turned(&self, id: String, audience: &Audience, reply: &Reply) -> Response {
        if reply.chat != audience.spot.chat {
            // The chat has a new id, where another message has the number of this one.
            let locale = reply.style.language.unwrap_or(audience.manner.locale);
            return self.toast(Toast::Outdated, id, locale);
        }
        let Outcome::Answer(answer @ Answer::List(_)) = &reply.outcome else {
            let told = self.answer(audience, reply, &[]);
            let text = told.calls.iter().find_map(|call| match call {
                Call::Send(message) => Some(text::plain(&message.text)),
                Call::Edit(_) | Call::AnswerCallback(_) => None,
            });
            let calls = vec![answered(id, text)];
            return Response { calls, ..told };
        };
        let notes = all_notes(&[], reply, audience.manner.guess);
        let page = self.message(audience, reply, &Say::Answer(answer), &notes);
        let turned = turned(page, audience, buttons(answer, audience));
        Response {
            calls: [Some(answered(id, None)), turned]
                .into_iter()
                .flatten()
                .collect(),
            trouble: reply.partial.then_some(Trouble::Damaged),
        }
    }

    fn say(&self, audience: &Audience, reply: &Reply, say: &Say<'_>, notes: &[Note]) -> Call {
        Call::Send(Box::new(self.message(audience, reply, say, notes)))
    }

    fn message(
        &self,
        audience: &Audience,
        reply: &Reply,
        say: &Say<'_>,
        notes: &[Note],
    ) -> SendMessage {
        let view = View {
            locale: reply.style.language.unwrap_or(audience.manner.locale),
            zone: reply.style.zone.unwrap_or(self.zone),
            at: audience.at,
        };
        let text = self.texts.render(say, notes, &view);
        written(&text, audience, reply.chat)
    }
}

/// Where buttons are of use: below a list that has more pages, unless plain text is wanted.
fn buttons(answer: &Answer, audience: &Audience) -> Option<InlineKeyboardMarkup> {
    match answer {
        Answer::List(page) if audience.manner.mode == ResponseMode::Media => {
            pages(page, audience.asker)
        }
        _ => None,
    }
}

/// The message with the button, as it becomes this one.
fn turned(
    page: SendMessage,
    audience: &Audience,
    buttons: Option<InlineKeyboardMarkup>,
) -> Option<Call> {
    let message = i32::try_from(audience.spot.message?).ok()?;
    let mut edit = EditMessageText::new(page.chat_id, MessageId(message), page.text);
    edit.parse_mode = page.parse_mode;
    edit.link_preview_options = page.link_preview_options;
    edit.reply_markup = buttons;
    Some(Call::Edit(Box::new(edit)))
}

/// The answer that a pressed button waits for, with a text that is cut to what Telegram shows.
fn answered(id: String, text: Option<String>) -> Call {
    let mut answer = AnswerCallbackQuery::new(CallbackQueryId(id));
    answer.text = text.map(|text| text.chars().take(TOAST_LENGTH).collect());
    Call::AnswerCallback(Box::new(answer))
}

/// The notes below an answer, with those that the reply itself asks for.
pub fn all_notes(notes: &[Note], reply: &Reply, guess: Option<Tz>) -> Vec<Note> {
    let assumed = (reply.style.zone_assumed).then_some(Note::ZoneAssumed { guess });
    let partial = reply.partial.then_some(Note::Partial);
    let own = assumed.into_iter().chain(partial);
    notes.iter().cloned().chain(own).collect()
}

/// The text as the bot writes it there: with its markup, or plain and without previews.
fn written(text: &Message, audience: &Audience, chat: ChatId) -> SendMessage {
    let spot = audience.spot.at_chat(chat);
    let is_plain = audience.manner.mode == ResponseMode::Text;
    let message = if is_plain {
        spot.message(text.plain())
    } else {
        spot.message(text.html.as_str()).parse_mode(ParseMode::Html)
    };
    if text.preview && !is_plain {
        message
    } else {
        message.link_preview_options(no_preview())
    }
}

fn no_preview() -> LinkPreviewOptions {
    LinkPreviewOptions {
        is_disabled: true,
        url: None,
        prefer_small_media: false,
        prefer_large_media: false,
        show_above_text: false,
    }
}

/// The text for a trouble.
pub fn words(trouble: Trouble) -> TroubleText {
    match trouble {
        Trouble::Damaged => TroubleText::Damaged,
        Trouble::Foreign => TroubleText::Foreign,
        Trouble::Busy => TroubleText::Busy,
        Trouble::Storage => TroubleText::Storage,
        Trouble::Flood { seconds } => TroubleText::Flood {
            seconds: seconds.unsigned_abs(),
        },
        Trouble::TooSoon { seconds } => TroubleText::TooSoon {
            seconds: seconds.unsigned_abs(),
        },
        Trouble::Internal => TroubleText::Internal,
    }
}
