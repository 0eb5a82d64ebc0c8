//! What a start with nothing but a token needs: one bot, whose every command is answered.

use super::command::{
    BotParts, BridgeCommand, ConfigParts, ProviderParts, SecretWish, TrackerParts,
};
use super::entity::{CommandConfig, CommandTracker, TelegramBot};
use super::ids::{
    BridgeUserId, CommandConfigId, CommandTrackerId, CommandTrackerListenerId, ServiceProviderId,
    TelegramBotId,
};
use super::registry::BOUNTY;
use super::secret::SecretRef;
use super::state::Bridge;

/// The name of what the program sets up.
const NAME: &str = "Default";
/// Entries on a page of a list: what a bot showed before there was a bridge.
const COUNT: i64 = 20;

/// The commands, to be carried out in this order, that set up a bot whose token is in this variable; none when there is one.
/// `is_same`: whether the token in another place is the same one.
///
/// A bot with that token is left as it is, whatever its operator made of it. Only a set-up that a crash cut short is finished.
pub fn defaults(
    bridge: &Bridge,
    variable: &str,
    is_same: impl Fn(&SecretRef) -> bool,
) -> Vec<BridgeCommand> {
    let token = SecretRef::Env(variable.to_owned());
    let bot = bridge.bots.iter().find(|bot| bot.token == token);
    let is_there = match bot {
        Some(bot) => !is_unfinished(bridge, bot),
        None => bridge.bots.iter().any(|bot| is_same(&bot.token)),
    };
    if is_there {
        return Vec::new();
    }
    let mut plan = Plan {
        bridge,
        commands: Vec::new(),
    };
    let tracker = plan.tracker();
    let bot = bot.map_or_else(|| plan.add_bot(variable), |bot| bot.id);
    plan.commands
        .push(BridgeCommand::AddListener { tracker, bot });
    plan.commands
}

/// Whether the program made this bot and ended before it could let it listen.
fn is_unfinished(bridge: &Bridge, bot: &TelegramBot) -> bool {
    bot.user_id == BridgeUserId::SYSTEM && !bridge.listeners.ever_had(CommandTrackerListenerId(1))
}

/// Takes what is there, and adds what is not.
struct Plan<'b> {
    bridge: &'b Bridge,
    commands: Vec<BridgeCommand>,
}

impl Plan<'_> {
    /// The program's own tracker, as long as it answers.
    fn tracker(&mut self) -> CommandTrackerId {
        let provider = self.provider();
        let is_default = |row: &&CommandTracker| {
            row.user_id == BridgeUserId::SYSTEM && row.enabled && row.provider_id == provider
        };
        if let Some(tracker) = self.bridge.trackers.iter().find(is_default) {
            return tracker.id;
        }
        let config = self.config();
        self.commands.push(BridgeCommand::AddTracker {
            provider,
            config,
            parts: TrackerParts {
                name: name(),
                ..TrackerParts::default()
            },
        });
        self.bridge.trackers.next_id()
    }

    fn provider(&mut self) -> ServiceProviderId {
        let mut providers = self.bridge.providers.iter();
        if let Some(provider) = providers.find(|row| row.provider_type == BOUNTY) {
            return provider.id;
        }
        self.commands.push(BridgeCommand::AddProvider {
            provider_type: BOUNTY.to_owned(),
            parts: ProviderParts {
                name: name(),
                ..ProviderParts::default()
            },
        });
        self.bridge.providers.next_id()
    }

    fn config(&mut self) -> CommandConfigId {
        let is_default = |row: &&CommandConfig| {
            row.user_id == BridgeUserId::SYSTEM && row.provider_type == BOUNTY
        };
        if let Some(config) = self.bridge.configs.iter().find(is_default) {
            return config.id;
        }
        self.commands.push(BridgeCommand::AddConfig {
            provider_type: BOUNTY.to_owned(),
            parts: ConfigParts {
                name: name(),
                default_count: Some(COUNT),
                ..ConfigParts::default()
            },
        });
        self.bridge.configs.next_id()
    }

    fn add_bot(&mut self, variable: &str) -> TelegramBotId {
        self.commands.push(BridgeCommand::AddBot {
            token: SecretWish::Env(variable.to_owned()),
            parts: BotParts {
                name: name(),
                ..BotParts::default()
            },
        });
        self.bridge.bots.next_id()
    }
}

fn name() -> Option<String> {
    Some(NAME.to_owned())
}
