//! `bounty bridge deliveries`: what was told to whom, and what became of it.

use serde_json::{Value, json};

use super::rows::{print_json, print_lines};
use crate::audit::{BridgeNames, Reader};
use crate::cli::args::{DataArgs, Format};
use crate::cli::output::visible;
use crate::cli::{Status, UsageError, when};
use crate::domain::Timestamp;
use crate::domain::bridge::NotificationTrackerId;
use crate::domain::notifier::{DeliveryId, Status as DeliveryStatus};
use crate::notify::{Deliveries, Delivery, DeliveryFilter, OldEntry, deliveries};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Of one notifier, which may have been removed
    #[arg(long, aliases = ["notifier", "tracker-id"], value_name = "ID")]
    tracker: Option<NotificationTrackerId>,
    /// What became of it: delivered, retrying, refused, unreachable, unknown
    #[arg(long, value_name = "WORD")]
    status: Option<String>,
    /// Started not before this time
    #[arg(long, value_name = "TIME", value_parser = when::since)]
    since: Option<Timestamp>,
}

impl Args {
    fn filter(&self) -> Result<DeliveryFilter, UsageError> {
        let named = |word: &String| {
            let mut all = DeliveryStatus::ALL.into_iter();
            let found = all.find(|status| status.as_str().eq_ignore_ascii_case(word));
            found.ok_or_else(|| {
                let known = DeliveryStatus::ALL.map(DeliveryStatus::as_str).join(", ");
                let word = visible(word);
                UsageError(format!(
                    "\"{word}\" becomes of no delivery; --status takes {known}"
                ))
            })
        };
        Ok(DeliveryFilter {
            tracker: self.tracker,
            status: self.status.as_ref().map(named).transpose()?,
            since: self.since,
        })
    }
}

pub fn run(data: &DataArgs, args: &Args, format: Format) -> anyhow::Result<Status> {
    data.require()?;
    let (disk, layout) = (data.disk(), data.layout());
    let all = deliveries(&*disk, &layout, &args.filter()?)?;
    let names = Reader::new(&*disk, &layout).bridge_names()?;
    let entries = entries(&all);
    match format {
        Format::Json => {
            let rows = entries.iter().map(|entry| entry.json(&names));
            print_json(&rows.collect::<Vec<_>>())?;
        }
        Format::Table => {
            if entries.is_empty() {
                to_stderr!("no deliveries");
            }
            let rows = entries.iter().map(|entry| entry.line(&names));
            print_lines(&rows.collect::<Vec<_>>())?;
        }
    }
    for damage in &all.damages {
        to_stderr!("error: {damage}");
    }
    Ok(Status::from(!all.damages.is_empty()))
}

/// One line of the list.
enum Entry<'d> {
    Delivery(&'d Delivery),
    Old(&'d OldEntry),
}

/// Everything that was found, by time.
fn entries(all: &Deliveries) -> Vec<Entry<'_>> {
    let old = all.old.iter().map(Entry::Old);
    let mut entries: Vec<_> = old.chain(all.found.iter().map(Entry::Delivery)).collect();
    entries.sort_by_key(|entry| match entry {
        Entry::Delivery(delivery) => (delivery.started, delivery.tracker, delivery.id),
        Entry::Old(old) => (old.at, old.tracker, DeliveryId(0)),
    });
    entries
}

impl Entry<'_> {
    fn line(&self, names: &BridgeNames) -> Vec<String> {
        match self {
            Self::Delivery(delivery) => line(delivery, names),
            Self::Old(old) => old_line(old),
        }
    }

    fn json(&self, names: &BridgeNames) -> Value {
        match self {
            Self::Delivery(delivery) => json(delivery, names),
            Self::Old(old) => old_json(old, names),
        }
    }
}

fn old_line(old: &OldEntry) -> Vec<String> {
    let entry = &old.entry;
    let text = |text: &Option<String>| text.as_deref().map_or_else(|| "-".to_owned(), visible);
    let others = entry.other.iter();
    let others = others.map(|(name, value)| format!("{name} {value}"));
    let details = (!entry.details.is_null()).then(|| entry.details.to_string());
    let said: Vec<String> = details.into_iter().chain(others).collect();
    vec![
        old.at.to_string(),
        format!("{}/old", old.tracker),
        "target -".to_owned(),
        format!("collection {}", text(&entry.collection_id)),
        text(&entry.status),
        text(&entry.event_type),
        visible(&said.join("; ")),
    ]
}

fn old_json(old: &OldEntry, names: &BridgeNames) -> Value {
    let entry = &old.entry;
    json!({
        "notification_tracker_id": old.tracker,
        "tracker_name": names.trackers.get(&old.tracker),
        "delivery": null,
        "event_type": entry.event_type,
        "collection_id": entry.collection_id,
        "status": entry.status,
        "details": entry.details,
        "other": entry.other,
        "started": old.at,
    })
}

fn line(delivery: &Delivery, names: &BridgeNames) -> Vec<String> {
    let name = names.targets.get(&delivery.target);
    let name = name.map_or_else(String::new, |name| format!(" \"{}\"", visible(name)));
    let told = delivery.batch.told.iter();
    let told = told.map(|told| format!("{} #{}", told.kind.as_str(), told.bounty));
    vec![
        delivery.started.to_string(),
        format!("{}/{}", delivery.tracker, delivery.id),
        format!("target {}{name}", delivery.target),
        format!("chat {}", delivery.batch.collection),
        delivery.status().as_str().to_owned(),
        told.collect::<Vec<_>>().join(", "),
        remark(delivery),
    ]
}

/// Why, how often, and what follows.
fn remark(delivery: &Delivery) -> String {
    let mut remarks = Vec::new();
    if delivery.ended.is_none() {
        remarks.push("it did not end: it is being sent, or the program ended".to_owned());
    }
    remarks.extend(delivery.reason.as_deref().map(visible));
    remarks.extend(delivery.again_at.map(|at| format!("again at {at}")));
    if delivery.attempts > 1 {
        remarks.push(format!("{} attempts", delivery.attempts));
    }
    if delivery.asked_again {
        remarks.push("to be sent again".to_owned());
    }
    remarks.join("; ")
}

fn json(delivery: &Delivery, names: &BridgeNames) -> Value {
    json!({
        "notification_tracker_id": delivery.tracker,
        "tracker_name": names.trackers.get(&delivery.tracker),
        "delivery": delivery.id,
        "target_id": delivery.target,
        "target_name": names.targets.get(&delivery.target),
        "collection_id": delivery.batch.collection,
        "told": delivery.batch.told,
        "status": delivery.status(),
        "reason": delivery.reason,
        "attempts": delivery.attempts,
        "started": delivery.started,
        "ended": delivery.ended.map(|(at, _)| at),
        "again_at": delivery.again_at,
        "asked_again": delivery.asked_again,
    })
}
