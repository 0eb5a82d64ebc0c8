//! Wording: from what came of an update to the calls that say it.

use chrono_tz::Tz;
use teloxide::payloads::setters::*;
use teloxide::payloads::{AnswerCallbackQuery, SendMessage};
use teloxide::types::{
    ChatId as TgChatId, LinkPreviewOptions, MessageId, ParseMode, ReplyParameters, ThreadId,
};

use crate::domain::board::ChatKind;
use crate::domain::{ChatId, UnixTime};
use crate::engine::{Outcome, Reply, Trouble};
use crate::text::{Language, Note, Say, Texts, TroubleText, View};

use super::call::Call;
use super::update::Place;

/// What answers an update.
#[derive(Clone, Debug, Default)]
pub struct Response {
    pub calls: Vec<Call>,
    /// Why it could not be carried out, when that is not its user's doing.
    pub trouble: Option<Trouble>,
}

/// Where an answer goes.
#[derive(Clone, Copy)]
pub struct Spot {
    pub chat: ChatId,
    pub kind: ChatKind,
    /// The forum topic.
    pub thread: Option<i64>,
    /// The message that is answered.
    pub message: Option<i64>,
}

impl Spot {
    /// The place of a message.
    pub fn of(place: &Place) -> Self {
        Self {
            chat: place.chat,
            kind: place.kind,
            thread: place.thread,
            message: Some(place.message),
        }
    }

    /// The same place under a group's new id: message and topic are the old chat's.
    fn at_chat(self, chat: ChatId) -> Self {
        if chat == self.chat {
            self
        } else {
            Self {
                chat,
                thread: None,
                message: None,
                ..self
            }
        }
    }
}

/// How answers are worded.
pub struct Voice {
    texts: Texts,
    zone: Tz,
}

impl Voice {
    /// Due dates are shown in this zone.
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
    pub fn answer(&self, spot: Spot, at: UnixTime, reply: &Reply, notes: &[Note]) -> Response {
        let spot = spot.at_chat(reply.chat);
        match &reply.outcome {
            Outcome::Silent => Response::default(),
            Outcome::Answer(answer) => {
                let say = Say::Answer(answer);
                if reply.partial {
                    let notes = [notes, &[Note::Partial]].concat();
                    let calls = vec![self.say(&spot, at, &say, &notes)];
                    return Response {
                        calls,
                        trouble: Some(Trouble::Damaged),
                    };
                }
                Response {
                    calls: vec![self.say(&spot, at, &say, notes)],
                    trouble: None,
                }
            }
            Outcome::Trouble(trouble) => {
                let is_flood = matches!(trouble, Trouble::Flood { .. } | Trouble::TooSoon { .. });
                let calls = vec![self.say(&spot, at, &Say::Trouble(words(*trouble)), &[])];
                Response {
                    calls,
                    trouble: Some(*trouble).filter(|_| !is_flood),
                }
            }
        }
    }

    /// What answers a button that an older version of the program made.
    pub fn outdated_button(&self, id: String) -> Response {
        let text = self.texts.outdated_button(Language::English);
        let answer = AnswerCallbackQuery::new(teloxide::types::CallbackQueryId(id)).text(text);
        Response {
            calls: vec![Call::AnswerCallback(Box::new(answer))],
            trouble: None,
        }
    }

    /// What answers an update that asks nothing of a board.
    pub fn only(&self, spot: &Spot, at: UnixTime, say: &Say<'_>) -> Response {
        Response {
            calls: vec![self.say(spot, at, say, &[])],
            trouble: None,
        }
    }

    fn say(&self, spot: &Spot, at: UnixTime, say: &Say<'_>, notes: &[Note]) -> Call {
        let view = View {
            language: Language::English,
            zone: self.zone,
            at,
        };
        let text = self.texts.render(say, notes, &view);
        let mut message =
            SendMessage::new(TgChatId(spot.chat.0), text.html).parse_mode(ParseMode::Html);
        if !text.preview {
            message = message.link_preview_options(no_preview());
        }
        if let Some(thread) = spot.thread.and_then(|thread| i32::try_from(thread).ok()) {
            message = message.message_thread_id(ThreadId(MessageId(thread)));
        }
        if let Some(to) = spot.message.and_then(|message| i32::try_from(message).ok())
            && spot.kind == ChatKind::Group
        {
            let reply = ReplyParameters::new(MessageId(to)).allow_sending_without_reply();
            message = message.reply_parameters(reply).disable_notification(true);
        }
        Call::Send(Box::new(message))
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
