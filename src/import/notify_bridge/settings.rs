//! How a bot answers, as a `commands_config` or a row of `command_config` says it, and what of that means something here.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::domain::Locale;
use crate::domain::bridge::{BOUNTY, ResponseMode, commands_of};

/// Entries on one page of a list: what there may be, and what there is when nothing is said.
const COUNTS: std::ops::RangeInclusive<i64> = 1..=20;
const DEFAULT_COUNT: u8 = 5;
/// The limit of every category that has none of its own.
const ANY: &str = "default";

/// How a bot answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    pub commands: Vec<String>,
    pub locale: Locale,
    pub response_mode: ResponseMode,
    pub default_count: u8,
    pub limits: BTreeMap<String, u32>,
}

/// What is carried in another form than it had.
pub type Remarks = Vec<String>;

impl Default for Settings {
    /// What a config says of which nothing is said.
    fn default() -> Self {
        Self {
            commands: Vec::new(),
            locale: Locale::English,
            response_mode: ResponseMode::Media,
            default_count: DEFAULT_COUNT,
            limits: BTreeMap::new(),
        }
    }
}

impl Settings {
    /// Reads an object whose keys are those of a config's columns.
    pub fn read(object: &Map<String, Value>) -> (Self, Remarks) {
        let field = |names: &[&str]| {
            let found = names.iter().find_map(|name| object.get(*name));
            found.cloned().unwrap_or(Value::Null)
        };
        let mut remarks = Remarks::new();
        let settings = Self {
            commands: words(
                &field(&["enabled_commands", "commands", "enabled"]),
                &mut remarks,
            ),
            locale: locale(&field(&["locale", "language"]), &mut remarks),
            response_mode: response_mode(&field(&["response_mode"]), &mut remarks),
            default_count: count(&field(&["default_count"]), &mut remarks),
            limits: limits(&field(&["rate_limits", "limits"]), &mut remarks),
        };
        (settings, remarks)
    }

    /// What of it this program can follow for its own boards. Without a command that is known here all are answered.
    pub fn for_boards(self) -> (Self, Remarks) {
        let specs = commands_of(BOUNTY).unwrap_or_default();
        let mut remarks = Remarks::new();
        let (known, unknown): (Vec<String>, Vec<String>) = self
            .commands
            .into_iter()
            .partition(|command| specs.iter().any(|spec| spec.name == command));
        if !unknown.is_empty() {
            remarks.push(format!("nothing here answers {}", unknown.join(", ")));
        }
        let commands = match known.is_empty() {
            true => specs.iter().map(|spec| spec.name.to_owned()).collect(),
            false => known,
        };
        let any = self.limits.get(ANY).copied();
        let categories = specs.iter().map(|spec| spec.category.as_str());
        let limits: BTreeMap<String, u32> = categories
            .filter_map(|category| {
                let limit = self.limits.get(category).copied().or(any)?;
                Some((category.to_owned(), limit))
            })
            .collect();
        let other = |category: &&String| *category != ANY && !limits.contains_key(*category);
        let others: Vec<String> = self.limits.keys().filter(other).cloned().collect();
        if !others.is_empty() {
            remarks.push(format!(
                "nothing here is of the categories {}: their limits are dropped",
                others.join(", ")
            ));
        }
        let settings = Self {
            commands,
            limits,
            ..self
        };
        (settings, remarks)
    }
}

