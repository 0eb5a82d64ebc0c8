//! The table of bounties: each goes to the board of its group, or of whoever added it.

use super::people::{Known, References};
use super::{BOUNTIES, Reading, key_of};
use crate::domain::{ChatId, Timestamp};
use crate::import::board::BountyRow;
use crate::import::plan::ImportError;
use crate::import::report::Fate;
use crate::import::rules;
use crate::import::sqlite::{Cell, Table};

impl Reading<'_> {
    pub fn bounties(
        &mut self,
        table: &Table<'_>,
        users: &mut Known,
        groups: &Known,
    ) -> Result<(), ImportError> {
        let id = table.needed("its id", &["id", "bounty_id"])?;
        let group = table.needed("its group", &["group_id", "chat_id"])?;
        let creator = table.needed(
            "who added it",
            &[
                "created_by_user_id",
                "created_by",
                "creator_id",
                "creator_user_id",
                "user_id",
                "owner_id",
            ],
        )?;
        let text = table.needed("its text", &["text", "description", "title", "content"])?;
        let created = table.needed(
            "when it was added",
            &["created_at", "created_ts", "created_at_ts", "created"],
        )?;
        let link = table.column(&["link", "url"]);
        let due = table.column(&["due_date_ts", "due_ts", "due_date", "due_at", "due"]);
        for (what, column) in [("links", link), ("due dates", due)] {
            if column.is_none() {
                let reason = format!("the table has no column for {what}");
                self.findings
                    .note(Fate::Carried, BOUNTIES, None, None, reason);
            }
        }
        let columns = [
            Some(id),
            Some(group),
            Some(creator),
            Some(text),
            Some(created),
            link,
            due,
        ];
        table.name_others(BOUNTIES, &columns, &mut self.findings)?;
        let by = References {
            users: self.refers(table, creator, users)?,
            groups: self.refers(table, group, groups)?,
        };
        for cells in table.rows(&columns)? {
            self.bounty(&cells, &by, users, groups);
        }
        Ok(())
    }

    fn bounty(&mut self, cells: &[Cell], by: &References, users: &mut Known, groups: &Known) {
        let key = key_of(&cells[0]);
        match self.read_bounty(&key, cells, by, users, groups) {
            Ok((chat, bounty)) => {
                self.findings.carried(BOUNTIES);
                for remark in rules::remarks(&bounty, self.now) {
                    self.findings
                        .note(Fate::Carried, BOUNTIES, Some(&key), Some(chat), remark);
                }
                users.used(bounty.creator);
                self.chats.insert(bounty.id, chat);
                self.board(chat).bounties.push(bounty);
            }
            Err(reason) => self.findings.bad(BOUNTIES, &key, None, reason),
        }
    }

    fn read_bounty(
        &mut self,
        key: &str,
        cells: &[Cell],
        by: &References,
        users: &Known,
        groups: &Known,
    ) -> Result<(ChatId, BountyRow), String> {
        let [id, group, creator, text, created, link, due] = cells else {
            return Err("it has other columns than were asked for".to_owned());
        };
        let number = id.integer("its id")?;
        if !self.seen.insert(number) {
            return Err(format!("id {number} is there twice"));
        }
        let id = rules::bounty_id(number)?;
        let creator = users.resolve(by.users, creator.integer("who added it")?, "users")?;
        let chat = match group.optional_integer("its group")? {
            Some(group) => groups.resolve(by.groups, group, "groups")?,
            None => creator,
        };
        if chat > 0 && chat != creator {
            return Err(format!("user {creator} added it, in the DM of {chat}"));
        }
        if chat == creator && chat < 0 {
            return Err(format!("{creator} is no user's id, and it has no group"));
        }
        let created = created.moment("when it was added")?;
        let bounty = BountyRow {
            row: self.row(BOUNTIES, key, Some(created)),
            id,
            creator,
            name: users.name(creator).to_owned(),
            text: text.text("its text")?,
            link: link.filled_text("its link")?,
            due: due.optional_moment("its due date")?.map(Timestamp::seconds),
            created,
        };
        rules::refuse_long(&bounty)?;
        Ok((ChatId(chat), bounty))
    }
}
