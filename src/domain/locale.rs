//! The languages.

use super::choice::choice;

choice! {
    /// A language that the bot speaks; its word is the two-letter code by which Telegram knows it.
    Locale { English = "en", Russian = "ru" }
}

impl Locale {
    /// The language of an IETF tag such as `ru` or `en-GB`.
    pub fn of_tag(tag: &str) -> Option<Self> {
        Self::read(tag.split(['-', '_']).next()?)
    }

    /// The language that a person names by its code, or by its name in either language.
    pub fn named(typed: &str) -> Option<Self> {
        match typed.trim().to_lowercase().as_str() {
            "english" | "английский" | "англ" => Some(Self::English),
            "russian" | "русский" | "рус" => Some(Self::Russian),
            code => Self::of_tag(code),
        }
    }
}
