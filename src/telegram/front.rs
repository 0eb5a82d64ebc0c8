//! From an update to the calls that answer it: the one path that polling and `feed` share.

use std::sync::Arc;

use chrono_tz::Tz;
use teloxide::payloads::setters::*;
use teloxide::payloads::{AnswerCallbackQuery, SendMessage};
use teloxide::types::{
    ChatId as TgChatId, LinkPreviewOptions, MessageId, ParseMode, ReplyParameters, ThreadId,
};

use crate::domain::board::ChatKind;
use crate::domain::{Actor, Cause, ChatId, UnixTime};
use crate::engine::{Ask, Chat, Engine, Outcome, Reply, Request, Terms, Trouble};
use crate::text::{Language, Note, Say, Texts, TroubleText, View};

use super::call::Call;
use super::command::{Called, EditedCommand, Parsed};
use super::rules::Rules;
use super::update::{Inbound, Incoming, Origin, Place};

/// What answers an update.
#[derive(Clone, Debug, Default)]
pub struct Response {
    pub calls: Vec<Call>,
    /// Why it could not be carried out, when that is not its user's doing.
    pub trouble: Option<Trouble>,
}

/// Takes updates in, has them carried out and words the answers.
pub struct Front {
    engine: Arc<Engine>,
    voice: Arc<Voice>,
    /// None where every command is answered.
    rules: Option<Rules>,
}

/// How answers are worded.
struct Voice {
    texts: Texts,
    zone: Tz,
}

impl Front {
    /// A front before this engine; due dates are shown in this zone.
    pub fn new(engine: Arc<Engine>, zone: Tz) -> Self {
        Self {
            engine,
            voice: Arc::new(Voice {
                texts: Texts::new(),
                zone,
            }),
            rules: None,
        }
    }

    /// The same for one bot, which answers by these rules.
    pub fn ruled(&self, rules: Rules) -> Self {
        Self {
            engine: Arc::clone(&self.engine),
            voice: Arc::clone(&self.voice),
            rules: Some(rules),
        }
    }

    /// The texts, for what is no answer to an update.
    pub fn texts(&self) -> &Texts {
        &self.voice.texts
    }

    /// Carries out an update. `done` is called once, perhaps from another thread, when its event is durable.
    pub fn receive(&self, incoming: Incoming, done: impl FnOnce(Response) + Send + 'static) {
        match incoming.kind {
            Inbound::Message {
                origin,
                called,
                parsed,
            } => self.message(origin, called, parsed, done),
            Inbound::EditedMessage {
                origin,
                called,
                edited,
            } => self.edited(origin, called, edited, done),
            Inbound::Migrated { origin, from, to } => self.migrated(origin, from, to, done),
            Inbound::AddedToGroup { chat, .. } => {
                let spot = Spot {
                    chat,
                    kind: ChatKind::Group,
                    thread: None,
                    message: None,
                };
                done(self.voice.only(&spot, 0, &Say::Greeting));
            }
            Inbound::Callback { id, .. } => done(self.voice.outdated_button(id)),
            Inbound::Ignored(_) => done(Response::default()),
        }
    }

    fn message(
        &self,
        origin: Origin,
        called: Option<Called>,
        parsed: Parsed,
        done: impl FnOnce(Response) + Send + 'static,
    ) {
        let terms = called.map_or(Some(Terms::default()), |called| self.terms(called));
        let Some(terms) = terms else {
            return done(self.not_enabled(&origin, called));
        };
        let say = match parsed {
            Parsed::Command(command, notes) => {
                return self.ask(origin, Ask::Command(command), terms, notes, done);
            }
            Parsed::Usage(usage) => Say::Usage(usage),
            Parsed::Unknown { .. } => Say::UnknownCommand,
            Parsed::ForOtherBot | Parsed::NoCommand => return done(Response::default()),
        };
        done(self.voice.only(&Spot::of(&origin.place), origin.at, &say));
    }

    /// By which terms this command is carried out; none when it is not enabled.
    fn terms(&self, called: Called) -> Option<Terms> {
        match &self.rules {
            Some(rules) => rules.terms(called.name),
            None => Some(Terms::default()),
        }
    }

    /// As for a command that nobody knows: in a group it is answered only when this bot is named.
    fn not_enabled(&self, origin: &Origin, called: Option<Called>) -> Response {
        let is_named = called.is_some_and(|called| called.named);
        if origin.place.kind == ChatKind::Group && !is_named {
            return Response::default();
        }
        let spot = Spot::of(&origin.place);
        self.voice.only(&spot, origin.at, &Say::UnknownCommand)
    }

