//! Providers and bots.

use serde_json::{Map, Value};

use super::record::Record;
use super::settings::Settings;
use super::{BOT, BotInfo, PROVIDER, Reading, Taken};
use crate::domain::bridge::{
    BridgeEvent, BridgeUserId, ServiceProvider, ServiceProviderId, TelegramBot, TelegramBotId,
    UpdateMode, commands_of,
};
use crate::import::plan::ImportError;
use crate::import::sqlite::Table;

impl Reading<'_> {
    pub fn providers(&mut self, tables: &[Table<'_>]) -> Result<(), ImportError> {
        self.entities(tables, PROVIDER, |reading, record, taken| {
            let id = record.id()?;
            let (row, created) = reading.row_of(PROVIDER, record)?;
            let owner = reading.owner(record)?;
            let provider_type = record.needed_text(&["type", "provider_type"])?;
            let provider_type = taken.clean(provider_type).to_lowercase();
            if commands_of(&provider_type).is_none() {
                taken.say(format!(
                    "nothing here serves the type {provider_type}: it is kept"
                ));
            }
            let config = record.object(&["config"])?;
            let provider = ServiceProvider {
                id: ServiceProviderId(id),
                user_id: BridgeUserId(owner),
                provider_type: provider_type.clone(),
                name: taken.clean(record.text(&["name"])?),
                icon: taken.clean(record.text(&["icon"])?),
                config: reading.vault.hide(&row, &config),
                created_at: created.seconds(),
            };
            reading.providers.insert(id, provider_type);
            let event = BridgeEvent::ServiceProviderAdded(provider);
            reading.add(row, owner, created, event);
            Ok(())
        })
    }

    pub fn bots(&mut self, tables: &[Table<'_>]) -> Result<(), ImportError> {
        self.entities(tables, BOT, |reading, record, taken| {
            let id = record.id()?;
            let (row, created) = reading.row_of(BOT, record)?;
            let owner = reading.owner(record)?;
            let token = record.needed_text(&["token", "bot_token"])?;
            let settings = own_settings(record, taken)?;
            if record.text(&["update_mode"])?.trim() == "webhook" {
                taken.say("it gets its updates by polling here: remove its webhook when Telegram refuses that");
            }
            let username = record.text(&["bot_username"])?;
            let username = taken.clean(username.trim_start_matches('@').to_owned());
            let bot = TelegramBot {
                id: TelegramBotId(id),
                user_id: BridgeUserId(owner),
                name: taken.clean(record.text(&["name"])?),
                icon: taken.clean(record.text(&["icon"])?),
                token: reading.vault.keep(&row, "token", token.trim()),
                bot_username: Some(username).filter(|name| !name.is_empty()),
                update_mode: UpdateMode::Polling,
                created_at: created.seconds(),
            };
            let info = BotInfo {
                owner,
                created,
                name: bot.name.clone(),
                token,
                settings,
            };
            reading.bots.insert(id, info);
            let event = BridgeEvent::TelegramBotAdded(bot);
            reading.add(row, owner, created, event);
            Ok(())
        })
    }
}

/// What a bot's own `commands_config` says; none when it says nothing.
fn own_settings(record: &Record<'_>, taken: &mut Taken) -> Result<Option<Settings>, String> {
    let object: Map<String, Value> = record.object(&["commands_config"])?;
    let (settings, remarks) = Settings::read(&object);
    taken.remarks.extend(remarks);
    Ok(Some(settings).filter(|settings| *settings != Settings::default()))
}
