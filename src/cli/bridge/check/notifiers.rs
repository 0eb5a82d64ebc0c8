//! Which notifiers follow what, and whom they tell.

use serde_json::{Value, json};

use super::targets::named;
use crate::cli::bridge::rows::print_lines;
use crate::cli::output::visible;
use crate::domain::bridge::{
    Address, Bridge, NotificationTarget, NotificationTracker, NotificationTrackerTarget, Place,
};

pub fn print(bridge: &Bridge) -> std::io::Result<()> {
    for notifier in bridge.notifiers.iter() {
        print_lines(&[vec![headline(notifier)]])?;
        let line = |(link, target): (&NotificationTrackerTarget, &NotificationTarget)| {
            vec![format!("  {}", named(target)), place(target), hours(link)]
        };
        print_lines(&told(bridge, notifier).map(line).collect::<Vec<_>>())?;
    }
    Ok(())
}

fn headline(notifier: &NotificationTracker) -> String {
    let state = match notifier.enabled {
        true => "follows",
        false => "is off, it would follow",
    };
    let ids = notifier.collection_ids.iter();
    let ids: Vec<String> = ids.map(|id| visible(&id.to_string())).collect();
    let events = notifier.event_types.iter().map(|event| event.as_str());
    format!(
        "notifier {} \"{}\": {state} {}; tells {}",
        notifier.id,
        visible(&notifier.name),
        ids.join(", "),
        events.collect::<Vec<_>>().join(", ")
    )
}

/// Whom a notifier tells, by which link: those that are switched on.
fn told<'b>(
    bridge: &'b Bridge,
    notifier: &NotificationTracker,
) -> impl Iterator<Item = (&'b NotificationTrackerTarget, &'b NotificationTarget)> {
    let links = bridge.links_of(notifier.id).filter(|link| link.enabled);
    links.filter_map(|link| Some((link, bridge.targets.get(link.target_id)?)))
}

fn place(target: &NotificationTarget) -> String {
    match target.place() {
        Some(Place::Telegram(place)) => {
            let topic = place.topic_id.map(|topic| format!(" topic {topic}"));
            let topic = topic.unwrap_or_default();
            format!("chat {}{topic} by bot {}", place.chat_id, place.bot_id)
        }
        Some(Place::Webhook(place)) => match place.url {
            Address::Plain(url) => format!("web hook {}", visible(&url)),
            Address::Hidden(_) => "web hook, its address is a secret".to_owned(),
        },
        None => format!("type {}, not served", visible(&target.target_type)),
    }
}

fn hours(link: &NotificationTrackerTarget) -> String {
    link.quiet_hours().map_or_else(String::new, |hours| {
        format!("quiet {}-{} {}", hours.start, hours.end, hours.zone)
    })
}

/// The same for programs.
pub fn report(bridge: &Bridge) -> Value {
    let target = |(link, target): (&NotificationTrackerTarget, &NotificationTarget)| {
        json!({
            "link": link.id,
            "target": target.id,
            "name": target.name,
            "type": target.target_type,
        })
    };
    let notifier = |notifier: &NotificationTracker| {
        json!({
            "notifier": notifier.id,
            "name": notifier.name,
            "enabled": notifier.enabled,
            "follows": notifier.collection_ids,
            "tells": notifier.event_types,
            "targets": told(bridge, notifier).map(target).collect::<Vec<_>>(),
        })
    };
    bridge.notifiers.iter().map(notifier).collect()
}
