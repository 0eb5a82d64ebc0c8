//! A bridge that some commands made.

use serde_json::Value;
use uuid::Uuid;

use crate::domain::bridge::{
    BotParts, Bridge, BridgeCommand, BridgeEvent, BridgeUserId, CommandConfigId, CommandTrackerId,
    ConfigParts, Context, ProviderParts, Refusal, SecretWish, ServiceProviderId, TelegramBotId,
    TrackerParts, decide, missing_from,
};
use crate::domain::{Actor, Cause, Recorded, Timestamp};

pub const NOW: i64 = 1_735_603_200;

pub struct Given {
    pub bridge: Bridge,
}

impl Given {
    /// Provider 1, bot 1, config 1, tracker 1 and its listener 1.
    pub fn one_bot() -> Self {
        Self::opened()
            .and(add_provider("bounty"))
            .and(add_bot("ONE"))
            .and(add_config("bounty", &["add", "bounty"]))
            .and(add_tracker(1, 1))
            .and(listen(1, 1))
    }

    pub fn opened() -> Self {
        let mut given = Self {
            bridge: Bridge::default(),
        };
        for event in missing_from(&given.bridge, NOW) {
            given.apply(event);
        }
        given
    }

    /// After a command that must be accepted.
    pub fn and(mut self, command: BridgeCommand) -> Self {
        let event = self.when(command).expect("accepted");
        self.apply(event);
        self
    }

    pub fn when(&self, command: BridgeCommand) -> Result<BridgeEvent, Refusal> {
        let context = Context {
            user: BridgeUserId::OPERATOR,
            at: NOW,
        };
        decide(&self.bridge, &command, &context)
    }

    pub fn refusal(&self, command: BridgeCommand) -> Refusal {
        self.when(command).expect_err("refused")
    }

    pub fn apply(&mut self, event: BridgeEvent) {
        self.bridge.evolve(&Recorded {
            seq: self.bridge.seq().next(),
            id: Uuid::nil(),
            time: Timestamp::from_millis(NOW * 1_000),
            actor: Actor::System {},
            cause: Cause::System {},
            event,
        });
    }
}

pub fn add_provider(provider_type: &str) -> BridgeCommand {
    BridgeCommand::AddProvider {
        provider_type: provider_type.to_owned(),
        parts: ProviderParts {
            name: Some("Boards".to_owned()),
            ..ProviderParts::default()
        },
    }
}

pub fn provider_config(config: Value) -> BridgeCommand {
    let parts = ProviderParts {
        config: Some(config),
        ..ProviderParts::default()
    };
    BridgeCommand::EditProvider(ServiceProviderId(1), parts)
}

pub fn add_bot(variable: &str) -> BridgeCommand {
    BridgeCommand::AddBot {
        token: SecretWish::Env(variable.to_owned()),
        parts: BotParts {
            name: Some("A bot".to_owned()),
            ..BotParts::default()
        },
    }
}

pub fn edit_bot(parts: BotParts) -> BridgeCommand {
    BridgeCommand::EditBot(TelegramBotId(1), parts)
}

pub fn add_config(provider_type: &str, commands: &[&str]) -> BridgeCommand {
    let commands = commands.iter().map(|name| (*name).to_owned()).collect();
    BridgeCommand::AddConfig {
        provider_type: provider_type.to_owned(),
        parts: ConfigParts {
            name: Some("A config".to_owned()),
            commands: Some(commands),
            ..ConfigParts::default()
        },
    }
}

pub fn edit_config(parts: ConfigParts) -> BridgeCommand {
    BridgeCommand::EditConfig(CommandConfigId(1), parts)
}

pub fn add_tracker(provider: u64, config: u64) -> BridgeCommand {
    BridgeCommand::AddTracker {
        provider: ServiceProviderId(provider),
        config: CommandConfigId(config),
        parts: TrackerParts {
            name: Some("A tracker".to_owned()),
            ..TrackerParts::default()
        },
    }
}

pub fn edit_tracker(id: u64, parts: TrackerParts) -> BridgeCommand {
    BridgeCommand::EditTracker(CommandTrackerId(id), parts)
}

pub fn switch(id: u64, enabled: bool) -> BridgeCommand {
    let parts = TrackerParts {
        enabled: Some(enabled),
        ..TrackerParts::default()
    };
    edit_tracker(id, parts)
}

pub fn listen(tracker: u64, bot: u64) -> BridgeCommand {
    BridgeCommand::AddListener {
        tracker: CommandTrackerId(tracker),
        bot: TelegramBotId(bot),
    }
}
