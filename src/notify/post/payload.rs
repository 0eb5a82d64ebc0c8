//! A letter as a CloudEvent: what web hooks receive. Its form is described in the README.

use serde_json::{Value, json};

use super::super::letter::Letter;
use super::super::webhook::CloudEvent;
use crate::domain::Timestamp;
use crate::domain::board::FieldChange;
use crate::domain::notifier::{News, Told};

/// The type of every event.
const TYPE: &str = "bounty-ledger.board.changed";

/// The event that tells what a letter tells; `text` is that in words. The same letter gives the same event.
pub fn event(letter: &Letter, text: String) -> CloudEvent {
    let source = format!("/bounty-ledger/notifiers/{}", letter.tracker);
    let data = json!({
        "chat_id": letter.collection,
        "title": letter.title,
        "entries": letter.told.iter().map(entry).collect::<Vec<Value>>(),
        "text": text,
    });
    let event = CloudEvent::new(
        letter.key.to_string(),
        source,
        TYPE.to_owned(),
        time(letter),
        data,
    );
    event.about(letter.collection.to_string())
}

/// When the last of it happened.
fn time(letter: &Letter) -> Timestamp {
    let moments = letter.told.iter().map(|told| match told {
        Told::News(news) => news.time,
        Told::Reminder { due, .. } => Timestamp::from_millis(due.saturating_mul(1_000)),
    });
    moments.max().unwrap_or(letter.at)
}

fn entry(told: &Told) -> Value {
    match told {
        Told::News(news) => json!({
            "kind": news.kind,
            "bounty": news.bounty,
            "text": news.text,
            "link": news.link,
            "due_date_ts": news.due,
            "seqs": news.seqs,
            "time": news.time,
            "actor": { "id": news.actor_id, "name": news.actor },
            "changes": changes(news),
        }),
        Told::Reminder {
            kind,
            bounty,
            due,
            text,
            link,
        } => json!({
            "kind": kind,
            "bounty": bounty,
            "text": text,
            "link": link,
            "due_date_ts": due,
        }),
    }
}

fn changes(news: &News) -> Vec<Value> {
    let change = |change: &FieldChange| match change {
        FieldChange::Text { old, new } => json!({ "field": "text", "old": old, "new": new }),
        FieldChange::Link { old, new } => json!({ "field": "link", "old": old, "new": new }),
        FieldChange::Due { old, new } => json!({ "field": "due_date_ts", "old": old, "new": new }),
    };
    news.changes.iter().map(change).collect()
}
