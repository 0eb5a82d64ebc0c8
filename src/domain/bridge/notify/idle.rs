//! What of the notifications has no effect, and why.

use super::decide::{link_name, notifier_name, target_name};
use super::entity::{NotificationTarget, NotificationTracker};
use super::place::{TELEGRAM, WEBHOOK};
use crate::domain::bridge::resolve::Unreachable;
use crate::domain::bridge::state::Bridge;

/// Everything that has no effect.
pub fn unreachable(bridge: &Bridge) -> impl Iterator<Item = Unreachable> {
    let targets = bridge.targets.iter();
    let targets = targets.filter_map(|row| idle_target(bridge, row));
    let notifiers = bridge.notifiers.iter();
    let notifiers = notifiers.filter_map(|row| idle_notifier(bridge, row));
    let links = bridge.links.iter().filter(|row| !row.enabled);
    let links = links.map(|row| Unreachable::LinkDisabled(link_name(bridge, row)));
    targets.chain(notifiers).chain(links)
}

fn idle_target(bridge: &Bridge, row: &NotificationTarget) -> Option<Unreachable> {
    let target = target_name(row);
    if !matches!(row.target_type.as_str(), TELEGRAM | WEBHOOK) {
        let of_type = row.target_type.clone();
        return Some(Unreachable::TargetNotServed { target, of_type });
    }
    if row.place().is_none() {
        return Some(Unreachable::TargetIncomplete(target));
    }
    let is_linked = bridge.links.iter().any(|link| link.target_id == row.id);
    (!is_linked).then_some(Unreachable::TargetUnlinked(target))
}

fn idle_notifier(bridge: &Bridge, row: &NotificationTracker) -> Option<Unreachable> {
    if !row.enabled {
        return Some(Unreachable::NotifierDisabled(notifier_name(row)));
    }
    let is_linked = bridge.links_of(row.id).next().is_some();
    (!is_linked).then(|| Unreachable::NotifierUnlinked(notifier_name(row)))
}
