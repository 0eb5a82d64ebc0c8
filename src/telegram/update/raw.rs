//! The fields of the Bot API's objects that are needed, by the names they have there. Everything else is skipped.

use serde::de::{Error, IgnoredAny, Unexpected};
use serde::{Deserialize, Deserializer};

use super::UnreadableUpdate;
use super::sender::clipped;
use crate::domain::UnixTime;
use crate::domain::board::ChatKind;

/// The last second of the year 9999: nothing later is the date of a message.
const LAST_DATE: UnixTime = 253_402_300_799;

#[derive(Deserialize)]
pub(super) struct Update {
    pub update_id: i64,
    pub message: Option<Message>,
    pub edited_message: Option<Message>,
    pub callback_query: Option<CallbackQuery>,
    pub my_chat_member: Option<MemberChange>,
}

#[derive(Deserialize)]
pub(super) struct Message {
    pub message_id: i64,
    #[serde(deserialize_with = "date")]
    pub date: UnixTime,
    pub chat: Chat,
    pub from: Option<User>,
    pub sender_chat: Option<Chat>,
    pub is_automatic_forward: Option<bool>,
    pub reply_to_message: Option<Replied>,
    text: Option<String>,
    entities: Option<Vec<Entity>>,
    caption: Option<String>,
    caption_entities: Option<Vec<Entity>>,
    is_topic_message: Option<bool>,
    message_thread_id: Option<i64>,
    migrate_to_chat_id: Option<i64>,
    migrate_from_chat_id: Option<i64>,
}

/// The message that another one replies to; in a topic without a real reply, the message that created the topic.
#[derive(Deserialize)]
pub(super) struct Replied {
    pub from: Option<User>,
    pub forum_topic_created: Option<IgnoredAny>,
    text: Option<String>,
    entities: Option<Vec<Entity>>,
    caption: Option<String>,
    caption_entities: Option<Vec<Entity>>,
}

#[derive(Deserialize)]
pub(super) struct Chat {
    pub id: i64,
    pub r#type: String,
    pub title: Option<String>,
    pub username: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct User {
    pub id: i64,
    #[serde(default)]
    pub is_bot: bool,
    #[serde(default)]
    pub first_name: String,
    pub last_name: Option<String>,
    pub username: Option<String>,
    pub language_code: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Entity {
    pub r#type: String,
    /// In UTF-16 units, as `length`.
    pub offset: i64,
    pub length: i64,
    pub url: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct CallbackQuery {
    pub id: String,
    pub from: Option<User>,
    pub message: Option<CallbackMessage>,
    pub data: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct CallbackMessage {
    #[serde(default)]
    pub message_id: i64,
    /// 0 for one that is not known to Telegram any more.
    #[serde(default, deserialize_with = "date")]
    pub date: UnixTime,
    pub chat: Chat,
}

#[derive(Deserialize)]
pub(super) struct MemberChange {
    pub chat: Chat,
    pub old_chat_member: Member,
    pub new_chat_member: Member,
}

#[derive(Deserialize)]
pub(super) struct Member {
    status: String,
    /// Only for the status `restricted`.
    is_member: Option<bool>,
}

/// Reads an Update object. The error has its number if only something else in it is wrong.
pub(super) fn parse(raw: &str) -> Result<Update, UnreadableUpdate> {
    // serde takes an array for a struct, with the fields in their order.
    if !raw.trim_start().starts_with('{') {
        return Err(UnreadableUpdate {
            update_id: None,
            reason: "it is no JSON object".to_owned(),
        });
    }
    serde_json::from_str(raw).map_err(|error| UnreadableUpdate {
        update_id: update_id(raw),
        reason: clipped(&without_values(&error.to_string())),
    })
}

/// An error of serde without the strings that it quotes: they are what users wrote.
fn without_values(error: &str) -> String {
    match (error.find('"'), error.rfind('"')) {
        (Some(first), Some(last)) => format!("{}…{}", &error[..first], &error[last + 1..]),
        _ => error.to_owned(),
    }
}

pub fn update_id(raw: &str) -> Option<i64> {
    #[derive(Deserialize)]
    struct Numbered {
        update_id: i64,
    }
    let numbered: Numbered = serde_json::from_str(raw).ok()?;
    Some(numbered.update_id)
}

fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<UnixTime, D::Error> {
    let date = i64::deserialize(deserializer)?;
    if (0..=LAST_DATE).contains(&date) {
        return Ok(date);
    }
    Err(D::Error::invalid_value(
        Unexpected::Signed(date),
        &"Unix seconds up to the year 9999",
    ))
}

/// A text and what is behind it.
pub(super) type Writing<'a> = (&'a str, &'a [Entity]);

/// A text, or else a caption.
fn writing<'a>(texts: [(&'a Option<String>, &'a Option<Vec<Entity>>); 2]) -> Option<Writing<'a>> {
    texts.into_iter().find_map(|(text, entities)| {
        Some((text.as_deref()?, entities.as_deref().unwrap_or_default()))
    })
}

impl Message {
    /// Its text or caption.
    pub(super) fn writing(&self) -> Option<Writing<'_>> {
        writing([
            (&self.text, &self.entities),
            (&self.caption, &self.caption_entities),
        ])
    }

    /// The forum topic. Outside of forums `message_thread_id` is that of a thread of replies, where nothing can be sent to.
    pub(super) fn topic(&self) -> Option<i64> {
        let is_topic = self.is_topic_message.unwrap_or_default();
        self.message_thread_id.filter(|_| is_topic)
    }

    /// From which chat to which, when this is the service message about it.
    pub(super) fn migration(&self) -> Option<(i64, i64)> {
        let to = self.migrate_to_chat_id.map(|to| (self.chat.id, to));
        to.or_else(|| self.migrate_from_chat_id.map(|from| (from, self.chat.id)))
    }
}

impl Replied {
    /// Its text or caption.
    pub(super) fn writing(&self) -> Option<Writing<'_>> {
        writing([
            (&self.text, &self.entities),
            (&self.caption, &self.caption_entities),
        ])
    }
}

impl Chat {
    /// By its type: ids say too little. None for channels and what else there may be.
    pub(super) fn kind(&self) -> Option<ChatKind> {
        match self.r#type.as_str() {
            "private" => Some(ChatKind::Private),
            "group" | "supergroup" => Some(ChatKind::Group),
            _ => None,
        }
    }

    /// The title of a group.
    pub(super) fn title(&self, kind: ChatKind) -> Option<String> {
        let title = self.title.as_deref().filter(|_| kind == ChatKind::Group);
        title.map(clipped).filter(|title| !title.is_empty())
    }
}

impl Member {
    pub(super) fn is_inside(&self) -> bool {
        match self.status.as_str() {
            "creator" | "administrator" | "member" => true,
            "restricted" => self.is_member.unwrap_or_default(),
            _ => false,
        }
    }
}
