//! `bounty bridge retry`: a delivery that failed is sent again.

use std::io::{Write, stdout};
use std::str::FromStr;

use serde_json::json;

use super::rows::print_json;
use crate::audit::Reader;
use crate::cli::Status;
use crate::cli::args::{DataArgs, Format, os_user, require_owner};
use crate::domain::bridge::{Bridge, NotificationTrackerId};
use crate::domain::notifier::DeliveryId;
use crate::domain::{Actor, Cause, StreamId};
use crate::engine::system_time;
use crate::notify::{Delivery, DeliveryFilter, ask_retry, deliveries};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The delivery as `deliveries` names it: the notifier and its delivery, like 1/42
    #[arg(value_name = "NOTIFIER/DELIVERY")]
    delivery: Named,
}

/// A delivery among all.
#[derive(Clone, Copy, Debug)]
struct Named {
    tracker: NotificationTrackerId,
    id: DeliveryId,
}

impl FromStr for Named {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split_once('/');
        let named = parts.and_then(|(tracker, id)| tracker.parse().ok().zip(id.parse().ok()));
        let (tracker, id) = named.ok_or("write the notifier and its delivery, like 1/42")?;
        Ok(Self { tracker, id })
    }
}

pub fn run(data: &DataArgs, args: &Args, format: Format) -> anyhow::Result<Status> {
    data.require()?;
    let Named { tracker, id } = args.delivery;
    let (disk, layout) = (data.disk(), data.layout());
    require_owner(&layout.stream(StreamId::Notifier(tracker)))?;
    let (bridge, damage) = super::read(&Reader::new(&*disk, &layout))?;
    if let Some(damage) = damage {
        return Err(damage.into());
    }
    let filter = DeliveryFilter {
        tracker: Some(tracker),
        ..DeliveryFilter::default()
    };
    let all = deliveries(&*disk, &layout, &filter)?;
    if let Some(delivery) = all.found.iter().find(|delivery| delivery.id == id) {
        require_link(&bridge, delivery)?;
    }
    let user = os_user();
    let by = (
        Actor::Operator {
            name: user.as_str().into(),
        },
        Cause::Cli { user },
    );
    ask_retry(&disk, &layout, tracker, id, by, system_time())?;
    match format {
        Format::Json => print_json(&json!({ "notification_tracker_id": tracker, "delivery": id }))?,
        Format::Table => writeln!(stdout(), "To be sent again: {tracker}/{id}")?,
    }
    Ok(Status::Done)
}

/// What a notifier does not tell any more cannot be sent again.
fn require_link(bridge: &Bridge, delivery: &Delivery) -> anyhow::Result<()> {
    let (tracker, target) = (delivery.tracker, delivery.target);
    let is_on = bridge.notifiers.get(tracker).is_some_and(|row| row.enabled);
    anyhow::ensure!(
        is_on,
        "notifier {tracker} is off, or was removed; `bounty bridge notifier enable {tracker}` switches it on"
    );
    let mut links = bridge.links_of(tracker);
    anyhow::ensure!(
        links.any(|link| link.enabled && link.target_id == target),
        "notifier {tracker} does not tell target {target} any more; `bounty bridge link list` shows whom it tells"
    );
    Ok(())
}
