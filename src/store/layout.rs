//! Where everything is in the data directory.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::domain::bridge::NotificationTrackerId;
use crate::domain::{BotId, ChatId, StreamId};

/// The data directory. Names are built from ids alone, never from what a user typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    root: PathBuf,
}

impl Layout {
    /// The data directory when none is named.
    pub const DEFAULT_ROOT: &'static str = "data";
    /// The name of every log.
    pub const LOG: &'static str = "events.jsonl";
    /// The snapshots that reflect a stream's last event; a stream has one of them.
    pub const MAIN_FILES: [&'static str; 4] =
        ["group.json", "user.json", "bridge.json", "notifier.json"];

    /// Those of [`Self::MAIN_FILES`] that a stream may have: a group's board or a user's, or the one of its kind.
    pub fn main_files(stream: StreamId) -> &'static [&'static str] {
        match stream {
            StreamId::Chat(_) => &["group.json", "user.json"],
            StreamId::Bridge => &["bridge.json"],
            StreamId::Notifier(_) => &["notifier.json"],
        }
    }

    /// The whole state of a long log as of one event; only this program reads it.
    pub const CHECKPOINT: &'static str = ".checkpoint";

    /// What stands in the name of a snapshot that a repair set aside, behind the snapshot's own name.
    pub const SET_ASIDE: &'static str = ".set-aside";

    /// The layout under this directory.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The data directory itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A chat's directory.
    pub fn chat(&self, chat: ChatId) -> PathBuf {
        self.stream(chat.into())
    }

    /// A stream's directory.
    pub fn stream(&self, stream: StreamId) -> PathBuf {
        self.root.join(stream.to_string())
    }

    /// Where it is noted which chats changed their ids.
    pub fn moved_dir(&self) -> PathBuf {
        self.root.join("moved")
    }

    /// The note that says a chat's new id.
    pub fn moved(&self, old: ChatId) -> PathBuf {
        self.moved_dir().join(old.to_string())
    }

    /// Where each process notes the chats that it writes to.
    pub fn active_dir(&self) -> PathBuf {
        self.root.join("active")
    }

    /// Where secrets are that came with an import, each in a file of its own.
    pub fn secrets_dir(&self) -> PathBuf {
        self.root.join("secrets")
    }

    /// The directory of the pollers' locks.
    pub fn locks_dir(&self) -> PathBuf {
        self.root.join(".locks")
    }

    /// The file whose lock the one poller of a bot holds.
    pub fn poller_lock(&self, bot: BotId) -> PathBuf {
        self.locks_dir().join(format!("bot-{bot}"))
    }

    /// The file whose lock the one process holds that works for the notification trackers.
    pub fn notifier_lock(&self) -> PathBuf {
        self.locks_dir().join("notifiers")
    }

    /// The file that whoever adds to a notification tracker's stream writes anew, so that the process that works for it looks.
    pub fn notifier_bell(&self) -> PathBuf {
        self.locks_dir().join("notifiers-asked")
    }

    /// Whether a file in a stream's directory has the name of a snapshot.
    pub fn is_snapshot(name: &OsStr) -> bool {
        let Some(name) = name.to_str() else {
            return false;
        };
        let is_user = |stem: &str| stem.parse().is_ok_and(|user: i64| user.to_string() == stem);
        Self::MAIN_FILES.contains(&name) || name.strip_suffix(".json").is_some_and(is_user)
    }

    /// Whether a file in a chat's directory may tell how long its log was.
    pub fn is_claim(name: &OsStr) -> bool {
        name == Self::CHECKPOINT || Self::is_snapshot(name)
    }

    /// Whether a file in a chat's directory has the name of one that holds what was set aside: it is never removed.
    pub fn is_kept(name: &str) -> bool {
        let is_of_log = name != Self::LOG && name.starts_with(Self::LOG);
        is_of_log || name.contains(Self::SET_ASIDE)
    }

    /// The notification tracker whose stream's directory has this name.
    pub fn notifier_of(name: &OsStr) -> Option<NotificationTrackerId> {
        let name = name.to_str()?;
        match name.parse() {
            Ok(stream @ StreamId::Notifier(tracker)) if stream.to_string() == name => Some(tracker),
            _ => None,
        }
    }

    /// The chat whose directory has this name; none for other names, `+5` and `007` among them.
    pub fn chat_of(name: &OsStr) -> Option<ChatId> {
        let name = name.to_str()?;
        let chat: ChatId = name.parse().ok()?;
        (chat.to_string() == name).then_some(chat)
    }
}

#[cfg(test)]
mod tests {
    use super::Layout;
    use crate::domain::ChatId;
    use std::ffi::OsStr;

    #[test]
    fn only_plain_ids_are_chat_directories() {
        let chat = |name: &str| Layout::chat_of(OsStr::new(name));
        assert_eq!(chat("-100123"), Some(ChatId(-100123)));
        assert_eq!(chat("123"), Some(ChatId(123)));
        for other in [
            "moved",
            "bridge",
            "+5",
            "007",
            "-0",
            "",
            "..",
            "1/2",
            "9999999999999999999999",
        ] {
            assert_eq!(chat(other), None, "{other}");
        }
    }
}
