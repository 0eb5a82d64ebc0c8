//! `bounty bridge deliveries`: what was told to whom, and what became of it.

use serde_json::{Value, json};

use super::rows::{print_json, print_lines};
use crate::audit::{BridgeNames, Reader};
use crate::cli::args::{DataArgs, Format};
use crate::cli::output::visible;
use crate::cli::{Status, UsageError, when};
use crate::domain::Timestamp;
use crate::domain::bridge::NotificationTrackerId;
use crate::domain::notifier::Status as DeliveryStatus;
use crate::notify::{Delivery, DeliveryFilter, deliveries};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Of one notifier, which may have been removed
    #[arg(long, alias = "notifier", value_name = "ID")]
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
    let mut all = deliveries(&*disk, &layout, &args.filter()?)?;
    all.found
        .sort_by_key(|delivery| (delivery.started, delivery.tracker, delivery.id));
    let names = Reader::new(&*disk, &layout).bridge_names()?;
    let found = all.found.iter();
    match format {
        Format::Json => {
            let rows = found.map(|delivery| json(delivery, &names));
            print_json(&rows.collect::<Vec<_>>())?;
        }
        Format::Table => {
            if all.found.is_empty() {
                eprintln!("no deliveries");
            }
            let rows = found.map(|delivery| line(delivery, &names));
            print_lines(&rows.collect::<Vec<_>>())?;
        }
    }
    for damage in &all.damages {
        eprintln!("error: {damage}");
    }
    Ok(Status::from(!all.damages.is_empty()))
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
