//! Which bots are polled, and what answers their commands.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::secret_missing;
use crate::cli::bridge::rows::print_lines;
use crate::cli::output::visible;
use crate::domain::board::CommandName;
use crate::domain::bridge::{Bridge, Resolution, TelegramBot, active_bots, answered};

/// Says so when there is no bot.
pub fn name_none(bridge: &Bridge) {
    if bridge.bots.iter().len() == 0 {
        to_stderr!("no bots yet; `bounty bridge bot add --help` tells how to add one");
    }
}

pub fn print(bridge: &Bridge) -> std::io::Result<()> {
    for bot in bridge.bots.iter() {
        let listened = listened(bridge, bot);
        let why = match listened.is_empty() {
            true => "not polled, it listens for no enabled tracker".to_owned(),
            false => format!("polled, it listens for {}", listened.join(", ")),
        };
        print_lines(&[vec![format!(
            "bot {} \"{}\": {why}",
            bot.id,
            visible(&bot.name)
        )]])?;
        if let Some(missing) = secret_missing("token", &bot.token) {
            print_lines(&[vec![format!("  {missing}")]])?;
        }
        let line = |(command, found): (CommandName, Resolution<'_>)| {
            vec![format!("  /{}", command.as_str()), answer(&found)]
        };
        print_lines(&answered(bridge, bot.id).map(line).collect::<Vec<_>>())?;
    }
    Ok(())
}

/// The enabled trackers that a bot listens for.
fn listened(bridge: &Bridge, bot: &TelegramBot) -> Vec<String> {
    let listeners = bridge
        .listeners
        .iter()
        .filter(|row| row.listener_id == bot.id);
    let trackers = listeners.filter_map(|row| bridge.trackers.get(row.command_tracker_id));
    let enabled = trackers.filter(|tracker| tracker.enabled);
    enabled
        .map(|tracker| format!("tracker {} \"{}\"", tracker.id, visible(&tracker.name)))
        .collect()
}

fn answer(found: &Resolution<'_>) -> String {
    let Resolution {
        tracker,
        config,
        provider,
    } = found;
    format!(
        "config {} \"{}\" by tracker {}, provider {} ({})",
        config.id,
        visible(&config.name),
        tracker.id,
        provider.id,
        visible(&provider.provider_type)
    )
}

/// The same for programs.
pub fn report(bridge: &Bridge) -> Vec<Value> {
    let active = active_bots(bridge);
    let bot = |bot: &TelegramBot| {
        let listeners = active.get(&bot.id).copied().unwrap_or(0);
        let answers = answered(bridge, bot.id).map(|(command, found)| {
            let ids = json!({
                "config": found.config.id, "tracker": found.tracker.id,
                "provider": found.provider.id,
            });
            (command.as_str(), ids)
        });
        json!({
            "bot": bot.id,
            "name": bot.name,
            "polled": listeners > 0,
            "active_listeners": listeners,
            "token_found": secret_missing("token", &bot.token).is_none(),
            "commands": answers.collect::<BTreeMap<_, _>>(),
        })
    };
    bridge.bots.iter().map(bot).collect()
}
