//! What the state means for a bot: whether it is listened to, and which config answers a command.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::board::CommandName;

use super::decide::{bot_name, config_name, provider_name, tracker_name};
use super::entity::{CommandConfig, CommandTracker, ServiceProvider, TelegramBot};
use super::ids::{CommandTrackerId, TelegramBotId};
use super::notify;
use super::refusal::Named;
use super::registry::commands_of;
use super::state::Bridge;
use super::twins::{Identities, Twins, twins};

/// What answers a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resolution<'b> {
    pub tracker: &'b CommandTracker,
    pub config: &'b CommandConfig,
    pub provider: &'b ServiceProvider,
}

/// What answers this command when it comes in through this bot: of the enabled trackers that the bot listens for, the one with the
/// lowest id whose config enables the command. `command` is as typed without the slash, in lower case.
///
/// A setting of the chat itself is answered even when no config enables it, since answers name it: by the first of them that answers
/// anything.
///
/// A provider of a type that nothing here serves cannot answer: its trackers are passed over.
pub fn resolve<'b>(
    bridge: &'b Bridge,
    bot: TelegramBotId,
    command: &str,
) -> Option<Resolution<'b>> {
    let enables =
        |config: &CommandConfig| config.enabled_commands.iter().any(|name| name == command);
    let found = heard_by(bridge, bot).find(|found| enables(found.config));
    found.or_else(|| {
        let is_setting = CommandName::read(command).is_some_and(CommandName::is_setting);
        let answers = |found: &Resolution<'_>| !found.config.enabled_commands.is_empty();
        heard_by(bridge, bot).find(|found| is_setting && answers(found))
    })
}

/// What answers where no command resolves: the first of the enabled trackers that the bot listens for.
pub fn first_heard(bridge: &Bridge, bot: TelegramBotId) -> Option<Resolution<'_>> {
    heard_by(bridge, bot).next()
}

/// The commands that a bot answers, each with what answers it, in the order in which people need them.
pub fn answered(
    bridge: &Bridge,
    bot: TelegramBotId,
) -> impl Iterator<Item = (CommandName, Resolution<'_>)> {
    let found = move |command: CommandName| {
        let found = resolve(bridge, bot, command.as_str())?;
        Some((command, found))
    };
    CommandName::ALL.into_iter().filter_map(found)
}

/// The enabled trackers that a bot listens for, lowest id first.
fn heard_by(bridge: &Bridge, bot: TelegramBotId) -> impl Iterator<Item = Resolution<'_>> {
    let listeners = bridge.listeners.iter();
    let of_bot = listeners.filter(move |listener| listener.listener_id == bot);
    let trackers: BTreeSet<CommandTrackerId> =
        of_bot.map(|listener| listener.command_tracker_id).collect();
    trackers.into_iter().filter_map(|id| {
        let tracker = bridge.trackers.get(id).filter(|tracker| tracker.enabled)?;
        let provider = bridge.providers.get(tracker.provider_id)?;
        commands_of(&provider.provider_type)?;
        Some(Resolution {
            tracker,
            config: bridge.configs.get(tracker.command_config_id)?,
            provider,
        })
    })
}

/// The bots that get their updates, each with how many active listeners it has: those whose tracker is enabled. Of the other bots
/// none is active.
pub fn active_bots(bridge: &Bridge) -> BTreeMap<TelegramBotId, u64> {
    let mut counts = BTreeMap::new();
    for listener in bridge.listeners.iter() {
        let tracker = bridge.trackers.get(listener.command_tracker_id);
        if tracker.is_some_and(|tracker| tracker.enabled) {
            *counts.entry(listener.listener_id).or_insert(0) += 1;
        }
    }
    counts
}

