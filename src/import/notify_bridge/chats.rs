//! What was chosen for a chat: that is the chat's own here, not the bridge's.

use super::record::Record;
use super::{CHAT, Reading, Taken};
use crate::domain::board::{ChatKind, CommandsSwitched};
use crate::domain::bridge::bot_of_token;
use crate::domain::{BotId, ChatId, Locale};
use crate::import::board::BoardRows;
use crate::import::plan::ImportError;
use crate::import::sqlite::Table;

/// What stands between the chat's id and the bot's in the key of what switches commands.
const COMMANDS: &str = "commands of";

impl Reading<'_> {
    pub fn chats(&mut self, tables: &[Table<'_>]) -> Result<(), ImportError> {
        self.entities(tables, CHAT, |reading, record, taken| {
            let chat = match record.cell(&["chat_id"]).integer("chat_id")? {
                0 => return Err("0 is no chat's id".to_owned()),
                id => ChatId(id),
            };
            // A chat's id tells that.
            record.cell(&["type"]);
            let is_mute = reading.is_mute(record, taken)?;
            let language = reading.language(chat, record, taken)?;
            if is_mute.is_none() && language.is_none() {
                let nothing = || "nothing was chosen for it that means something here".to_owned();
                taken.dropped = Some(taken.remarks.pop().unwrap_or_else(nothing));
                return Ok(());
            }
            let title = taken.clean(record.text(&["title"])?);
            let created = record.cell(&["created_at"]).optional_moment("created_at")?;
            if let Some(bot) = is_mute {
                let key = format!("{chat} {COMMANDS} {bot}");
                let switched = CommandsSwitched {
                    bot,
                    enabled: false,
                };
                let row = reading.row(CHAT, key, created);
                let rows = reading.board(chat);
                if rows.switched.iter().all(|(_, other)| other.bot != bot) {
                    rows.switched.push((row, switched));
                }
            }
            let row = reading.row(CHAT, chat.to_string(), created);
            let rows = reading.board(chat);
            rows.language = rows
                .language
                .take()
                .or(language.map(|chosen| (row, chosen)));
            rows.title = rows
                .title
                .take()
                .or(Some(title).filter(|title| !title.is_empty()));
            Ok(())
        })
    }

    /// The bot that is not to answer in the chat, by Telegram's id.
    fn is_mute(&self, record: &Record<'_>, taken: &mut Taken) -> Result<Option<BotId>, String> {
        let bot = record.cell(&["bot_id"]).optional_integer("bot_id")?;
        if record.flag(&["commands_enabled"], true)? {
            return Ok(None);
        }
        let known = bot.and_then(|bot| self.bots.get(&u64::try_from(bot).ok()?));
        let Some(known) = known else {
            taken.say("its commands_enabled is of a telegram_bot that is gone");
            return Ok(None);
        };
        let id = bot_of_token(&known.token);
        if id.is_none() {
            taken.say(
                "its bot's token does not tell Telegram's id of the bot: commands stay enabled",
            );
        }
        Ok(id)
    }

    /// The chat's language, when no other row of the chat said one before.
    fn language(
        &self,
        chat: ChatId,
        record: &Record<'_>,
        taken: &mut Taken,
    ) -> Result<Option<Locale>, String> {
        let tag = record.text(&["language", "language_override", "locale"])?;
        let language = Locale::of_tag(tag.trim());
        let before = self
            .boards
            .get(&chat)
            .and_then(|rows| rows.language.as_ref());
        match (language, before) {
            (Some(language), Some((_, other))) if language != *other => {
                taken.say("another row of the same chat has another language");
                Ok(None)
            }
            (_, Some(_)) => Ok(None),
            (language, None) => Ok(language),
        }
    }

    fn board(&mut self, chat: ChatId) -> &mut BoardRows {
        let (source, since) = (&self.rows.source, self.rows.since);
        let kind = match chat.is_group() {
            true => ChatKind::Group,
            false => ChatKind::Private,
        };
        let rows = self.boards.entry(chat);
        rows.or_insert_with(|| BoardRows::new(source, chat, kind, since))
    }
}
