//! The entities that Telegram finds in a user's text, with offsets and lengths in UTF-16 units.

use serde_json::{Value, json};

/// Adds the `bot_command` entity, if the message's text begins with a command.
pub fn mark_command(message: &mut Value) {
    if let Some(length) = command_length(text(message)) {
        add(
            message,
            json!({"type": "bot_command", "offset": 0, "length": length}),
        );
    }
}

/// Adds a `text_link` behind the first `part` of the message's text.
///
/// # Panics
/// When the text does not contain `part`.
pub fn link(message: &mut Value, part: &str, url: &str) {
    let text = text(message);
    let start = text.find(part).expect("the text contains the part to link");
    let offset = utf16_len(&text[..start]);
    let length = utf16_len(part);
    add(
        message,
        json!({"type": "text_link", "offset": offset, "length": length, "url": url}),
    );
}

fn text(message: &Value) -> &str {
    message["text"].as_str().unwrap_or_default()
}

fn add(message: &mut Value, entity: Value) {
    match message["entities"].as_array_mut() {
        Some(entities) => entities.push(entity),
        None => message["entities"] = json!([entity]),
    }
}

/// The length of `/name` or `/name@bot` at the start; its characters are ASCII, so bytes are UTF-16 units.
fn command_length(text: &str) -> Option<usize> {
    let name = word_length(text.strip_prefix('/')?);
    if name == 0 {
        return None;
    }
    let bot = text[1 + name..].strip_prefix('@').map_or(0, word_length);
    Some(1 + name + if bot > 0 { 1 + bot } else { 0 })
}

fn word_length(text: &str) -> usize {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    end.unwrap_or(text.len())
}

fn utf16_len(text: &str) -> usize {
    text.encode_utf16().count()
}
