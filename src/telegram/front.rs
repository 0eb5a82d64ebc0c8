//! From an update to the calls that answer it: the one path that polling and `feed` share.

use std::sync::Arc;

use chrono_tz::Tz;

use crate::domain::board::ChatKind;
use crate::domain::{Actor, Cause, ChatId, UnixTime};
use crate::engine::{Ask, Chat, Engine, Request, Terms};
use crate::text::{Note, Say, Texts};

use super::command::{Called, EditedCommand, Parsed};
use super::rules::Rules;
use super::update::{Inbound, Incoming, Origin, Place};
use super::voice::{Response, Spot, Voice};

/// Takes updates in, has them carried out and words the answers.
pub struct Front {
    engine: Arc<Engine>,
    voice: Arc<Voice>,
    /// None where every command is answered.
    rules: Option<Rules>,
}

impl Front {
    /// A front before this engine; due dates are shown in this zone.
    pub fn new(engine: Arc<Engine>, zone: Tz) -> Self {
        Self {
            engine,
            voice: Arc::new(Voice::new(zone)),
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
        self.voice.texts()
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
