//! What was chosen for a chat: that is the chat's own here, not the bridge's.

use super::{CHAT, Reading};
use crate::domain::board::ChatKind;
use crate::domain::{ChatId, Locale};
use crate::import::board::BoardRows;
use crate::import::plan::ImportError;
use crate::import::sqlite::Table;

impl Reading<'_> {
    pub fn chats(&mut self, tables: &[Table<'_>]) -> Result<(), ImportError> {
        self.entities(tables, CHAT, |reading, record, taken| {
            let chat = record.cell(&["chat_id"]).integer("chat_id")?;
            let title = taken.clean(record.text(&["title"])?);
            // A chat's id tells that.
            record.cell(&["type"]);
            let language = record.text(&["language", "language_override", "locale"])?;
            let created = record.cell(&["created_at"]).optional_moment("created_at")?;
            let Some(language) = Locale::of_tag(language.trim()) else {
                taken.dropped =
                    Some("no language that is spoken here was chosen for it".to_owned());
                return Ok(());
            };
            let chat = match chat {
                0 => return Err("0 is no chat's id".to_owned()),
                id => ChatId(id),
            };
            if reading.boards.contains_key(&chat) {
                taken.dropped = Some("another row of the same chat is carried".to_owned());
                return Ok(());
            }
            let kind = if chat.is_group() {
                ChatKind::Group
            } else {
                ChatKind::Private
            };
            let source = reading.rows.source.clone();
            let mut rows = BoardRows::new(&source, chat, kind, reading.rows.since);
            rows.title = Some(title).filter(|title| !title.is_empty());
            let row = reading.row(CHAT, chat.to_string(), created);
            rows.language = Some((row, language));
            reading.boards.insert(chat, rows);
            Ok(())
        })
    }
}
