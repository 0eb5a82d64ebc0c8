//! Configs, command trackers and listeners.

use serde_json::{Map, Value};

use super::record::Record;
use super::settings::Settings;
use super::{CONFIG, ConfigInfo, LISTENER, Reading, TRACKER, Taken, TrackerInfo, vault};
use crate::domain::bridge::{
    BridgeEvent, BridgeUserId, CommandConfig, CommandConfigId, CommandTracker, CommandTrackerId,
    CommandTrackerListener, CommandTrackerListenerId, ListenerType, ServiceProviderId,
    TelegramBotId, commands_of,
};
use crate::import::plan::ImportError;
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
            let icon = taken.clean(record.text(&["icon"])?);
            reading.configs.insert(id, info);
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
            let info = TrackerInfo {
                provider_type,
                config,
                enabled,
            };
            reading.trackers.insert(id, info);
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
}

pub fn config(
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

pub fn listener(id: u64, tracker: u64, bot: u64, created_at: i64) -> BridgeEvent {
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
