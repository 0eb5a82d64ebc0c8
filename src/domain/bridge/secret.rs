//! Secrets stay out of the log: what may stand there is where to find one. This is also the one place that knows what a secret looks like.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

use crate::domain::BotId;

/// Where a secret is to be found.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SecretRef {
    /// In this variable of the process's environment.
    Env(String),
    /// In this file.
    File(String),
}

/// Telegram's tokens are `<bot id>:<35 characters>`; a shorter one is as secret to whoever takes it for one.
const TOKEN_ID_DIGITS: usize = 3;
const TOKEN_CHARACTERS: usize = 16;

/// Whose token this is: the bot's id stands before the colon. None for what can be no token.
pub fn bot_of_token(token: &str) -> Option<BotId> {
    let (id, _) = token.trim().split_once(':')?;
    let id = id.parse().ok().map(BotId);
    id.filter(|id| id.0 > 0)
}

/// Words that the name of a secret has in it, in lower case and without marks between.
const SECRET_WORDS: [&str; 9] = [
    "token",
    "secret",
    "password",
    "passwd",
    "passphrase",
    "apikey",
    "privatekey",
    "credential",
    "authorization",
];

/// Where a text has a bot's token in it, as it is or as it stands in addresses.
pub fn find_token(text: &str) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let token_at = |at: usize| {
        let colon = at..at + colon_length(&bytes[at..])?;
        let digits = bytes[..colon.start].iter().rev();
        let id = digits.take_while(|byte| byte.is_ascii_digit()).count();
        let key = bytes[colon.end..].iter();
        let key = key.take_while(|byte| is_token_byte(**byte)).count();
        (id >= TOKEN_ID_DIGITS && key >= TOKEN_CHARACTERS)
            .then(|| colon.start - id..colon.end + key)
    };
    (0..bytes.len()).find_map(token_at)
}

/// How long the colon is with which this begins. In an address it may be escaped, and that again.
fn colon_length(bytes: &[u8]) -> Option<usize> {
    if bytes.first()? == &b':' {
        return Some(1);
    }
    let mut escaped = bytes.strip_prefix(b"%")?;
    while let Some(once_less) = escaped.strip_prefix(b"25") {
        escaped = once_less;
    }
    let is_colon = escaped.len() >= 2 && escaped[..2].eq_ignore_ascii_case(b"3a");
    is_colon.then(|| bytes.len() - escaped.len() + 2)
}

/// A text in which nothing looks like a bot's token any more.
pub fn without_tokens(text: &str) -> String {
    let mut text = text.to_owned();
    while let Some(place) = find_token(&text) {
        text.replace_range(place, "[a token]");
    }
    text
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// Whether a text has a token, or an address with credentials, in it.
pub fn has_secret(text: &str) -> bool {
    find_token(text).is_some() || text.split_whitespace().any(is_secret_url)
}

fn is_secret_url(word: &str) -> bool {
    let Some(url) = Url::parse(word).ok().filter(|_| word.contains("://")) else {
        return false;
    };
    let has_user = !url.username().is_empty() || url.password().is_some();
    has_user || url.query_pairs().any(|(key, _)| is_secret_name(&key))
}

fn is_secret_name(name: &str) -> bool {
    let letters = name.chars().filter(|character| character.is_alphanumeric());
    let name: String = letters.collect::<String>().to_lowercase();
    SECRET_WORDS.iter().any(|word| name.contains(word))
        || name.ends_with("key")
        || name.ends_with("auth")
}

/// Whether a text can be the name of a variable of the environment.
pub fn is_variable_name(text: &str) -> bool {
    let is_word = |character: char| character.is_ascii_alphanumeric() || character == '_';
    text.chars().all(is_word)
        && !text.is_empty()
        && text.len() <= 128
        && !text.starts_with(|character: char| character.is_ascii_digit())
}

/// The first place in an object that holds a secret: the names of its fields, with dots between.
pub fn secret_in(object: &Map<String, Value>) -> Option<String> {
    let found = |(name, value): (&String, &Value)| {
        if has_secret(name) {
            return Some("a field's name".to_owned());
        }
        let below = if is_secret_name(name) {
            (!value.is_null() && !is_reference(value)).then(String::new)
        } else {
            secret_below(value)
        };
        below.map(|below| match below.is_empty() {
            true => name.clone(),
            false => format!("{name}.{below}"),
        })
    };
    object.iter().find_map(found)
}

fn secret_below(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => has_secret(text).then(String::new),
        Value::Array(values) => values.iter().find_map(secret_below),
        Value::Object(object) => secret_in(object),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// The object with a reference in the place of each secret, which `keep` puts away; it is told the names of the fields that lead
/// there, with dots between. A field whose name is a secret is left out.
pub fn hide(
    object: &Map<String, Value>,
    keep: &mut dyn FnMut(&str, &str) -> SecretRef,
) -> Map<String, Value> {
    hide_below("", object, keep)
}

fn hide_below(
    path: &str,
    object: &Map<String, Value>,
    keep: &mut dyn FnMut(&str, &str) -> SecretRef,
) -> Map<String, Value> {
    let fields = object.iter().filter(|(name, _)| !has_secret(name));
    let hidden = fields.map(|(name, value)| {
        let path = match path {
            "" => name.clone(),
            path => format!("{path}.{name}"),
        };
        let is_hidden = is_secret_name(name) && !value.is_null() && !is_reference(value);
        let value = match is_hidden {
            true => reference(keep(&path, &text_of(value))),
            false => hide_value(&path, value, keep),
        };
        (name.clone(), value)
    });
    hidden.collect()
}

fn hide_value(path: &str, value: &Value, keep: &mut dyn FnMut(&str, &str) -> SecretRef) -> Value {
    match value {
        Value::String(text) if has_secret(text) => reference(keep(path, text)),
        Value::Array(values) => {
            let values = values.iter().map(|value| hide_value(path, value, keep));
            Value::Array(values.collect())
        }
        Value::Object(_) if is_reference(value) => value.clone(),
        Value::Object(object) => Value::Object(hide_below(path, object, keep)),
        other => other.clone(),
    }
}

/// A secret as it stands in a file.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn reference(place: SecretRef) -> Value {
    serde_json::to_value(place).expect("a reference always has a JSON form")
}

fn is_reference(value: &Value) -> bool {
    match SecretRef::deserialize(value) {
        Ok(SecretRef::Env(name)) => is_variable_name(&name),
        Ok(SecretRef::File(path)) => !path.is_empty() && !has_secret(&path),
        Err(_) => false,
    }
}
