//! What other chats are told of a board, and what a chat is told of that.

use super::catalog::Args;
use super::html::Html;
use super::{Message, Renderer, Texts, View, message};
use crate::domain::bridge::EventType;
use crate::domain::notifier::{News, Told};
use crate::domain::{BountyId, ChatId, UnixTime};

/// How much of a text one of several things shows, in UTF-16 units.
const EXCERPT_UNITS: usize = 200;
/// An empty line between two things.
const BETWEEN: &str = "\n\n";

/// What happened on a board.
#[derive(Clone, Copy, Debug)]
pub struct Notification<'n> {
    pub chat: ChatId,
    pub title: Option<&'n str>,
    pub told: &'n [Told],
}

impl Texts {
    /// The message that tells what happened on a board. It always fits into one Telegram message.
    pub fn notification(&self, notification: &Notification<'_>, view: &View) -> Message {
        message::fit(|room| {
            let catalog = self.catalog(view.locale);
            let renderer = Renderer {
                catalog,
                view,
                room,
            };
            Message::quiet(renderer.notification(notification))
        })
    }

    /// The message that tells a chat to whom its board is forwarded from now on, and to whom no more: the names of targets.
    pub fn forwarding(&self, started: &[String], stopped: &[String], view: &View) -> Message {
        message::fit(|room| {
            let catalog = self.catalog(view.locale);
            let renderer = Renderer {
                catalog,
                view,
                room,
            };
            let started = renderer.forwarding("notify-forwarding-started", started);
            let stopped = renderer.forwarding("notify-forwarding-stopped", stopped);
            Message::quiet(Html::join(started.into_iter().chain(stopped), BETWEEN))
        })
    }
}

impl Renderer<'_> {
    fn notification(&self, notification: &Notification<'_>) -> Html {
        let title = match notification.title {
            Some(title) => Args::default().html("title", Html::name(title)),
            None => Args::default().digits("title", notification.chat),
        };
        let is_alone = notification.told.len() == 1;
        let told = notification.told.iter().map(|told| match told {
            Told::News(news) => self.news(news, is_alone),
            Told::Reminder {
                kind,
                bounty,
                due,
                text,
                link,
            } => self.reminder(*kind, *bounty, *due, text.as_deref(), link.as_deref()),
        });
        let title = self.format("notify-title", title);
        Html::join(std::iter::once(title).chain(told), BETWEEN)
    }

    fn news(&self, news: &News, is_alone: bool) -> Html {
        let args = Args::default()
            .digits("id", news.bounty)
            .html("who", self.who(news));
        let first = self.format(key(news.kind), args);
        let text = match is_alone {
            true => Html::block(&news.text, self.room.text),
            false => Html::line(&news.text, self.room.text.min(EXCERPT_UNITS)),
        };
        if news.kind == EventType::Edited && !news.changes.is_empty() {
            let changes = news.changes.iter().map(|change| self.edited_field(change));
            let has_text =
                |change: &&_| matches!(change, crate::domain::board::FieldChange::Text { .. });
            let text = news.changes.iter().find(has_text).is_none().then_some(text);
            return Html::join(std::iter::once(first).chain(text).chain(changes), "\n");
        }
        let is_whole = news.kind == EventType::Added;
        let link = news.link.as_deref().filter(|_| is_whole);
        let link = link.map(|link| Html::line(link, self.room.link));
        let due = news.due.filter(|_| is_whole);
        let due = due.map(|due| self.due(due, self.moment_in_zone(due)));
        let lines = [Some(first), Some(text), link, due].into_iter().flatten();
        Html::join(lines, "\n")
    }

    fn reminder(
        &self,
        kind: EventType,
        bounty: BountyId,
        due: UnixTime,
        text: Option<&str>,
        link: Option<&str>,
    ) -> Html {
        let moment = self.moment_and_relative(due, self.moment_in_zone(due));
        let first = self.format(key(kind), moment.digits("id", bounty));
        let text = text.map(|text| Html::line(text, self.room.text.min(EXCERPT_UNITS)));
        let link = link.map(|link| Html::line(link, self.room.link));
        Html::join([Some(first), text, link].into_iter().flatten(), "\n")
    }

    /// Whoever has no name is shown by the id; the operator and the program have none.
    fn who(&self, news: &News) -> Html {
        match (news.actor.as_str(), news.actor_id) {
            ("", Some(id)) => Html::name(&id.to_string()),
            ("", None) => self.say("history-system"),
            (name, Some(_)) => Html::name(name),
            (name, None) => {
                let args = Args::default().html("name", Html::name(name));
                self.format("history-operator", args)
            }
        }
    }

    fn forwarding(&self, key: &'static str, names: &[String]) -> Option<Html> {
        let shown = names.iter().map(|name| Html::name(name));
        let args = Args::default().html("names", Html::join(shown, ", "));
        (!names.is_empty()).then(|| self.format(key, args))
    }
}

fn key(kind: EventType) -> &'static str {
    match kind {
        EventType::Added => "notify-added",
        EventType::Edited => "notify-edited",
        EventType::Deleted => "notify-deleted",
        EventType::Tracked => "notify-tracked",
        EventType::Untracked => "notify-untracked",
        EventType::DueSoon => "notify-due-soon",
        EventType::Overdue => "notify-overdue",
    }
}
