//! The bounty bot that kept JSON files: a directory for each chat, `group.json` or `user.json` in it, and in a group's a
//! `{user}.json` for each user's tracking list.

mod chat_file;
mod contents;
mod fields;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use serde_json::{Map, Value};

use self::chat_file::ChatFile;
use self::fields::Fields;
use super::board::BoardRows;
use super::plan::{ImportError, Plan};
use super::report::{Fate, Findings};
use super::rules;
use super::source::modified;
use crate::domain::board::{ChatKind, board_file_name};
use crate::domain::{ChatId, Timestamp, UserId};
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
