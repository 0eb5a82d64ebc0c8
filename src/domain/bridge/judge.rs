//! Whether what was typed for a field may stand there, and what stands there then.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::choice::{ResponseMode, UpdateMode};
use super::command::{BotParts, Change, ConfigParts, ProviderParts, SecretWish, TrackerParts};
use super::edit::{
    CommandConfigEdited, CommandTrackerEdited, ServiceProviderEdited, TelegramBotEdited,
};
use super::entity::{CommandConfig, CommandTracker, ServiceProvider, TelegramBot};
use super::refusal::Refusal;
use super::registry::commands_of;
use super::secret::{SecretRef, has_secret, is_variable_name, secret_in};
use crate::domain::Locale;

/// The longest name, icon or word, in Unicode scalar values.
const TEXT_LIMIT: usize = 100;
/// The longest path of a file with a secret, in bytes.
const PATH_LIMIT: usize = 1_024;
/// Entries on one page of a list.
const COUNTS: std::ops::RangeInclusive<i64> = 1..=20;

/// What these parts make of a provider.
pub fn provider(
    parts: &ProviderParts,
    row: &ServiceProvider,
) -> Result<ServiceProviderEdited, Refusal> {
    Ok(ServiceProviderEdited {
        name: parts.name.as_deref().map(name).transpose()?,
        icon: parts.icon.as_deref().map(icon).transpose()?,
        config: parts.config.as_ref().map(config_object).transpose()?,
        ..ServiceProviderEdited::of(row.id)
    })
}

/// What these parts make of a bot.
pub fn bot(parts: &BotParts, row: &TelegramBot) -> Result<TelegramBotEdited, Refusal> {
    let username = |wish: &Change<String>| match wish {
        Change::Clear => Ok(None),
        Change::Set(typed) => {
            let typed = typed.trim().trim_start_matches('@');
            required("username", typed).map(Some)
        }
    };
    Ok(TelegramBotEdited {
        name: parts.name.as_deref().map(name).transpose()?,
        icon: parts.icon.as_deref().map(icon).transpose()?,
        token: parts.token.as_ref().map(token).transpose()?,
        bot_username: parts.username.as_ref().map(username).transpose()?,
        update_mode: parts.update_mode.as_deref().map(update_mode).transpose()?,
        ..TelegramBotEdited::of(row.id)
    })
}

/// What these parts make of a config.
pub fn config(parts: &ConfigParts, row: &CommandConfig) -> Result<CommandConfigEdited, Refusal> {
    let of_type = |typed: &Vec<String>| commands(&row.provider_type, typed);
    let limits = (!parts.limits.is_empty()).then(|| rate_limits(&parts.limits, row));
    Ok(CommandConfigEdited {
        name: parts.name.as_deref().map(name).transpose()?,
        icon: parts.icon.as_deref().map(icon).transpose()?,
        enabled_commands: parts.commands.as_ref().map(of_type).transpose()?,
        locale: parts.locale.as_deref().map(locale).transpose()?,
        response_mode: (parts.response_mode.as_deref())
            .map(response_mode)
            .transpose()?,
        default_count: parts.default_count.map(default_count).transpose()?,
        rate_limits: limits.transpose()?,
        ..CommandConfigEdited::of(row.id)
    })
}

/// What these parts make of a tracker; whether its provider and config fit is not judged here.
pub fn tracker(
    parts: &TrackerParts,
    row: &CommandTracker,
) -> Result<CommandTrackerEdited, Refusal> {
    Ok(CommandTrackerEdited {
        provider_id: parts.provider,
        command_config_id: parts.config,
        name: parts.name.as_deref().map(name).transpose()?,
        icon: parts.icon.as_deref().map(icon).transpose()?,
        enabled: parts.enabled,
        ..CommandTrackerEdited::of(row.id)
    })
}

/// A name: one line that is not empty.
pub fn name(typed: &str) -> Result<String, Refusal> {
    required("name", typed)
}

/// The type of a provider or config: a word in lower case.
pub fn provider_type(typed: &str) -> Result<String, Refusal> {
    required("type", typed).map(|word| word.to_lowercase())
}

pub fn icon(typed: &str) -> Result<String, Refusal> {
    text("icon", typed)
}

pub fn required(field: &'static str, typed: &str) -> Result<String, Refusal> {
    let text = text(field, typed)?;
    if text.is_empty() {
        return Err(Refusal::TextMissing { field });
    }
    Ok(text)
}

