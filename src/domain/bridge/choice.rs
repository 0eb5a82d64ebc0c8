//! Fields that have one of a few words.

use crate::domain::choice::choice;

choice! {
    /// What a user of the bridge may do.
    Role { Admin = "admin", User = "user" }
}

choice! {
    /// How a bot gets its updates.
    UpdateMode { Polling = "polling", Webhook = "webhook" }
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
