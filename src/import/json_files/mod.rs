//! The bounty bot that kept JSON files: a directory for each chat, `group.json` or `user.json` in it, and in a group's a
//! `{user}.json` for each user's tracking list.

mod fields;

use std::collections::{BTreeMap, HashSet};
use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use serde_json::{Map, Value};

use self::fields::{Fields, integer};
use super::board::{BoardRows, BountyRow, StartedRow, TrackedRow};
use super::plan::{ImportError, Plan};
use super::report::{Fate, Findings};
use super::row::Row;
use super::rules;
use super::source::modified;
use crate::domain::board::{ChatKind, board_file_name};
use crate::domain::{BountyId, ChatId, Timestamp, UserId};
use crate::store::Layout;

/// What has the place of tables here.
const BOUNTIES: &str = "bounties";
const TRACKED: &str = "tracked";
const LISTS: &str = "lists";
const FILES: &str = "files";

/// Reads all chats below a directory; `source` names it for ever, and `now` is what a due date is past of.
pub fn read(dir: &Path, source: &str, now: Timestamp) -> Result<Plan, ImportError> {
    let mut reading = Reading {
        dir,
        source,
        now,
        plan: Plan::default(),
        others: BTreeMap::new(),
    };
    for table in [BOUNTIES, TRACKED, LISTS] {
        reading.plan.findings.table(table);
    }
    let entries = reading.names(dir)?;
    if let Some(name) = entries.iter().find(|name| is_main(name)) {
        return Err(ImportError::Source(format!(
            "{} is one chat's: name the directory above {}",
            dir.join(name).display(),
            dir.display()
        )));
    }
    let mut chats: Vec<ChatId> = Vec::new();
    for name in &entries {
        match Layout::chat_of(OsStr::new(name)) {
            Some(chat) if dir.join(name).is_dir() => chats.push(chat),
            _ => reading.pass_over(name, "no chat's directory"),
        }
    }
    chats.sort_unstable();
    for chat in chats {
        reading.chat(chat)?;
    }
    reading.finish()
}

/// One directory's reading.
struct Reading<'r> {
    dir: &'r Path,
    source: &'r str,
    now: Timestamp,
    plan: Plan,
    /// Fields that nothing here has a place for, by table and name.
    others: BTreeMap<(&'static str, String), u64>,
}

/// One file of a chat's directory.
struct ChatFile<'f> {
    chat: ChatId,
    /// Its path below the directory that is read.
    name: String,
    fields: Fields<'f>,
    modified: Timestamp,
}

