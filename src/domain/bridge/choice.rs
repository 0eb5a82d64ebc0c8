//! Fields that have one of a few words.

use serde::{Deserialize, Serialize};

macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$about])* #[serde(rename = $word)] $variant),+
        }

        impl $name {
            /// The words there are.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// The word for it.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// What this word means, in any case.
            pub fn read(word: &str) -> Option<Self> {
                $(if word.eq_ignore_ascii_case($word) {
                    return Some(Self::$variant);
                })+
                None
            }
        }
    };
}

choice! {
    /// What a user of the bridge may do.
    Role { Admin = "admin", User = "user" }
}

choice! {
    /// How a bot gets its updates.
    UpdateMode { Polling = "polling", Webhook = "webhook" }
}

choice! {
    /// The language of a bot's answers, where neither the chat nor the user chose one.
    Locale { English = "en", Russian = "ru" }
}

choice! {
    /// The form of a bot's answers.
    ResponseMode {
        /// HTML, buttons, previews where they are useful.
        Media = "media",
        /// Plain text.
        Text = "text",
    }
}

choice! {
    /// What can listen for a tracker's commands.
    ListenerType { TelegramBot = "telegram_bot" }
}

choice! {
    /// What a bot is shown to be doing in a chat, as the Bot API's `sendChatAction` has it.
    ChatAction {
        Typing = "typing",
        UploadPhoto = "upload_photo",
        RecordVideo = "record_video",
        UploadVideo = "upload_video",
        RecordVoice = "record_voice",
        UploadVoice = "upload_voice",
        UploadDocument = "upload_document",
        ChooseSticker = "choose_sticker",
        FindLocation = "find_location",
        RecordVideoNote = "record_video_note",
        UploadVideoNote = "upload_video_note",
    }
}

choice! {
    /// What a notification tracker can tell.
    EventType {
        Added = "added",
        Edited = "edited",
        Deleted = "deleted",
        Tracked = "tracked",
        Untracked = "untracked",
        /// A bounty is due in a while.
        DueSoon = "due_soon",
        /// A bounty is due now.
        Overdue = "overdue",
    }
}

impl EventType {
    /// What is told unless something else is chosen: all that people did. Reminders are opt-in.
    pub const DEFAULT: [Self; 5] = [
        Self::Added,
        Self::Edited,
        Self::Deleted,
        Self::Tracked,
        Self::Untracked,
    ];
}
