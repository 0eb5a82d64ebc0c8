//! What stands in one file of a chat's directory.

use serde_json::Value;

use super::BOUNTIES;
use super::fields::{Fields, integer};
use crate::domain::board::ChatKind;
use crate::domain::{ChatId, Timestamp};
use crate::import::board::BountyRow;
use crate::import::row::Row;
use crate::import::rules;

/// One file of a chat's directory.
pub struct ChatFile<'f> {
    pub chat: ChatId,
    /// Its path below the directory that is read.
    pub name: String,
    pub fields: Fields<'f>,
    pub modified: Timestamp,
}

impl ChatFile<'_> {
    pub fn row(&self, table: &'static str, key: String) -> Row {
        Row {
            file: self.name.clone(),
            table,
            key,
            created: None,
        }
    }

    /// A file that says that it is another's was put here by mistake.
    pub fn is_of(&self, key: &str, id: i64) -> Result<(), String> {
        match self.fields.optional_integer(key)? {
            Some(other) if other != id => Err(format!("it says that it is of {other}")),
            _ => Ok(()),
        }
    }

    pub fn tracked(&self) -> Result<Vec<i64>, String> {
        let key = ["tracked", "tracked_bounties"];
        let key = key.into_iter().find(|key| self.fields.has(key));
        let Some(key) = key else {
            return Ok(Vec::new());
        };
        let ids = self.fields.list(key)?;
        let id =
            |id: &Value| integer(id).ok_or_else(|| format!("{key} has an id that is no number"));
        ids.iter().map(id).collect()
    }

    pub fn bounty(
        &self,
        key: &str,
        fields: &Fields<'_>,
        kind: ChatKind,
    ) -> Result<BountyRow, String> {
        let id = rules::bounty_id(fields.integer("id")?)?;
        let creator = match (fields.optional_integer("created_by_user_id")?, kind) {
            (Some(0), _) => Err("created_by_user_id is 0, which is nobody's id".to_owned()),
            (Some(creator), ChatKind::Private) if creator != self.chat.0 => {
                Err(format!("user {creator} added it, in the DM of another"))
            }
            (Some(creator), _) => Ok(creator),
            (None, ChatKind::Private) => Ok(self.chat.0),
            (None, ChatKind::Group) => Err("created_by_user_id is missing".to_owned()),
        }?;
        let group = fields.optional_integer("group_id")?;
        if group.is_some_and(|group| group != self.chat.0) {
            return Err("its group_id is another chat's".to_owned());
        }
        let created = rules::moment(
            "created_at",
            fields
                .seconds("created_at")?
                .ok_or("created_at is missing")?,
        )?;
        let due = fields.seconds("due_date_ts")?;
        let created = Timestamp::from_millis(created * 1_000);
        let bounty = BountyRow {
            row: Row {
                created: Some(created),
                ..self.row(BOUNTIES, key.to_owned())
            },
            id,
            creator,
            name: String::new(),
            text: fields.text("text")?.to_owned(),
            link: fields.optional_text("link")?.map(str::to_owned),
            due: due
                .map(|due| rules::moment("due_date_ts", due))
                .transpose()?,
            created,
        };
        rules::refuse_long(&bounty)?;
        Ok(bounty)
    }
}
