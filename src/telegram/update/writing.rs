//! The text of a message and of the one it replies to, with the links behind their words.

use super::BotIdentity;
use super::raw::{Entity, Message, Replied, Writing};
use crate::telegram::command::{Body, HiddenLink, MessageText};

pub(super) fn message_text<'a>(message: &'a Message, bot: &BotIdentity) -> Option<MessageText<'a>> {
    let replied = message.reply_to_message.as_ref();
    Some(MessageText {
        body: body(message.writing()?),
        replied: replied.and_then(|replied| replied_body(replied, bot)),
    })
}

/// What this bot wrote itself is no text for a bounty: in a group that is how people address it.
fn replied_body<'a>(replied: &'a Replied, bot: &BotIdentity) -> Option<Body<'a>> {
    let is_own = replied.from.as_ref().is_some_and(|user| {
        let username = user.username.as_deref().unwrap_or_default();
        user.is_bot && (user.id == bot.id.0 || username.eq_ignore_ascii_case(&bot.username))
    });
    if is_own || replied.forum_topic_created.is_some() {
        return None;
    }
    replied.writing().map(body)
}

fn body((text, entities): Writing<'_>) -> Body<'_> {
    let links: Vec<_> = entities
        .iter()
        .filter(|entity| entity.r#type == "text_link")
        .collect();
    let bytes = if links.is_empty() {
        Vec::new()
    } else {
        bytes_of_units(text)
    };
    let hidden_links = links.iter().filter_map(|link| hidden_link(link, &bytes));
    Body {
        text,
        hidden_links: hidden_links.collect(),
    }
}

/// Where each UTF-16 unit of a text stands, in bytes, and where the text ends.
fn bytes_of_units(text: &str) -> Vec<usize> {
    text.char_indices()
        .flat_map(|(at, c)| std::iter::repeat_n(at, c.len_utf16()))
        .chain([text.len()])
        .collect()
}

/// None for an entity that has no place in the text.
fn hidden_link(entity: &Entity, bytes: &[usize]) -> Option<HiddenLink> {
    let byte = |unit: i64| bytes.get(usize::try_from(unit).ok()?).copied();
    let start = byte(entity.offset)?;
    let end = byte(entity.offset.checked_add(entity.length)?)?;
    Some(HiddenLink {
        range: start..end,
        url: entity.url.clone()?,
    })
    .filter(|link| start < end && !link.url.is_empty())
}