/// Commands, each once, without the slash: a list, or an object that says yes or no to each.
fn words(value: &Value, remarks: &mut Remarks) -> Vec<String> {
    let named: Vec<&str> = match value {
        Value::Null => Vec::new(),
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
        Value::Object(all) => {
            let enabled = all.iter().filter(|(_, is_on)| **is_on == Value::Bool(true));
            enabled.map(|(name, _)| name.as_str()).collect()
        }
        _ => {
            remarks.push("its enabled_commands are no list: it answers all there are".to_owned());
            Vec::new()
        }
    };
    let mut words = Vec::new();
    for word in named {
        let word = word.trim().trim_start_matches('/').to_lowercase();
        if !word.is_empty() && !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

fn locale(value: &Value, remarks: &mut Remarks) -> Locale {
    let tag = match value {
        Value::Null => return Locale::English,
        Value::String(tag) if tag.trim().is_empty() => return Locale::English,
        other => other.as_str().unwrap_or_default(),
    };
    Locale::of_tag(tag.trim()).unwrap_or_else(|| {
        remarks.push("its language is not spoken here: it answers in English".to_owned());
        Locale::English
    })
}

fn response_mode(value: &Value, remarks: &mut Remarks) -> ResponseMode {
    let Some(word) = value.as_str().filter(|word| !word.trim().is_empty()) else {
        return ResponseMode::Media;
    };
    ResponseMode::read(word.trim()).unwrap_or_else(|| {
        remarks.push("its response_mode is not known here: media".to_owned());
        ResponseMode::Media
    })
}

fn count(value: &Value, remarks: &mut Remarks) -> u8 {
    let Some(count) = whole_number(value) else {
        if !value.is_null() {
            remarks.push(format!("its default_count is no number: {DEFAULT_COUNT}"));
        }
        return DEFAULT_COUNT;
    };
    let nearest = count.clamp(*COUNTS.start(), *COUNTS.end());
    if nearest != count {
        remarks.push(format!("its default_count {count} becomes {nearest}"));
    }
    u8::try_from(nearest).unwrap_or(DEFAULT_COUNT)
}

/// A whole number, also as text.
fn whole_number(value: &Value) -> Option<i64> {
    let text = || value.as_str()?.trim().parse().ok();
    value.as_i64().or_else(text)
}

fn limits(value: &Value, remarks: &mut Remarks) -> BTreeMap<String, u32> {
    let mut limits = BTreeMap::new();
    for (category, limit) in value.as_object().into_iter().flatten() {
        match whole_number(limit).and_then(|limit| u32::try_from(limit).ok()) {
            Some(0) => {}
            Some(limit) => drop(limits.insert(category.to_lowercase(), limit)),
            None => remarks.push(format!("its limit of {category} is no number of seconds")),
        }
    }
    limits
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Settings;
    use crate::domain::Locale;

    fn read(value: &serde_json::Value) -> (Settings, Vec<String>) {
        Settings::read(value.as_object().expect("an object"))
    }

    #[test]
    fn what_means_something_here_is_kept_and_the_rest_is_named() {
        let config = json!({"enabled_commands": ["/Bounty", "albums", "help", "help"], "locale": "ru-RU",
            "default_count": 50, "rate_limits": {"search": 30, "default": 10, "write": 60, "read": "x"}});
        let (settings, remarks) = read(&config);
        assert_eq!(remarks.len(), 2, "{remarks:?}");
        let (settings, remarks) = settings.for_boards();
        assert_eq!(settings.commands, ["bounty", "help"]);
        assert_eq!(
            (settings.locale, settings.default_count),
            (Locale::Russian, 20)
        );
        let limits: Vec<_> = settings
            .limits
            .iter()
            .map(|(name, limit)| (name.as_str(), *limit))
            .collect();
        assert_eq!(limits, [("read", 10), ("write", 60)]);
        assert_eq!(remarks.len(), 2, "{remarks:?}");
    }

    #[test]
    fn other_types_of_values_are_understood_or_named() {
        let config = json!({"enabled_commands": {"bounty": true, "add": false}, "locale": 7,
            "default_count": "7", "rate_limits": {"read": "30"}});
        let (settings, remarks) = read(&config);
        assert_eq!(settings.commands, ["bounty"]);
        assert_eq!((settings.default_count, settings.limits["read"]), (7, 30));
        assert_eq!(remarks.len(), 1, "its locale: {remarks:?}");
        let (_, remarks) = read(&json!({"enabled_commands": "bounty", "default_count": []}));
        assert_eq!(remarks.len(), 2, "{remarks:?}");
    }

    #[test]
    fn a_bot_whose_commands_are_all_foreign_answers_all_there_are() {
        let (settings, _) = read(&json!({"enabled_commands": ["albums"]}));
        assert!(settings.for_boards().0.commands.len() > 5);
    }
}