impl Reading<'_> {
    fn findings(&mut self) -> &mut Findings {
        &mut self.plan.findings
    }

    fn names(&self, dir: &Path) -> Result<Vec<String>, ImportError> {
        let failed = |error| ImportError::io("list", dir, error);
        let mut names = Vec::new();
        for entry in fs::read_dir(dir).map_err(failed)? {
            names.push(
                entry
                    .map_err(failed)?
                    .file_name()
                    .to_string_lossy()
                    .into_owned(),
            );
        }
        names.sort_unstable();
        Ok(names)
    }

    fn pass_over(&mut self, name: &str, reason: &str) {
        self.findings()
            .dropped(FILES, name, None, reason.to_owned());
    }

    /// Reads one chat's directory.
    fn chat(&mut self, chat: ChatId) -> Result<(), ImportError> {
        let dir = self.dir.join(chat.to_string());
        let names = self.names(&dir)?;
        if names.iter().any(|name| name == Layout::LOG) {
            self.pass_over(&chat.to_string(), "a chat of this program: it has a log");
            return Ok(());
        }
        let kind = if names
            .iter()
            .any(|name| name == board_file_name(ChatKind::Group))
        {
            ChatKind::Group
        } else if names
            .iter()
            .any(|name| name == board_file_name(ChatKind::Private))
        {
            ChatKind::Private
        } else if chat.is_group() {
            ChatKind::Group
        } else {
            ChatKind::Private
        };
        let since = modified(&dir)?;
        let mut rows = BoardRows::new(self.source, chat, kind, since);
        let before = self.plan.findings.tables.clone();
        // The board's own file first: tracking lists name its bounties.
        for name in names.iter().filter(|name| is_main(name)) {
            self.file(&mut rows, &dir, name, Self::board)?;
        }
        for name in names.iter().filter(|name| !is_main(name)) {
            match name
                .strip_suffix(".json")
                .and_then(|stem| stem.parse().ok())
            {
                Some(user) if Layout::is_snapshot(OsStr::new(name)) => {
                    self.file(&mut rows, &dir, name, |reading, file, rows| {
                        reading.list(file, rows, UserId(user))
                    })?;
                }
                _ => self.pass_over(&format!("{chat}/{name}"), "no file of the bot"),
            }
        }
        for remark in rules::board_remarks(&rows) {
            self.findings()
                .note(Fate::Carried, BOUNTIES, None, Some(chat), remark);
        }
        if self.plan.findings.tables != before || names.iter().any(|name| is_main(name)) {
            self.plan.boards.push(rows);
        }
        Ok(())
    }

    /// Reads one file, which must be what its name says.
    fn file(
        &mut self,
        rows: &mut BoardRows,
        dir: &Path,
        name: &str,
        take: impl FnOnce(&mut Self, &ChatFile<'_>, &mut BoardRows) -> Result<(), String>,
    ) -> Result<(), ImportError> {
        let (path, shown) = (dir.join(name), format!("{}/{name}", rows.chat));
        let modified = modified(&path)?;
        let content = fs::read(&path).map_err(|error| ImportError::io("read", &path, error))?;
        let taken = match serde_json::from_slice::<Map<String, Value>>(&content) {
            Ok(object) => {
                let file = ChatFile {
                    chat: rows.chat,
                    name: shown.clone(),
                    fields: Fields::of(&object),
                    modified,
                };
                let taken = ours(&object).and_then(|()| take(self, &file, rows));
                taken.map(|()| self.others(FILES, file.fields))
            }
            Err(error) => Err(format!("it is no JSON object: {error}")),
        };
        match taken {
            Ok(()) => self.findings().carried(FILES),
            Err(reason) => self.findings().bad(FILES, &shown, Some(rows.chat), reason),
        }
        Ok(())
    }

    /// `group.json` or `user.json`.
    fn board(&mut self, file: &ChatFile<'_>, rows: &mut BoardRows) -> Result<(), String> {
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
    fn list(
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

    fn others(&mut self, table: &'static str, fields: Fields<'_>) {
        for name in fields.others() {
            *self.others.entry((table, name)).or_insert(0) += 1;
        }
    }

    fn finish(mut self) -> Result<Plan, ImportError> {
        for ((table, name), rows) in std::mem::take(&mut self.others) {
            let reason =
                format!("field \"{name}\" ({rows} times): nothing here has a place for it");
            self.findings()
                .note(Fate::Dropped, table, None, None, reason);
        }
        if self.plan.boards.is_empty() && self.plan.findings.bad_rows() == 0 {
            return Err(ImportError::Source(format!(
                "{} has no chat's directory with group.json or user.json in it",
                self.dir.display()
            )));
        }
        Ok(self.plan)
    }
}

impl ChatFile<'_> {
    fn row(&self, table: &'static str, key: String) -> Row {
        Row {
            file: self.name.clone(),
            table,
            key,
            created: None,
        }
    }

    /// A file that says that it is another's was put here by mistake.
    fn is_of(&self, key: &str, id: i64) -> Result<(), String> {
        match self.fields.optional_integer(key)? {
            Some(other) if other != id => Err(format!("it says that it is of {other}")),
            _ => Ok(()),
        }
    }

    fn tracked(&self) -> Result<Vec<i64>, String> {
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

    fn bounty(&self, key: &str, fields: &Fields<'_>, kind: ChatKind) -> Result<BountyRow, String> {
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

fn is_main(name: &str) -> bool {
    [ChatKind::Group, ChatKind::Private]
        .map(board_file_name)
        .contains(&name)
}

/// Snapshots of this program are no source: without their log they are what is left of a loss.
fn ours(object: &Map<String, Value>) -> Result<(), String> {
    if object.contains_key("seq") {
        return Err(
            "it is a snapshot of this program, whose log is gone: see `bounty repair`".to_owned(),
        );
    }
    Ok(())
}
