//! Where everything is in the data directory.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::domain::{BotId, ChatId, UserId};

/// The data directory. Names are built from ids alone, never from what a user typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    root: PathBuf,
}

impl Layout {
    /// The name of every log.
    pub const LOG: &'static str = "events.jsonl";
    /// The snapshots that tell the last event they reflect.
    pub const BOARD_FILES: [&'static str; 2] = ["group.json", "user.json"];

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
        self.root.join(chat.to_string())
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

    /// The directory of the pollers' locks.
    pub fn locks_dir(&self) -> PathBuf {
        self.root.join(".locks")
    }

    /// The file whose lock the one poller of a bot holds.
    pub fn poller_lock(&self, bot: BotId) -> PathBuf {
        self.locks_dir().join(format!("bot-{bot}"))
    }

    /// The snapshot of what a user tracks in a group.
    pub fn list_file(user: UserId) -> String {
        format!("{user}.json")
    }

    /// Whether a file in a chat's directory has the name of a snapshot.
    pub fn is_snapshot(name: &OsStr) -> bool {
        let Some(stem) = name.to_str().and_then(|name| name.strip_suffix(".json")) else {
            return false;
        };
        let is_user = |user: i64| user.to_string() == stem;
        matches!(stem, "group" | "user") || stem.parse().is_ok_and(is_user)
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
