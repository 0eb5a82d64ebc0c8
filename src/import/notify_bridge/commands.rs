//! Configs, command trackers and listeners; and those that a database before the refactor does not have.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::record::Record;
use super::settings::Settings;
use super::{
    BOT, CONFIG, ConfigInfo, LISTENER, PROVIDER, Reading, TRACKER, Taken, TrackerInfo, vault,
};
use crate::domain::Timestamp;
use crate::domain::bridge::{
    BOUNTY, BridgeEvent, BridgeUserId, CommandConfig, CommandConfigId, CommandTracker,
    CommandTrackerId, CommandTrackerListener, CommandTrackerListenerId, ListenerType,
    ServiceProvider, ServiceProviderId, TelegramBotId, commands_of,
};
use crate::import::plan::ImportError;
use crate::import::report::Fate;
use crate::import::row::Row;
use crate::import::sqlite::Table;

impl Reading<'_> {
    pub fn configs(&mut self, tables: &[Table<'_>]) -> Result<(), ImportError> {
        self.entities(tables, CONFIG, |reading, record, taken| {
            let id = record.id()?;
            let (row, created) = reading.row_of(CONFIG, record)?;
            let owner = reading.owner(record)?;
            let provider_type = record.needed_text(&["provider_type", "type"])?;
            let provider_type = taken.clean(provider_type).to_lowercase();
            let (settings, remarks) = Settings::read(&columns(record)?);
            taken.remarks.extend(remarks);
            let carried = match commands_of(&provider_type) {
                Some(_) => {
                    let (settings, remarks) = settings.clone().for_boards();
                    taken.remarks.extend(remarks);
                    settings
                }
                None => without_secrets(settings.clone(), taken),
            };
            let name = taken.clean(record.text(&["name"])?);
            let info = ConfigInfo {
                owner,
                name: name.clone(),
                provider_type: provider_type.clone(),
                settings,
            };
            reading.configs.insert(id, info);
            let icon = taken.clean(record.text(&["icon"])?);
            let config = config(id, owner, &provider_type, name, icon, carried);
            let config = CommandConfig {
                created_at: created.seconds(),
                ..config
            };
            let event = BridgeEvent::CommandConfigAdded(config);
            reading.add(row, owner, created, event);
            Ok(())
        })
    }

    pub fn trackers(&mut self, tables: &[Table<'_>]) -> Result<(), ImportError> {
        self.entities(tables, TRACKER, |reading, record, taken| {
            let id = record.id()?;
            let (row, created) = reading.row_of(TRACKER, record)?;
            let owner = reading.owner(record)?;
            let provider = record.reference(&["provider_id"])?;
            let config = record.reference(&["command_config_id"])?;
            let provider_type = reading.provider_type(provider)?;
            let of_config = reading.configs.get(&config);
            let of_config =
                of_config.ok_or_else(|| format!("there is no command_config {config}"))?;
            if of_config.provider_type != provider_type {
                return Err(format!(
                    "its provider is of type {provider_type}, its config of type {}",
                    of_config.provider_type
                ));
            }
            let enabled = record.flag(&["enabled"], true)?;
            let is_served = commands_of(&provider_type).is_some();
            if enabled && !is_served {
                taken.say(format!(
                    "switched off: nothing here serves the type {provider_type}"
                ));
            }
            let info = TrackerInfo {
                provider_type,
                config,
                enabled,
            };
            reading.trackers.insert(id, info);
            let tracker = CommandTracker {
                id: CommandTrackerId(id),
                user_id: BridgeUserId(owner),
                provider_id: ServiceProviderId(provider),
                command_config_id: CommandConfigId(config),
                name: taken.clean(record.text(&["name"])?),
                icon: taken.clean(record.text(&["icon"])?),
                enabled: enabled && is_served,
                created_at: created.seconds(),
            };
            let event = BridgeEvent::CommandTrackerAdded(tracker);
            reading.add(row, owner, created, event);
            Ok(())
        })
    }

    pub fn provider_type(&self, provider: u64) -> Result<String, String> {
        let found = self.providers.get(&provider).cloned();
        found.ok_or_else(|| format!("there is no service_provider {provider}"))
    }

    pub fn listeners(&mut self, tables: &[Table<'_>]) -> Result<(), ImportError> {
        self.entities(tables, LISTENER, |reading, record, taken| {
            let id = record.id()?;
            let (row, created) = reading.row_of(LISTENER, record)?;
            let tracker = record.reference(&["command_tracker_id"])?;
            let kind = record.needed_text(&["listener_type"])?;
            if ListenerType::read(kind.trim()).is_none() {
                return Err("its listener_type is not known here".to_owned());
            }
            let bot = record.reference(&["listener_id"])?;
            if !reading.trackers.contains_key(&tracker) {
                return Err(format!("there is no command_tracker {tracker}"));
            }
            let owner = reading.bots.get(&bot).map(|bot| bot.owner);
            let owner = owner.ok_or_else(|| format!("there is no telegram_bot {bot}"))?;
            if !reading.listeners.insert((tracker, bot)) {
                taken.dropped = Some(format!("telegram_bot {bot} listens for it already"));
                return Ok(());
            }
            let event = listener(id, tracker, bot, created.seconds());
            reading.add(row, owner, created, event);
            Ok(())
        })
    }

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

    /// Whether a bot listens for boards in the source already.
    fn is_heard(&self, bot: u64) -> bool {
        let mut heard = self
            .listeners
            .iter()
            .filter(|(_, listening)| *listening == bot);
        heard.any(|(tracker, _)| {
            let tracker = self.trackers.get(tracker);
            tracker.is_some_and(|tracker| commands_of(&tracker.provider_type).is_some())
        })
    }

    /// How a bot answered: by its own settings; by the first config that it listens by; by the one config that can only be its own.
    fn settings_of(&self, bot: u64) -> Option<Settings> {
        let info = self.bots.get(&bot)?;
        if info.settings.is_some() {
            return info.settings.clone();
        }
        let heard = self
            .listeners
            .iter()
            .filter(|(_, listening)| *listening == bot);
        let mut heard = heard.filter_map(|(tracker, _)| self.trackers.get(tracker));
        let config = heard
            .find(|tracker| tracker.enabled)
            .map(|tracker| tracker.config);
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

fn config(
    id: u64,
    owner: u64,
    provider_type: &str,
    name: String,
    icon: String,
    settings: Settings,
) -> CommandConfig {
    CommandConfig {
        id: CommandConfigId(id),
        user_id: BridgeUserId(owner),
        provider_type: provider_type.to_owned(),
        name,
        icon,
        enabled_commands: settings.commands,
        locale: settings.locale,
        response_mode: settings.response_mode,
        default_count: settings.default_count,
        rate_limits: settings.limits,
        created_at: 0,
    }
}

fn listener(id: u64, tracker: u64, bot: u64, created_at: i64) -> BridgeEvent {
    BridgeEvent::CommandTrackerListenerAdded(CommandTrackerListener {
        id: CommandTrackerListenerId(id),
        command_tracker_id: CommandTrackerId(tracker),
        listener_type: ListenerType::TelegramBot,
        listener_id: TelegramBotId(bot),
        created_at,
    })
}

/// The columns of a config as the object that they were before.
fn columns(record: &Record<'_>) -> Result<Map<String, Value>, String> {
    let text = |name: &'static [&'static str]| record.text(name).map(Value::String);
    let count = record
        .cell(&["default_count"])
        .optional_integer("default_count")?;
    Ok(Map::from_iter([
        (
            "enabled_commands".to_owned(),
            record.list(&["enabled_commands"])?.into(),
        ),
        ("locale".to_owned(), text(&["locale"])?),
        ("response_mode".to_owned(), text(&["response_mode"])?),
        ("default_count".to_owned(), count.into()),
        (
            "rate_limits".to_owned(),
            record.object(&["rate_limits"])?.into(),
        ),
    ]))
}

/// Words of commands and categories that nothing here knows may be anything.
fn without_secrets(settings: Settings, taken: &mut Taken) -> Settings {
    let (commands, hidden): (Vec<String>, Vec<String>) = settings
        .commands
        .into_iter()
        .partition(|word| !vault::is_secret(word));
    let mut limits = settings.limits;
    let before = limits.len() + hidden.len();
    limits.retain(|word, _| !vault::is_secret(word));
    if limits.len() != before {
        taken.say("a secret among its words is not carried");
    }
    Settings {
        commands,
        limits,
        ..settings
    }
}
