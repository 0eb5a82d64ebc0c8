//! Given these events, when this command, then this event or refusal.

mod adding;
mod changing;
mod lasting;
mod lists;
mod settings;
mod tracking;

use chrono_tz::UTC;
use uuid::Uuid;

use super::*;
use crate::domain::due;
use crate::domain::{
    Actor, BountyId, Cause, ChatId, Delivery, LinkError, Recorded, Seq, Timestamp, UserId,
};

const NOW: i64 = 1_735_603_200; // Tue 31 Dec 2024 00:00 UTC

fn user(id: i64) -> Actor {
    Actor::User {
        id: UserId(id),
        name: format!("User {id}").into(),
    }
}

/// A board in the making.
struct Given {
    board: Board,
    kind: ChatKind,
}

impl Given {
    fn group() -> Self {
        Self::opened(-100, ChatKind::Group)
    }

    fn dm(user: i64) -> Self {
        Self::opened(user, ChatKind::Private)
    }

    fn opened(chat: i64, kind: ChatKind) -> Self {
        let given = Self {
            board: Board::default(),
            kind,
        };
        let opened = BoardOpened {
            chat_id: ChatId(chat),
            kind,
            title: None,
        };
        given.event(Actor::System {}, BoardEvent::BoardOpened(opened))
    }

    fn event(mut self, actor: Actor, event: BoardEvent) -> Self {
        self.apply(actor, Cause::System {}, event);
        self
    }

    fn bounty(self, creator: i64, text: &str) -> Self {
        let id = self.board.next_id();
        self.event(user(creator), added(id.0, text, None, None))
    }

    fn apply(&mut self, actor: Actor, cause: Cause, event: BoardEvent) {
        let (seq, time) = (self.board.seq().next(), Timestamp::from_millis(NOW * 1_000));
        self.board.evolve(&Recorded {
            seq,
            id: Uuid::nil(),
            time,
            actor,
            cause,
            event,
        });
    }

    fn when(&self, actor: &Actor, change: Change) -> Result<Option<BoardEvent>, Refusal> {
        decide(
            &self.board,
            &change,
            &Context {
                actor,
                at: NOW,
                zone: UTC,
                kind: self.kind,
            },
        )
    }

    fn ask(&self, actor: &Actor, query: Query, size: PageSize) -> Answer {
        let context = Context {
            actor,
            at: NOW,
            zone: UTC,
            kind: self.kind,
        };
        answer(&self.board, query, &context, size).expect("answered from the state")
    }
}

fn added(id: u64, text: &str, link: Option<&str>, due: Option<i64>) -> BoardEvent {
    BoardEvent::BountyAdded(BountyAdded {
        id: BountyId(id),
        text: text.into(),
        link: link.map(Into::into),
        due_date_ts: due,
        created_at: NOW,
    })
}

fn add(text: &str) -> Change {
    Change::Add(NewBounty {
        text: text.to_owned(),
        link: None,
        due: None,
    })
}

fn add_due(text: &str, due: &[&str]) -> Change {
    Change::Add(NewBounty {
        text: text.to_owned(),
        link: None,
        due: due::parse(due),
    })
}

fn edit(id: u64, parts: EditParts) -> Change {
    Change::Edit(BountyId(id), parts)
}

fn text_edit(text: &str) -> EditParts {
    EditParts {
        text: Some(text.to_owned()),
        ..EditParts::default()
    }
}

fn tracked(id: u64) -> BoardEvent {
    BoardEvent::Tracked(Tracked { id: BountyId(id) })
}