    fn edited(
        &self,
        origin: Origin,
        called: Called,
        edited: EditedCommand,
        done: impl FnOnce(Response) + Send + 'static,
    ) {
        let Some(terms) = self.terms(called) else {
            return done(Response::default());
        };
        // It is no use of the command: it changes nothing.
        let terms = Terms {
            limit: None,
            ..terms
        };
        let ask = match edited {
            EditedCommand::Add { arguments } => Ask::MessageEdited {
                bounty: None,
                arguments,
            },
            EditedCommand::Edit { bounty, arguments } => Ask::MessageEdited { bounty, arguments },
            EditedCommand::Other => {
                return done(self.voice.only(
                    &Spot::of(&origin.place),
                    origin.at,
                    &Say::EditedMessage,
                ));
            }
        };
        self.ask(origin, ask, terms, Vec::new(), done);
    }

    fn migrated(
        &self,
        origin: Origin,
        from: ChatId,
        to: ChatId,
        done: impl FnOnce(Response) + Send + 'static,
    ) {
        let place = Place {
            chat: from,
            ..origin.place
        };
        self.ask(
            Origin { place, ..origin },
            Ask::Migrate { to },
            Terms::default(),
            Vec::new(),
            done,
        );
    }

    /// A group's new id became known when a message was refused. `done` is called as for an update.
    pub fn moved(
        &self,
        from: ChatId,
        to: ChatId,
        at: UnixTime,
        done: impl FnOnce(Response) + Send + 'static,
    ) {
        let place = Place {
            chat: from,
            kind: ChatKind::Group,
            title: None,
            thread: None,
            message: 0,
        };
        let origin = Origin {
            place,
            actor: Actor::System {},
            cause: Cause::System {},
            at,
            language: None,
        };
        let terms = Terms::default();
        self.ask(origin, Ask::Migrate { to }, terms, Vec::new(), done);
    }

    fn ask(
        &self,
        origin: Origin,
        ask: Ask,
        terms: Terms,
        notes: Vec<Note>,
        done: impl FnOnce(Response) + Send + 'static,
    ) {
        let (voice, spot) = (Arc::clone(&self.voice), Spot::of(&origin.place));
        let Origin {
            place,
            actor,
            cause,
            at,
            ..
        } = origin;
        let chat = Chat {
            id: place.chat,
            kind: place.kind,
            title: place.title,
        };
        let request = Request {
            chat,
            actor,
            cause,
            at,
            ask,
            terms,
        };
        self.engine.submit(request, move |reply| {
            done(voice.answer(spot, at, &reply, &notes))
        });
    }
}

/// Where an answer goes.
#[derive(Clone, Copy)]
struct Spot {
    chat: ChatId,
    kind: ChatKind,
    /// The forum topic.
    thread: Option<i64>,
    /// The message that is answered.
    message: Option<i64>,
}

impl Spot {
    fn of(place: &Place) -> Self {
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

impl Voice {
    fn answer(&self, spot: Spot, at: UnixTime, reply: &Reply, notes: &[Note]) -> Response {
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

    fn outdated_button(&self, id: String) -> Response {
        let text = self.texts.outdated_button(Language::English);
        let answer = AnswerCallbackQuery::new(teloxide::types::CallbackQueryId(id)).text(text);
        Response {
            calls: vec![Call::AnswerCallback(Box::new(answer))],
            trouble: None,
        }
    }

    fn only(&self, spot: &Spot, at: UnixTime, say: &Say<'_>) -> Response {
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

/// The chat whose answers must come in order.
pub fn queue_of(incoming: &Incoming) -> Option<ChatId> {
    match &incoming.kind {
        Inbound::Message { origin, .. }
        | Inbound::EditedMessage { origin, .. }
        | Inbound::Migrated { origin, .. } => Some(origin.place.chat),
        Inbound::AddedToGroup { chat, .. } => Some(*chat),
        Inbound::Callback { chat, .. } => *chat,
        Inbound::Ignored(_) => None,
    }
}

/// Whether what follows may be for a group's new id, and must wait for this.
pub fn is_migration(incoming: &Incoming) -> bool {
    matches!(incoming.kind, Inbound::Migrated { .. })
}