/// Why something in the bridge has no effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreachable {
    /// A bot without listeners.
    BotUnheard(Named),
    /// A bot whose trackers are all disabled.
    BotSilenced(Named),
    /// Two bots with one token: Telegram gives each update to one of them.
    SameToken(Twins),
    ProviderUnused(Named),
    /// A provider of a type that nothing here serves.
    NotServed {
        provider: Named,
        of_type: String,
    },
    ConfigUnused(Named),
    /// A config that enables no command.
    ConfigEmpty(Named),
    TrackerDisabled(Named),
    TrackerUnheard(Named),
    /// A tracker whose commands are all answered by others, which come first.
    Shadowed {
        tracker: Named,
        by: Vec<Named>,
    },
    /// A target of a type that nothing here serves.
    TargetNotServed {
        target: Named,
        of_type: String,
    },
    /// A target whose config lacks what its type needs.
    TargetIncomplete(Named),
    TargetUnlinked(Named),
    NotifierDisabled(Named),
    NotifierUnlinked(Named),
    LinkDisabled(Named),
}

/// Everything in the bridge that has no effect, and why. `known` are the bots at Telegram whose tokens are known.
pub fn unreachable(bridge: &Bridge, known: &Identities) -> Vec<Unreachable> {
    let bots = bridge.bots.iter().filter_map(|bot| idle(bridge, bot));
    let twins = twins(bridge.bots.iter(), known).into_iter();
    let twins = twins.map(Unreachable::SameToken);
    let providers = bridge
        .providers
        .iter()
        .filter_map(|row| unserved(bridge, row));
    let configs = bridge.configs.iter().filter_map(|row| useless(bridge, row));
    let trackers = bridge
        .trackers
        .iter()
        .filter_map(|row| unheard(bridge, row));
    bots.chain(twins)
        .chain(providers)
        .chain(configs)
        .chain(trackers)
        .chain(notify::unreachable(bridge))
        .collect()
}

fn idle(bridge: &Bridge, bot: &TelegramBot) -> Option<Unreachable> {
    let mut listeners = bridge.listeners.iter();
    if listeners.all(|listener| listener.listener_id != bot.id) {
        if notify::targets_of(bridge, bot.id).next().is_some() {
            return None;
        }
        return Some(Unreachable::BotUnheard(bot_name(bot)));
    }
    let is_active = active_bots(bridge).contains_key(&bot.id);
    (!is_active).then(|| Unreachable::BotSilenced(bot_name(bot)))
}

fn unserved(bridge: &Bridge, row: &ServiceProvider) -> Option<Unreachable> {
    if commands_of(&row.provider_type).is_none() {
        return Some(Unreachable::NotServed {
            provider: provider_name(row),
            of_type: row.provider_type.clone(),
        });
    }
    let mut trackers = bridge.trackers.iter();
    let mut notifiers = bridge.notifiers.iter();
    let is_used = trackers.any(|tracker| tracker.provider_id == row.id)
        || notifiers.any(|notifier| notifier.provider_id == row.id);
    (!is_used).then(|| Unreachable::ProviderUnused(provider_name(row)))
}

fn useless(bridge: &Bridge, row: &CommandConfig) -> Option<Unreachable> {
    if row.enabled_commands.is_empty() {
        return Some(Unreachable::ConfigEmpty(config_name(row)));
    }
    let mut trackers = bridge.trackers.iter();
    let is_used = trackers.any(|tracker| tracker.command_config_id == row.id);
    (!is_used).then(|| Unreachable::ConfigUnused(config_name(row)))
}

fn unheard(bridge: &Bridge, row: &CommandTracker) -> Option<Unreachable> {
    if !row.enabled {
        return Some(Unreachable::TrackerDisabled(tracker_name(row)));
    }
    if bridge.listeners_of(row.id).next().is_none() {
        return Some(Unreachable::TrackerUnheard(tracker_name(row)));
    }
    let config = bridge.configs.get(row.command_config_id)?;
    let bots: Vec<TelegramBotId> = (bridge.listeners_of(row.id))
        .map(|listener| listener.listener_id)
        .collect();
    let answers = config.enabled_commands.iter().flat_map(|command| {
        bots.iter()
            .filter_map(move |bot| resolve(bridge, *bot, command))
    });
    let answering: BTreeMap<_, _> = answers
        .map(|found| (found.tracker.id, found.tracker))
        .collect();
    let is_shadowed = !answering.is_empty() && !answering.contains_key(&row.id);
    is_shadowed.then(|| Unreachable::Shadowed {
        tracker: tracker_name(row),
        by: answering.into_values().map(tracker_name).collect(),
    })
}
