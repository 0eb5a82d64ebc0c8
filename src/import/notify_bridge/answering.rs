//! The configs, command trackers and listeners that a database before the refactor does not have: with them every bot answers.

use std::collections::BTreeMap;

use serde_json::Map;

use super::commands::{config, listener};
use super::settings::Settings;
use super::{BOT, CONFIG, ConfigInfo, LISTENER, PROVIDER, Reading, TRACKER, TrackerInfo};
use crate::domain::Timestamp;
use crate::domain::bridge::{
    BOUNTY, BridgeEvent, BridgeUserId, CommandConfig, CommandConfigId, CommandTracker,
    CommandTrackerId, ServiceProvider, ServiceProviderId, commands_of,
};
use crate::import::report::Fate;
use crate::import::row::Row;

impl Reading<'_> {
    /// Every bot that listens for nothing of this program gets a tracker, by its own settings or the common ones, and a listener.
    pub fn let_all_answer(&mut self) {
        let mute: Vec<u64> = self
            .bots
            .keys()
            .copied()
            .filter(|bot| !self.is_heard(*bot))
            .collect();
        if mute.is_empty() {
            return;
        }
        let provider = self.provider_of_boards();
        let mut common = None;
        for bot in mute {
            let config = match self.settings_of(bot) {
                Some(settings) => self.make_config(bot, settings),
                None => *common.get_or_insert_with(|| self.make_common_config()),
            };
            self.make_listening(bot, provider, config);
        }
    }

    /// The trackers that a bot listens for in the source.
    fn heard_by(&self, bot: u64) -> impl Iterator<Item = &TrackerInfo> {
        let listeners = self.listeners.iter();
        let of_bot = listeners.filter(move |(_, listening)| *listening == bot);
        of_bot.filter_map(|(tracker, _)| self.trackers.get(tracker))
    }

    /// Whether a bot listens for boards in the source already.
    fn is_heard(&self, bot: u64) -> bool {
        self.heard_by(bot)
            .any(|tracker| commands_of(&tracker.provider_type).is_some())
    }

    /// How a bot answered: by its own settings; by the first config that it listens by; by the one config that can only be its own.
    fn settings_of(&self, bot: u64) -> Option<Settings> {
        let info = self.bots.get(&bot)?;
        if info.settings.is_some() {
            return info.settings.clone();
        }
        let mut heard = self.heard_by(bot).filter(|tracker| tracker.enabled);
        let config = heard.next().map(|tracker| tracker.config);
        let config = config.or_else(|| self.config_left_for(bot))?;
        self.configs
            .get(&config)
            .map(|config| config.settings.clone())
    }

    /// A refactor that ended half-way made configs for bots and no trackers: the one of this bot, by its name or because there is no other.
    fn config_left_for(&self, bot: u64) -> Option<u64> {
        let info = self.bots.get(&bot)?;
        let is_used = |id: u64| self.trackers.values().any(|tracker| tracker.config == id);
        let left: BTreeMap<u64, &ConfigInfo> = self
            .configs
            .iter()
            .filter(|(id, config)| config.owner == info.owner && !is_used(**id))
            .map(|(id, config)| (*id, config))
            .collect();
        let bots = self.bots.values().filter(|other| other.owner == info.owner);
        if bots.count() == 1 && left.len() == 1 {
            return left.into_keys().next();
        }
        let is_named =
            |config: &ConfigInfo| !info.name.is_empty() && config.name.contains(&info.name);
        let mut named = left.into_iter().filter(|(_, config)| is_named(config));
        named.next().map(|(id, _)| id)
    }

    /// The provider of this program's boards: the source's first, or a new one.
    fn provider_of_boards(&mut self) -> u64 {
        let mut of_boards = self.providers.iter().filter(|(_, of)| *of == BOUNTY);
        if let Some((id, _)) = of_boards.next() {
            return *id;
        }
        let id = self.unused("service_provider");
        let since = self.first_bot();
        let provider = ServiceProvider {
            id: ServiceProviderId(id),
            user_id: BridgeUserId::SYSTEM,
            provider_type: BOUNTY.to_owned(),
            name: "Boards".to_owned(),
            icon: String::new(),
            config: Map::new(),
            created_at: since.seconds(),
        };
        let row = self.row(PROVIDER, Row::MADE.to_owned(), None);
        let event = BridgeEvent::ServiceProviderAdded(provider);
        self.add(row, BridgeUserId::SYSTEM.0, since, event);
        id
    }

    fn make_common_config(&mut self) -> u64 {
        let (settings, _) = Settings::default().for_boards();
        let owner = BridgeUserId::SYSTEM.0;
        let since = self.first_bot();
        self.push_config(
            Row::MADE.to_owned(),
            since,
            owner,
            "Common".to_owned(),
            settings,
        )
    }

    fn make_config(&mut self, bot: u64, settings: Settings) -> u64 {
        let (settings, remarks) = settings.for_boards();
        for remark in remarks {
            let key = bot.to_string();
            self.findings
                .note(Fate::Carried, BOT[0], Some(&key), None, remark);
        }
        let (since, owner, name) = self.about(bot);
        let key = format!("of telegram_bot {bot}");
        self.push_config(key, since, owner, name, settings)
    }

    fn push_config(
        &mut self,
        key: String,
        since: Timestamp,
        owner: u64,
        name: String,
        settings: Settings,
    ) -> u64 {
        let id = self.unused("command_config");
        let config = CommandConfig {
            created_at: since.seconds(),
            ..config(id, owner, BOUNTY, name, String::new(), settings)
        };
        let row = self.row(CONFIG, key, None);
        self.add(row, owner, since, BridgeEvent::CommandConfigAdded(config));
        id
    }

    /// When the first bot was made: what is made for all of them is as old.
    fn first_bot(&self) -> Timestamp {
        let created = self.bots.values().map(|bot| bot.created);
        created.min().unwrap_or(self.rows.since)
    }

    /// When a bot was made, by whom, and what it is called.
    fn about(&self, bot: u64) -> (Timestamp, u64, String) {
        let unnamed = || format!("Bot {bot}");
        match self.bots.get(&bot) {
            Some(info) if info.name.is_empty() => (info.created, info.owner, unnamed()),
            Some(info) => (info.created, info.owner, info.name.clone()),
            None => (self.rows.since, BridgeUserId::SYSTEM.0, unnamed()),
        }
    }

    fn make_listening(&mut self, bot: u64, provider: u64, config: u64) {
        let (since, owner, name) = self.about(bot);
        let id = self.unused("command_tracker");
        let tracker = CommandTracker {
            id: CommandTrackerId(id),
            user_id: BridgeUserId(owner),
            provider_id: ServiceProviderId(provider),
            command_config_id: CommandConfigId(config),
            name,
            icon: String::new(),
            enabled: true,
            created_at: since.seconds(),
        };
        let key = format!("of telegram_bot {bot}");
        let row = self.row(TRACKER, key.clone(), None);
        self.add(row, owner, since, BridgeEvent::CommandTrackerAdded(tracker));
        let event = listener(
            self.unused("command_tracker_listener"),
            id,
            bot,
            since.seconds(),
        );
        let row = self.row(LISTENER, key, None);
        self.add(row, owner, since, event);
    }
}
