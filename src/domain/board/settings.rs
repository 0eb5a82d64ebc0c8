//! What a chat chose for itself, and how its answers are to be worded because of it.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::event::BoardEvent;
use super::state::Board;
use crate::domain::{BotId, Locale, Seq, SettingChange};

/// The chat's own choices; none of a thing when nobody chose.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatSettings {
    pub language: Option<Locale>,
    /// By its IANA name.
    pub timezone: Option<String>,
    /// The event by which somebody first set a due date here.
    pub first_due: Option<Seq>,
    /// The bots that were told whether to answer here.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub commands: BTreeMap<BotId, bool>,
}

/// What of a chat's board matters for how an answer is worded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChatStyle {
    pub language: Option<Locale>,
    pub zone: Option<Tz>,
    /// Whether the answer is of the first due date ever set here, and nobody chose the zone in which it was read.
    pub zone_assumed: bool,
}

impl ChatSettings {
    /// The chosen time zone. None also for a name that this program does not know.
    pub fn zone(&self) -> Option<Tz> {
        self.timezone.as_deref()?.parse().ok()
    }

    /// Whether a bot answers here.
    pub fn is_answered_by(&self, bot: BotId) -> bool {
        self.commands.get(&bot).copied().unwrap_or(true)
    }

    /// The bots that do not answer here, ascending.
    pub fn mute_bots(&self) -> Vec<BotId> {
        let mute = self.commands.iter().filter(|(_, enabled)| !**enabled);
        mute.map(|(bot, _)| *bot).collect()
    }

    /// How an answer is worded; `answered` is the event that it confirms.
    pub fn style(&self, answered: Option<Seq>) -> ChatStyle {
        let zone = self.zone();
        ChatStyle {
            language: self.language,
            zone,
            zone_assumed: zone.is_none() && answered.is_some() && answered == self.first_due,
        }
    }
}

/// Which setting of the chat an event changes, seen from the state `before`.
pub fn setting_change(before: &Board, event: &BoardEvent) -> Option<SettingChange> {
    let settings = before.settings();
    let (field, old, new) = match event {
        BoardEvent::LanguageChosen(chosen) => {
            let old = settings.language.map(Locale::as_str);
            ("language", old, chosen.language.as_str())
        }
        BoardEvent::TimezoneChosen(chosen) => {
            let old = settings.timezone.as_deref();
            ("timezone", old, chosen.timezone.as_str())
        }
        BoardEvent::CommandsSwitched(switched) => {
            let old = on_off(settings.is_answered_by(switched.bot));
            return Some(SettingChange {
                field: format!("commands of bot {}", switched.bot),
                old: Some(old.into()),
                new: Some(on_off(switched.enabled).into()),
            });
        }
        _ => return None,
    };
    Some(SettingChange {
        field: field.to_owned(),
        old: old.map(Into::into),
        new: Some(new.into()),
    })
}

fn on_off(enabled: bool) -> &'static str {
    if enabled { "on" } else { "off" }
}
