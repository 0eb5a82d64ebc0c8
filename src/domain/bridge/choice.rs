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
