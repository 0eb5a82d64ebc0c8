//! What happened while nobody was to be told, made short: what was undone is not told, what was done in several steps is told once.

use std::collections::BTreeSet;

use super::news::News;
use crate::domain::board::FieldChange;
use crate::domain::bridge::EventType;

/// The news of one board, ascending, as if they had happened in as few steps as possible. Of all of them, also those that are not
/// told: an edit is only part of an add that is.
pub fn coalesce(news: Vec<News>, tells: impl Fn(EventType) -> bool) -> Vec<News> {
    let mut short: Vec<News> = Vec::new();
    let mut come_and_gone = BTreeSet::new();
    for next in news {
        if come_and_gone.contains(&next.bounty) {
            continue;
        }
        match next.kind {
            EventType::Deleted => delete(&mut short, &mut come_and_gone, next),
            EventType::Edited => edit(&mut short, next, tells(EventType::Added)),
            EventType::Tracked | EventType::Untracked => track(&mut short, next),
            EventType::Added | EventType::DueSoon | EventType::Overdue => short.push(next),
        }
    }
    short.retain(|news| tells(news.kind));
    short
}

/// An add and its delete cancel out, with all between; before a delete nothing of the bounty is of interest.
fn delete(
    short: &mut Vec<News>,
    come_and_gone: &mut BTreeSet<crate::domain::BountyId>,
    next: News,
) {
    let is_of_it = |news: &News| news.bounty == next.bounty;
    let was_added = short
        .iter()
        .any(|news| is_of_it(news) && news.kind == EventType::Added);
    short.retain(|news| !is_of_it(news));
    if was_added {
        come_and_gone.insert(next.bounty);
    } else {
        short.push(next);
    }
}

fn edit(short: &mut Vec<News>, next: News, tells_added: bool) {
    let is_same = |news: &News| {
        let is_whole = match news.kind {
            EventType::Added => tells_added,
            kind => kind == EventType::Edited,
        };
        news.bounty == next.bounty && is_whole
    };
    let Some(at) = short.iter().rposition(is_same) else {
        short.push(next);
        return;
    };
    let earlier = &mut short[at];
    let changes = together(std::mem::take(&mut earlier.changes), next.changes);
    let mut seqs = std::mem::take(&mut earlier.seqs);
    seqs.extend(next.seqs);
    if earlier.kind == EventType::Edited {
        if changes.is_empty() {
            short.remove(at);
            return;
        }
        earlier.changes = changes;
        earlier.actor = next.actor;
        earlier.actor_id = next.actor_id;
    }
    earlier.seqs = seqs;
    earlier.at = next.at;
    earlier.text = next.text;
    earlier.link = next.link;
    earlier.due = next.due;
}

/// Following and leaving a bounty by the same person cancel out.
fn track(short: &mut Vec<News>, next: News) {
    let is_undone = |news: &News| {
        let is_tracking = matches!(news.kind, EventType::Tracked | EventType::Untracked);
        is_tracking && (news.bounty, news.actor_id) == (next.bounty, next.actor_id)
    };
    match short.iter().rposition(is_undone) {
        Some(at) if short[at].kind != next.kind => {
            short.remove(at);
        }
        Some(_) => {}
        None => short.push(next),
    }
}

/// Two edits as one: of each field what it was before both and is after both.
fn together(first: Vec<FieldChange>, second: Vec<FieldChange>) -> Vec<FieldChange> {
    let mut changes = first;
    for change in second {
        match changes
            .iter()
            .position(|earlier| is_same_field(earlier, &change))
        {
            Some(at) => changes[at] = joined(changes[at].clone(), change),
            None => changes.push(change),
        }
    }
    changes.retain(is_change);
    changes
}

fn is_same_field(one: &FieldChange, other: &FieldChange) -> bool {
    std::mem::discriminant(one) == std::mem::discriminant(other)
}

fn joined(first: FieldChange, second: FieldChange) -> FieldChange {
    match (first, second) {
        (FieldChange::Text { old, .. }, FieldChange::Text { new, .. }) => {
            FieldChange::Text { old, new }
        }
        (FieldChange::Link { old, .. }, FieldChange::Link { new, .. }) => {
            FieldChange::Link { old, new }
        }
        (FieldChange::Due { old, .. }, FieldChange::Due { new, .. }) => {
            FieldChange::Due { old, new }
        }
        (_, second) => second,
    }
}

fn is_change(change: &FieldChange) -> bool {
    match change {
        FieldChange::Text { old, new } => old != new,
        FieldChange::Link { old, new } => old != new,
        FieldChange::Due { old, new } => old != new,
    }
}
