//! `bounty bridge check`: what would happen now.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Value, json};

use super::rows::{print_json, print_lines};
use super::words::{all_named, named};
use crate::cli::args::Format;
use crate::cli::output::visible;
use crate::domain::board::CommandName;
use crate::domain::bridge::{
    Bridge, Resolution, SecretRef, TelegramBot, Unreachable, active_bots, answered, unreachable,
};

pub fn run(bridge: &Bridge, format: Format) -> anyhow::Result<()> {
    match format {
        Format::Json => print_json(&report(bridge)),
        Format::Table => Ok(print(bridge)?),
    }
}

fn print(bridge: &Bridge) -> std::io::Result<()> {
    if bridge.bots.iter().len() == 0 {
        eprintln!("no bots yet; `bounty bridge bot add --help` tells how to add one");
    }
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
        if let Some(missing) = token_missing(bot) {
            print_lines(&[vec![format!("  {missing}")]])?;
        }
        let line = |(command, found): (CommandName, Resolution<'_>)| {
            vec![format!("  /{}", command.as_str()), answer(&found)]
        };
        print_lines(&answered(bridge, bot.id).map(line).collect::<Vec<_>>())?;
    }
    let reasons = unreachable(bridge).into_iter();
    print_lines(
        &reasons
            .map(|found| vec![format!("no effect: {}", reason(&found))])
            .collect::<Vec<_>>(),
    )
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

/// Whether this process would find the token; what it is is not read.
fn token_missing(bot: &TelegramBot) -> Option<String> {
    match &bot.token {
        SecretRef::Env(name) if std::env::var_os(name).is_none() => Some(format!(
            "its token is in the variable {name}, which is not set here; `bounty run` needs it"
        )),
        SecretRef::File(path) if fs::metadata(path).is_err() => Some(format!(
            "its token is in the file {}, which cannot be found from here; `bounty run` needs it",
            visible(path)
        )),
        _ => None,
    }
}

fn reason(found: &Unreachable) -> String {
    match found {
        Unreachable::BotUnheard(bot) => format!(
            "{} listens for nothing; `bounty bridge listener add --bot {} --tracker ID`",
            named(bot),
            bot.id
        ),
        Unreachable::BotSilenced(bot) => {
            format!("{} listens only for trackers that are disabled", named(bot))
        }
        Unreachable::SameToken(one, other) => format!(
            "{} and {} have the same token: Telegram gives each update to one poller only; remove one of them",
            named(one),
            named(other)
        ),
        Unreachable::ProviderUnused(provider) => format!("{} has no tracker", named(provider)),
        Unreachable::NotServed { provider, of_type } => format!(
            "{} is of type {}, which this program keeps but does not serve",
            named(provider),
            visible(of_type)
        ),
        Unreachable::ConfigUnused(config) => format!("{} has no tracker", named(config)),
        Unreachable::ConfigEmpty(config) => format!("{} enables no command", named(config)),
        Unreachable::TrackerDisabled(tracker) => format!(
            "{} is disabled; `bounty bridge tracker enable {}`",
            named(tracker),
            tracker.id
        ),
        Unreachable::TrackerUnheard(tracker) => format!(
            "no bot listens for {}; `bounty bridge listener add --tracker {} --bot ID`",
            named(tracker),
            tracker.id
        ),
        Unreachable::Shadowed { tracker, by } => format!(
            "{} answers nothing: all of its commands are answered by {}, which come first",
            named(tracker),
            all_named(by)
        ),
    }
}

fn report(bridge: &Bridge) -> Value {
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
            "token_found": token_missing(bot).is_none(),
            "commands": answers.collect::<BTreeMap<_, _>>(),
        })
    };
    let reasons = unreachable(bridge);
    json!({
        "bots": bridge.bots.iter().map(bot).collect::<Vec<_>>(),
        "without_effect": reasons.iter().map(reason).collect::<Vec<_>>(),
    })
}
