//! From an update to the calls that answer it: the one path that polling and `feed` share.

use std::sync::Arc;

use chrono_tz::Tz;

use crate::domain::board::{Answer, ChatKind, Command};
use crate::domain::{Actor, Cause, ChatId, UnixTime, UserId};
use crate::engine::{Ask, Chat, Engine, Outcome, Reply, Request, Terms, system_time};
use crate::text::{Note, Say, Texts, Toast};

use super::command::{Called, EditedCommand, Parsed};
use super::rules::{Rule, Rules};
use super::spot::Spot;
use super::update::{Inbound, Incoming, Origin, Place, Press};
use super::voice::{Audience, Manner, Response, Voice};

/// Takes updates in, has them carried out and words the answers.
pub struct Front {
    engine: Arc<Engine>,
    voice: Arc<Voice>,
    /// None where every command is answered.
    rules: Option<Rules>,
}

impl Front {
    /// A front before this engine; where a chat chose no time zone, due dates are shown in this one.
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
        if let Some(chat) = incoming.heard {
            self.engine.heard(chat);
        }
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
            Inbound::AddedToGroup { chat, title } => self.greet(chat, title, done),
            Inbound::Callback {
                id,
                chat,
                language,
                press,
            } => match press {
                Some(press) => self.pressed(id, *press, done),
                None => self.toast(Toast::Outdated, id, chat, language, done),
            },
            Inbound::Ignored(_) => done(Response::default()),
        }
    }

    fn greet(
        &self,
        chat: ChatId,
        title: Option<String>,
        done: impl FnOnce(Response) + Send + 'static,
    ) {
        let origin = Origin::of_system(chat, ChatKind::Group, title, 0);
        let spot = Spot {
            message: None,
            ..Spot::of(&origin.place)
        };
        let audience = Audience {
            spot,
            asker: None,
            at: origin.at,
            manner: self.manner(),
        };
        self.say(origin, audience, Say::Greeting, done);
    }

    fn message(
        &self,
        origin: Origin,
        called: Option<Called>,
        parsed: Parsed,
        done: impl FnOnce(Response) + Send + 'static,
    ) {
        let rule = called.and_then(|called| self.rule(called));
        let manner = rule.map_or_else(|| self.manner(), |rule| rule.manner);
        let audience = audience(&origin, manner, called);
        let say = match (parsed, called, rule) {
            (Parsed::ForOtherBot | Parsed::NoCommand, ..) => return done(Response::default()),
            (_, Some(called), None) if is_overheard(&origin, called) => {
                return done(Response::default());
            }
            (_, Some(_), None) | (Parsed::Unknown { .. }, ..) => Say::UnknownCommand,
            (Parsed::Usage(usage), ..) => Say::Usage(usage),
            (Parsed::Command(command, notes), _, rule) => {
                let terms = rule.map_or_else(Terms::default, |rule| rule.terms);
                return self.ask(origin, audience, Ask::Command(command), terms, notes, done);
            }
        };
        self.say(origin, audience, say, done);
    }

    /// By which rule this command is carried out and answered; none when it is not enabled.
    fn rule(&self, called: Called) -> Option<Rule> {
        match &self.rules {
            Some(rules) => rules.of(called.name),
            None => Some(Rule::USUAL),
        }
    }

    /// How the bot answers what is no enabled command.
    fn manner(&self) -> Manner {
        self.rules.as_ref().map_or(Manner::USUAL, Rules::manner)
    }

    fn edited(
        &self,
        origin: Origin,
        called: Called,
        edited: EditedCommand,
        done: impl FnOnce(Response) + Send + 'static,
    ) {
        let Some(rule) = self.rule(called) else {
            return done(Response::default());
        };
        let audience = audience(&origin, rule.manner, Some(called));
        // It is no use of the command: it changes nothing.
        let terms = Terms {
            limit: None,
            ..rule.terms
        };
        let (ask, notes) = match edited {
            EditedCommand::Add { arguments } => {
                let ask = Ask::MessageEdited {
                    bounty: None,
                    arguments,
                };
                (ask, vec![Note::AddEdited])
            }
            EditedCommand::Edit { bounty, arguments } => {
                (Ask::MessageEdited { bounty, arguments }, Vec::new())
            }
            EditedCommand::Other => return self.say(origin, audience, Say::EditedMessage, done),
        };
        self.ask(origin, audience, ask, terms, notes, done);
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
        let origin = Origin { place, ..origin };
        let audience = audience(&origin, self.manner(), None);
        let ask = Ask::Migrate { to };
        self.ask(origin, audience, ask, Terms::default(), Vec::new(), done);
    }

    /// A group's new id became known when a message was refused. `done` is called as for an update.
    pub fn moved(
        &self,
        from: ChatId,
        to: ChatId,
        at: UnixTime,
        done: impl FnOnce(Response) + Send + 'static,
    ) {
        let origin = Origin::of_system(from, ChatKind::Group, None, at);
        self.migrated(origin, from, to, done);
    }

    /// A button shows another page of its list, by the rule of the command that shows the same.
    fn pressed(&self, id: String, press: Press, done: impl FnOnce(Response) + Send + 'static) {
        let Press { origin, button } = press;
        let (chat, language) = (Some(origin.place.chat), origin.language.clone());
        if !button.is_for(user_of(&origin)) {
            return self.toast(Toast::Foreign, id, chat, language, done);
        }
        let called = Called {
            name: button.command(),
            named: true,
            plain: false,
        };
        let Some(rule) = self.rule(called) else {
            return self.toast(Toast::Outdated, id, chat, language, done);
        };
        let at = match origin.cause {
            // No date comes with it.
            Cause::Update(_) => system_time().seconds(),
            _ => origin.at,
        };
        let origin = Origin { at, ..origin };
        let audience = audience(&origin, rule.manner, Some(called));
        let ask = Ask::Command(Command::Query(button.query()));
        let voice = Arc::clone(&self.voice);
        let request = request(origin, ask, rule.terms);
        self.engine.submit(request, move |reply| {
            done(voice.turned(id, &audience, &reply));
        });
    }

    /// An answer for the one who pressed a button, seen in the chat.
    fn toast(
        &self,
        toast: Toast,
        id: String,
        chat: Option<ChatId>,
        language: Option<String>,
        done: impl FnOnce(Response) + Send + 'static,
    ) {
        let kind = match chat {
            Some(chat) if chat.is_group() => ChatKind::Group,
            _ => ChatKind::Private,
        };
        let locale = self.manner().towards(kind, language.as_deref()).locale;
        let voice = Arc::clone(&self.voice);
        let Some(chat) = chat else {
            return done(voice.toast(toast, id, locale));
        };
        let origin = Origin::of_system(chat, kind, None, 0);
        let request = request(origin, Ask::Style, Terms::default());
        self.engine.submit(request, move |reply| {
            let locale = reply.style.language.unwrap_or(locale);
            done(voice.toast(toast, id, locale));
        });
    }

    /// Says what no board is asked about, in the way of the chat.
    fn say(
        &self,
        origin: Origin,
        audience: Audience,
        say: Say<'static>,
        done: impl FnOnce(Response) + Send + 'static,
    ) {
        let voice = Arc::clone(&self.voice);
        let request = request(origin, Ask::Style, Terms::default());
        self.engine.submit(request, move |reply| {
            done(voice.only(&audience, &reply, &say));
        });
    }

    fn ask(
        &self,
        origin: Origin,
        audience: Audience,
        ask: Ask,
        terms: Terms,
        mut notes: Vec<Note>,
        done: impl FnOnce(Response) + Send + 'static,
    ) {
        let (voice, rules) = (Arc::clone(&self.voice), self.rules.clone());
        let request = request(origin, ask, terms);
        self.engine.submit(request, move |reply| {
            notes.extend(forwarded(rules.as_ref(), &reply));
            done(voice.answer(&audience, &reply, &notes))
        });
    }
}

