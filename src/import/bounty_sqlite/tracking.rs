//! The table of who tracks what: each row goes to the board that has its bounty.

use std::collections::HashSet;

use super::people::Known;
use super::{Reading, TRACKING, key_of};
use crate::domain::{ChatId, UserId};
use crate::import::board::TrackedRow;
use crate::import::plan::ImportError;
use crate::import::rules;
use crate::import::sqlite::{Cell, Table};

impl Reading<'_> {
    pub fn tracking(&mut self, table: &Table<'_>, users: &mut Known) -> Result<(), ImportError> {
        let user = table.needed("the user", &["user_id", "telegram_user_id", "telegram_id"])?;
        let bounty = table.needed("the bounty", &["bounty_id", "bounty"])?;
        let time = table.column(&[
            "created_at",
            "tracked_at",
            "added_at",
            "created_ts",
            "tracked_ts",
            "created",
        ]);
        let columns = [Some(user), Some(bounty), time];
        let of_its_own = table
            .column(&["id"])
            .filter(|id| ![user, bounty].contains(id));
        let asked = [columns.as_slice(), &[of_its_own]].concat();
        table.name_others(TRACKING, &asked, &mut self.findings)?;
        let by = self.refers(table, user, users)?;
        let mut tracked = HashSet::new();
        for cells in table.rows(&columns)? {
            let key = format!("{}/{}", key_of(&cells[0]), key_of(&cells[1]));
            let read = self.read_tracked(&key, &cells, users.resolver(by));
            match read {
                Ok((chat, row)) if chat.is_group() && tracked.insert((row.user, row.bounty)) => {
                    self.findings.carried(TRACKING);
                    users.used(row.user.0);
                    self.board(chat).tracked.push(row);
                }
                Ok((chat, _)) => {
                    let reason = match chat.is_group() {
                        true => "it is there twice",
                        false => "in a DM all bounties are one's own",
                    };
                    self.findings
                        .dropped(TRACKING, &key, Some(chat), reason.to_owned());
                }
                Err(reason) => self.findings.bad(TRACKING, &key, None, reason),
            }
        }
        Ok(())
    }

    fn read_tracked(
        &self,
        key: &str,
        cells: &[Cell],
        resolve: impl Fn(i64) -> Result<(i64, String), String>,
    ) -> Result<(ChatId, TrackedRow), String> {
        let [user, bounty, time] = cells else {
            return Err("it has other columns than were asked for".to_owned());
        };
        let (user, name) = resolve(user.integer("the user")?)?;
        if user < 0 {
            return Err(format!("{user} is no user's id"));
        }
        let bounty = rules::bounty_id(bounty.integer("the bounty")?)?;
        let chat = self.chats.get(&bounty).copied();
        let chat = chat.ok_or_else(|| format!("there is no bounty {bounty}"))?;
        let time = time.optional_moment("since when")?;
        let row = TrackedRow {
            row: self.row(TRACKING, key, time),
            user: UserId(user),
            name,
            bounty,
            time: time.unwrap_or(self.database.modified()),
        };
        Ok((chat, row))
    }
}
