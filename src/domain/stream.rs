//! What streams there are, and what is known of the state of every one.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::bridge::NotificationTrackerId;
use super::ids::{ChatId, Seq};
use super::record::{Event, Recorded};

/// One stream of a data directory. Written as the name of its directory there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StreamId {
    /// The board of a chat.
    Chat(ChatId),
    /// Bots, and what each of them listens for.
    Bridge,
    /// What a notification tracker has told, and whom.
    Notifier(NotificationTrackerId),
}

impl StreamId {
    /// The name of the bridge's directory.
    pub const BRIDGE: &'static str = "bridge";
    /// What stands before a tracker's id in the name of its directory.
    pub const NOTIFIER: &'static str = "notifier-";

    /// The chat, when it is one's board.
    pub fn chat(self) -> Option<ChatId> {
        match self {
            Self::Chat(chat) => Some(chat),
            Self::Bridge | Self::Notifier(_) => None,
        }
    }
}

impl From<ChatId> for StreamId {
    fn from(chat: ChatId) -> Self {
        Self::Chat(chat)
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chat(chat) => chat.fmt(f),
            Self::Bridge => f.pad(Self::BRIDGE),
            Self::Notifier(tracker) => f.pad(&format!("{}{tracker}", Self::NOTIFIER)),
        }
    }
}

impl FromStr for StreamId {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == Self::BRIDGE {
            return Ok(Self::Bridge);
        }
        let stream = match text.strip_prefix(Self::NOTIFIER) {
            Some(tracker) => tracker.parse().map(Self::Notifier),
            None => text.parse().map(Self::Chat),
        };
        stream.map_err(
            |_| "write a chat's id (negative for a group), or bridge, or notifier- and a tracker's id",
        )
    }
}

/// A chat is its id; the others are the names of their directories.
impl Serialize for StreamId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Chat(chat) => chat.serialize(serializer),
            Self::Bridge | Self::Notifier(_) => serializer.collect_str(self),
        }
    }
}

impl<'de> Deserialize<'de> for StreamId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Chat(ChatId),
            Name(String),
        }
        match Written::deserialize(deserializer)? {
            Written::Chat(chat) => Ok(Self::Chat(chat)),
            Written::Name(name) => name.parse().map_err(de::Error::custom),
        }
    }
}

/// What is made of a stream's events: its state, and the files that show it.
pub trait Aggregate: Default {
    /// What can happen in such a stream.
    type Event: Event;

    /// The stream that its events name; none before the first.
    fn stream(&self) -> Option<StreamId>;

    /// The last event in it.
    fn seq(&self) -> Seq;

    /// Applies one event. Total: an event that makes no sense here changes nothing but the position.
    fn evolve(&mut self, record: &Recorded<Self::Event>);

    /// The names of its snapshot files, each with the last event that it reflects; the main file, which promises the others, is last.
    fn snapshots(&self) -> Vec<(String, Seq)>;

    /// The bytes of the snapshot file of this name; `head` is the last event's hash.
    fn snapshot(&self, name: &str, head: &str) -> Option<Vec<u8>>;
}

/// JSON indented by two spaces, one newline at the end.
pub(super) fn pretty(file: &impl Serialize) -> Vec<u8> {
    let mut bytes =
        serde_json::to_vec_pretty(file).expect("strings and numbers always have a JSON form");
    bytes.push(b'\n');
    bytes
}

#[cfg(test)]
mod tests {
    use super::StreamId;
    use crate::domain::ChatId;

    #[test]
    fn a_stream_is_read_back_as_it_was_written() {
        let tracker = "notifier-3".parse().expect("a stream");
        for stream in [StreamId::Chat(ChatId(-100)), StreamId::Bridge, tracker] {
            let written = serde_json::to_string(&stream).expect("JSON");
            let read: StreamId = serde_json::from_str(&written).expect(&written);
            assert_eq!(read, stream);
        }
    }
}