/// The help says to whom else it is told what happens on the chat's board.
fn forwarded(rules: Option<&Rules>, reply: &Reply) -> Option<Note> {
    let Outcome::Answer(Answer::Help { ids, .. }) = &reply.outcome else {
        return None;
    };
    let found = rules?.forwarded_from(ids);
    (!found.is_empty()).then_some(Note::Forwarded(found))
}

fn request(origin: Origin, ask: Ask, terms: Terms) -> Request {
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
    Request {
        chat,
        actor,
        cause,
        at,
        ask,
        terms,
    }
}

fn audience(origin: &Origin, manner: Manner, called: Option<Called>) -> Audience {
    let is_plain = called.is_some_and(|called| called.plain);
    let language = origin.language.as_deref();
    Audience {
        spot: Spot::of(&origin.place),
        asker: user_of(origin),
        at: origin.at,
        manner: manner
            .towards(origin.place.kind, language)
            .plain_if(is_plain),
    }
}

fn user_of(origin: &Origin) -> Option<UserId> {
    match origin.actor {
        Actor::User { id, .. } => Some(id),
        _ => None,
    }
}

/// In a group, a command that a bot does not have is answered only when that bot is named.
fn is_overheard(origin: &Origin, called: Called) -> bool {
    origin.place.kind == ChatKind::Group && !called.named
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

/// Whether a button was pressed, for whose answer somebody waits.
pub fn is_press(incoming: &Incoming) -> bool {
    matches!(incoming.kind, Inbound::Callback { .. })
}

/// Whether what follows may be for a group's new id, and must wait for this.
pub fn is_migration(incoming: &Incoming) -> bool {
    matches!(incoming.kind, Inbound::Migrated { .. })
}
