//! A command of the workload as our program takes it: a request to the engine, or a Telegram update.

use anyhow::Context;
use bounty_ledger::domain::board::{Change, ChatKind, Command, EditParts, NewBounty};
use bounty_ledger::domain::{Actor, BotId, BountyId, Cause, ChatId, Delivery, UserId, due};
use bounty_ledger::engine::{Ask, Chat, Request, Terms};
use serde_json::json;

use crate::board::{Added, Event};
use crate::workload::{Op, due_day};

/// The bot that receives the updates.
pub const BOT: i64 = 7001;

/// The command as a request to the engine.
pub fn request(op: &Op) -> anyhow::Result<Request> {
    let entry = &op.entry;
    let delivery = Delivery {
        bot: BotId(BOT),
        update: entry.update,
        message: entry.update,
        date: entry.date,
    };
    Ok(Request {
        chat: Chat {
            id: ChatId(op.chat),
            kind: ChatKind::Group,
            title: Some("Office".to_owned()),
        },
        actor: Actor::User {
            id: UserId(entry.user),
            name: entry.name.as_str().into(),
        },
        cause: Cause::Update(delivery),
        at: entry.date,
        ask: Ask::Command(Command::Change(change(&entry.event)?)),
        terms: Terms::default(),
    })
}

fn change(event: &Event) -> anyhow::Result<Change> {
    Ok(match event {
        Event::BoardOpened(_) => anyhow::bail!("nobody asks for the opening of a board"),
        Event::BountyAdded(added) => Change::Add(NewBounty {
            text: added.text.clone(),
            link: added.link.clone(),
            due: added.due_date_ts.map(due_expr).transpose()?,
        }),
        Event::BountyEdited(edited) => {
            let parts = EditParts {
                text: Some(edited.text.clone()),
                ..EditParts::default()
            };
            Change::Edit(BountyId(edited.id), parts)
        }
        Event::BountyDeleted(at) => Change::Delete(BountyId(at.id)),
        Event::Tracked(at) => Change::Track(BountyId(at.id)),
        Event::Untracked(at) => Change::Untrack(BountyId(at.id)),
    })
}

fn due_expr(due: i64) -> anyhow::Result<due::DueExpr> {
    due::parse(&[&due_date(due), "18:00"]).context("a due date of the workload is not understood")
}

fn due_date(due: i64) -> String {
    format!("2031-12-{:02}", due_day(due))
}

/// The command as a Telegram update, one line.
pub fn update_line(op: &Op) -> String {
    let entry = &op.entry;
    let text = match &entry.event {
        Event::BoardOpened(_) => String::new(),
        Event::BountyAdded(added) => add_text(added),
        Event::BountyEdited(edited) => format!("/edit {} {}", edited.id, edited.text),
        Event::BountyDeleted(at) => format!("/delete {}", at.id),
        Event::Tracked(at) => format!("/track {}", at.id),
        Event::Untracked(at) => format!("/untrack {}", at.id),
    };
    let message = json!({
        "message_id": entry.update,
        "date": entry.date,
        "chat": { "id": op.chat, "type": "supergroup", "title": "Office" },
        "from": { "id": entry.user, "is_bot": false, "first_name": entry.name },
        "text": text,
    });
    json!({ "update_id": entry.update, "message": message }).to_string() + "\n"
}

fn add_text(added: &Added) -> String {
    let mut text = format!("/add {}", added.text);
    if let Some(link) = &added.link {
        text = format!("{text} {link}");
    }
    if let Some(due) = added.due_date_ts {
        text = format!("{text} {} 18:00", due_date(due));
    }
    text
}
