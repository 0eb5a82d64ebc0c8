//! Which targets cannot be told anything, and why.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::secret_missing;
use crate::audit::Reader;
use crate::cli::bridge::rows::print_lines;
use crate::cli::output::visible;
use crate::domain::bridge::{
    Address, Bridge, NotificationTarget, NotificationTargetId, NotificationTrackerId, Place,
};
use crate::domain::notifier::Queue;
use crate::notify::webhook::Guard;
use crate::store::StoreError;

/// What stands in the way of each target; those without are not among them.
pub type Troubles = BTreeMap<NotificationTargetId, Vec<String>>;

/// What stands in the way, as this process sees it and as the notifiers met it.
pub fn troubles(
    bridge: &Bridge,
    reader: &Reader<'_>,
    guard: &Guard,
) -> Result<Troubles, StoreError> {
    let mut troubles = Troubles::new();
    for target in bridge.targets.iter() {
        let found = lacks(bridge, target, guard);
        troubles.entry(target.id).or_default().extend(found);
    }
    for notifier in bridge.notifiers.iter() {
        for (target, queue) in reader.notifier(notifier.id)?.queues() {
            let stopped = stopped(notifier.id, queue);
            troubles.entry(target).or_default().extend(stopped);
        }
    }
    troubles.retain(|_, found| !found.is_empty());
    Ok(troubles)
}

/// Secrets that this process would not find, and an address that nothing is sent to.
fn lacks(bridge: &Bridge, target: &NotificationTarget, guard: &Guard) -> Vec<String> {
    let found = match target.place() {
        Some(Place::Telegram(place)) => {
            let bot = bridge.bots.get(place.bot_id);
            let token = bot.and_then(|bot| secret_missing("bot's token", &bot.token));
            [token, None]
        }
        Some(Place::Webhook(place)) => {
            let address = match &place.url {
                Address::Plain(url) => guard.check(url).err().map(|refused| refused.to_string()),
                Address::Hidden(place) => secret_missing("address", place),
            };
            [address, secret_missing("key", &place.key)]
        }
        None => [None, None],
    };
    found.into_iter().flatten().collect()
}

/// Why a notifier sends nothing to a target at present.
fn stopped(notifier: NotificationTrackerId, queue: &Queue) -> Option<String> {
    let why = match queue {
        _ if queue.unreachable => "unreachable for notifier {}: it waits until its chat writes",
        _ if queue.paused => "paused for notifier {}, it failed too often in a row",
        _ => return None,
    };
    let why = why.replace("{}", &notifier.to_string());
    Some(match &queue.current {
        Some(current) => format!(
            "{why}; `bounty bridge retry {notifier}/{}`",
            current.delivery
        ),
        None => format!("{why}; `bounty bridge deliveries --tracker {notifier}`"),
    })
}

pub fn named(target: &NotificationTarget) -> String {
    format!("target {} \"{}\"", target.id, visible(&target.name))
}

pub fn print(bridge: &Bridge, troubles: &Troubles) -> std::io::Result<()> {
    for target in bridge.targets.iter() {
        let found = troubles.get(&target.id).into_iter().flatten();
        let line = |trouble| vec![format!("{}: {trouble}", named(target))];
        print_lines(&found.map(line).collect::<Vec<_>>())?;
    }
    Ok(())
}

/// The same for programs.
pub fn report(bridge: &Bridge, troubles: &Troubles) -> Value {
    let target = |target: &NotificationTarget| {
        json!({
            "target": target.id,
            "name": target.name,
            "type": target.target_type,
            "troubles": troubles.get(&target.id).map_or(&[][..], Vec::as_slice),
        })
    };
    bridge.targets.iter().map(target).collect()
}
