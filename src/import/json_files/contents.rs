//! What the files of a chat come to: its board, and its tracking lists.

use std::collections::HashSet;

use serde_json::Value;

use super::chat_file::ChatFile;
use super::fields::{Fields, integer};
use super::{BOUNTIES, LISTS, Reading, TRACKED};
use crate::domain::board::{ChatKind, board_file_name};
use crate::domain::{BountyId, UserId};
use crate::import::board::{BoardRows, StartedRow, TrackedRow};
use crate::import::report::Fate;
use crate::import::rules;

impl Reading<'_> {
    /// `group.json` or `user.json`.
    pub fn board(&mut self, file: &ChatFile<'_>, rows: &mut BoardRows) -> Result<(), String> {
        let (key, is_group) = match rows.kind {
            ChatKind::Group => ("group_id", true),
            ChatKind::Private => ("user_id", false),
        };
        if !file.name.ends_with(board_file_name(rows.kind)) {
            return Err("the chat has the file of a group and that of a DM".to_owned());
        }
        if rows.chat.is_group() != is_group {
            return Err(format!("chat {} is of the other kind", rows.chat));
        }
        file.is_of(key, rows.chat.0)?;
        let bounties = file.fields.list("bounties")?;
        let next_id = file.fields.optional_integer("next_id")?;
        let mut ids = HashSet::new();
        for (at, bounty) in bounties.iter().enumerate() {
            self.bounty(file, rows, at, bounty, &mut ids);
        }
        for id in file.tracked()? {
            let key = format!("{}/{id}", file.name);
            let reason = "in a DM all bounties are one's own".to_owned();
            self.findings()
                .dropped(TRACKED, &key, Some(file.chat), reason);
        }
        if let Some(next_id) = next_id {
            let id = rules::bounty_id(next_id).map_err(|reason| format!("next_id: {reason}"))?;
            rows.next_id = Some((file.row("next_id", format!("{}/{id}", rows.chat)), id));
        }
        Ok(())
    }

    fn bounty(
        &mut self,
        file: &ChatFile<'_>,
        rows: &mut BoardRows,
        at: usize,
        value: &Value,
        ids: &mut HashSet<BountyId>,
    ) {
        let id = value.get("id").and_then(integer);
        let key = id.map_or_else(|| format!("at {at}"), |id| id.to_string());
        let key = format!("{}/{key}", file.chat);
        let fields = value.as_object().map(Fields::of);
        let read = fields.ok_or_else(|| "it is no JSON object".to_owned());
        let read = read.and_then(|fields| {
            let bounty = file.bounty(&key, &fields, rows.kind)?;
            self.others(BOUNTIES, fields);
            Ok(bounty)
        });
        let read = read.and_then(|bounty| match ids.insert(bounty.id) {
            true => Ok(bounty),
            false => Err(format!("id {} is there twice", bounty.id)),
        });
        match read {
            Ok(bounty) => {
                self.findings().carried(BOUNTIES);
                for remark in rules::remarks(&bounty, self.now) {
                    self.findings().note(
                        Fate::Carried,
                        BOUNTIES,
                        Some(&key),
                        Some(file.chat),
                        remark,
                    );
                }
                rows.bounties.push(bounty);
            }
            Err(reason) => self.findings().bad(BOUNTIES, &key, Some(file.chat), reason),
        }
    }

    /// A group's `{user}.json`.
    pub fn list(
        &mut self,
        file: &ChatFile<'_>,
        rows: &mut BoardRows,
        user: UserId,
    ) -> Result<(), String> {
        if user.0 <= 0 {
            return Err(format!("{user} is no user's id"));
        }
        if rows.kind == ChatKind::Private {
            return Err("a tracking list in a DM, where all bounties are one's own".to_owned());
        }
        file.is_of("user_id", user.0)?;
        let tracked = file.tracked()?;
        let bounties: HashSet<BountyId> = rows.bounties.iter().map(|bounty| bounty.id).collect();
        let mut seen = HashSet::new();
        for id in &tracked {
            let key = format!("{}/{user}/{id}", file.chat);
            let there = rules::bounty_id(*id).ok();
            let there = there.filter(|id| bounties.contains(id));
            match there {
                Some(bounty) if seen.insert(bounty) => {
                    self.findings().carried(TRACKED);
                    rows.tracked.push(TrackedRow {
                        row: file.row(TRACKED, key),
                        user,
                        name: String::new(),
                        bounty,
                        time: file.modified,
                    });
                }
                Some(_) => {
                    let reason = "it is in the list twice".to_owned();
                    self.findings()
                        .dropped(TRACKED, &key, Some(file.chat), reason);
                }
                None => {
                    let reason = format!("there is no bounty {id}");
                    self.findings().bad(TRACKED, &key, Some(file.chat), reason);
                }
            }
        }
        self.findings().carried(LISTS);
        if seen.is_empty() {
            rows.started.push(StartedRow {
                row: file.row(LISTS, format!("{}/{user}", file.chat)),
                user,
                time: file.modified,
            });
        }
        Ok(())
    }
}