fn text(field: &'static str, typed: &str) -> Result<String, Refusal> {
    let typed = typed.trim();
    if has_secret(typed) {
        return Err(Refusal::Secret {
            field: field.to_owned(),
        });
    }
    let characters = typed.chars().count();
    if characters > TEXT_LIMIT {
        return Err(Refusal::TextTooLong {
            field,
            characters: characters as u64,
        });
    }
    Ok(typed.to_owned())
}

/// A reference to a token.
pub fn token(wish: &SecretWish) -> Result<SecretRef, Refusal> {
    reference("token", wish)
}

/// A reference to a secret. What cannot be one may be the secret itself, so it is not repeated.
pub fn reference(field: &str, wish: &SecretWish) -> Result<SecretRef, Refusal> {
    let field = || field.to_owned();
    match wish {
        SecretWish::Env(text) | SecretWish::File(text) if text.trim().is_empty() => {
            Err(Refusal::ReferenceMissing { field: field() })
        }
        SecretWish::Env(name) if is_variable_name(name) => Ok(SecretRef::Env(name.clone())),
        SecretWish::File(path) if is_path(path) => Ok(SecretRef::File(path.clone())),
        _ => Err(Refusal::Secret { field: field() }),
    }
}

fn is_path(text: &str) -> bool {
    text.len() <= PATH_LIMIT && !text.chars().any(char::is_control) && !has_secret(text)
}

fn update_mode(word: &str) -> Result<UpdateMode, Refusal> {
    match UpdateMode::read(word) {
        Some(UpdateMode::Webhook) => Err(Refusal::Webhook),
        Some(mode) => Ok(mode),
        None => Err(Refusal::UnknownUpdateMode {
            mode: word.to_owned(),
        }),
    }
}

pub fn config_object(value: &Value) -> Result<Map<String, Value>, Refusal> {
    let Value::Object(object) = value else {
        return Err(Refusal::ConfigNotObject);
    };
    match secret_in(object) {
        Some(place) => Err(Refusal::Secret {
            field: format!("config.{place}"),
        }),
        None => Ok(object.clone()),
    }
}

/// Commands by name, each once. A type that nothing here serves may have any.
fn commands(provider_type: &str, typed: &[String]) -> Result<Vec<String>, Refusal> {
    let known = commands_of(provider_type);
    let mut commands: Vec<String> = Vec::new();
    for word in typed {
        let command = required("command", word.trim().trim_start_matches('/'))?.to_lowercase();
        if let Some(known) = &known
            && known.iter().all(|spec| spec.name != command)
        {
            return Err(Refusal::UnknownCommand {
                provider_type: provider_type.to_owned(),
                command,
            });
        }
        if !commands.contains(&command) {
            commands.push(command);
        }
    }
    Ok(commands)
}

pub fn locale(word: &str) -> Result<Locale, Refusal> {
    Locale::read(word).ok_or_else(|| Refusal::UnknownLocale {
        locale: word.to_owned(),
    })
}

fn response_mode(word: &str) -> Result<ResponseMode, Refusal> {
    ResponseMode::read(word).ok_or_else(|| Refusal::UnknownResponseMode {
        mode: word.to_owned(),
    })
}

fn default_count(count: i64) -> Result<u8, Refusal> {
    let allowed = u8::try_from(count).ok().filter(|_| COUNTS.contains(&count));
    allowed.ok_or(Refusal::CountOutOfRange { count })
}

/// The config's limits with these changes; 0 seconds is no limit.
fn rate_limits(
    typed: &[(String, String)],
    row: &CommandConfig,
) -> Result<BTreeMap<String, u32>, Refusal> {
    let mut limits = row.rate_limits.clone();
    for (category, limit) in typed {
        let category = category_of(&row.provider_type, category)?;
        match seconds(limit) {
            Some(0) => limits.remove(&category),
            Some(seconds) => limits.insert(category, seconds),
            None => {
                return Err(Refusal::LimitNotSeconds {
                    category,
                    limit: limit.clone(),
                });
            }
        };
    }
    Ok(limits)
}

fn category_of(provider_type: &str, typed: &str) -> Result<String, Refusal> {
    let category = required("category", typed)?.to_lowercase();
    match commands_of(provider_type) {
        Some(known) if known.iter().all(|spec| spec.category.as_str() != category) => {
            Err(Refusal::UnknownCategory {
                provider_type: provider_type.to_owned(),
                category,
            })
        }
        _ => Ok(category),
    }
}

fn seconds(typed: &str) -> Option<u32> {
    let is_plain = typed.bytes().all(|byte| byte.is_ascii_digit());
    typed.parse().ok().filter(|_| is_plain)
}
