//! The bounty bot that kept its boards in SQLite: one table of bounties for all chats, with ids of their own.

mod bounties;
mod people;
mod tracking;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use self::people::{By, Known};
use super::board::BoardRows;
use super::plan::{ImportError, Plan};
use super::report::{Fate, Findings};
use super::row::Row;
use super::rules;
use super::sqlite::{Cell, Database, Table};
use crate::domain::board::ChatKind;
use crate::domain::{BountyId, ChatId, Timestamp};

const BOUNTIES: &str = "bounties";
const USERS: &str = "users";
const GROUPS: &str = "groups";
const TRACKING: &str = "user_bounty_tracking";
/// The names that each table may have; the first is the one that is spoken of.
const TABLES: [(&str, &[&str]); 4] = [
    (BOUNTIES, &["bounties", "bounty"]),
    (USERS, &["users", "user"]),
    (GROUPS, &["groups", "group", "chats"]),
    (
        TRACKING,
        &["user_bounty_tracking", "bounty_tracking", "tracking"],
    ),
];
/// Tables that have no place here, and why.
const LEFT_OUT: [(&str, &str); 2] = [
    (
        "group_admins",
        "there are no admins of bounties here: who added one changes it, and the operator",
    ),
    ("reminder_log", "a record of reminders that were sent"),
];

/// Reads the whole database; `source` names it for ever, and `now` is what a due date is past of.
pub fn read(path: &Path, source: &str, now: Timestamp) -> Result<Plan, ImportError> {
    let database = Database::open(path)?;
    let tables = database.tables()?;
    let find = |names: &[&str]| tables.iter().find(|table| table.is(names));
    let [bounties, users, groups, tracking] = TABLES.map(|(_, names)| find(names));
    let Some(bounties) = bounties else {
        let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
        return Err(database.refuse(&not_the_bots(&names)));
    };
    let mut reading = Reading {
        database: &database,
        source,
        now,
        findings: Findings::default(),
        boards: BTreeMap::new(),
        chats: HashMap::new(),
        seen: HashSet::new(),
    };
    for (table, found) in TABLES.map(|(name, names)| (name, find(names))) {
        reading.findings.table(table);
        if found.is_none() {
            let reason = "the database has no such table".to_owned();
            reading.findings.bad(table, "-", None, reason);
        }
    }
    let mut people = Known::read(users, USERS, people::USER_COLUMNS, &mut reading.findings)?;
    let groups = reading.groups(groups)?;
    reading.bounties(bounties, &mut people, &groups)?;
    if let Some(tracking) = tracking {
        reading.tracking(tracking, &mut people)?;
    }
    people.count(&mut reading.findings);
    for table in &tables {
        reading.leave_out(table)?;
    }
    Ok(reading.finish())
}

fn not_the_bots(names: &[&str]) -> String {
    let has = |name: &str| names.iter().any(|table| table.eq_ignore_ascii_case(name));
    if has("telegram_bot") {
        return "it is a database of notify-bridge: see `bounty import notify-bridge`".to_owned();
    }
    let names = match names {
        [] => "none".to_owned(),
        names => names.join(", "),
    };
    format!("it has no table `bounties`, so it is not the bounty bot's; its tables: {names}")
}

/// One database's reading.
struct Reading<'r> {
    database: &'r Database,
    source: &'r str,
    now: Timestamp,
    findings: Findings,
    boards: BTreeMap<ChatId, BoardRows>,
    /// Where each bounty is.
    chats: HashMap<BountyId, ChatId>,
    /// The ids of bounties, also of those that cannot be carried.
    seen: HashSet<i64>,
}

impl Reading<'_> {
    fn board(&mut self, chat: ChatId) -> &mut BoardRows {
        let kind = if chat.is_group() {
            ChatKind::Group
        } else {
            ChatKind::Private
        };
        let since = self.database.modified();
        let board = self.boards.entry(chat);
        board.or_insert_with(|| BoardRows::new(self.source, chat, kind, since))
    }

    fn row(&self, table: &'static str, key: &str, created: Option<Timestamp>) -> Row {
        Row {
            file: self.database.file_name(),
            table,
            key: key.to_owned(),
            created,
        }
    }

    /// The groups: each has a board, also one without bounties.
    fn groups(&mut self, table: Option<&Table<'_>>) -> Result<Known, ImportError> {
        let groups = Known::read(table, GROUPS, people::GROUP_COLUMNS, &mut self.findings)?;
        for (id, title) in groups.all() {
            self.findings.carried(GROUPS);
            if id < 0 {
                self.board(ChatId(id)).title =
                    Some(title.to_owned()).filter(|title| !title.is_empty());
            }
        }
        Ok(groups)
    }

    /// What a column holds that refers to users or groups.
    fn refers(&self, table: &Table<'_>, column: &str, to: &Known) -> Result<By, ImportError> {
        to.by(table.refers_to(column)?).map_err(|reason| {
            let explain = format!("table {}, column {column}: {reason}", table.name);
            self.database.refuse(&explain)
        })
    }

    /// Counts a table that is not carried.
    fn leave_out(&mut self, table: &Table<'_>) -> Result<(), ImportError> {
        if TABLES.iter().any(|(_, names)| table.is(names)) {
            return Ok(());
        }
        let known = LEFT_OUT.iter().find(|(name, _)| table.is(&[name]));
        let reason = known.map_or("nothing here has a place for it", |(_, reason)| reason);
        self.findings.dropped_all(&table.name, table.len()?, reason);
        Ok(())
    }

    fn finish(mut self) -> Plan {
        for (chat, rows) in &self.boards {
            for remark in rules::board_remarks(rows) {
                self.findings
                    .note(Fate::Carried, BOUNTIES, None, Some(*chat), remark);
            }
        }
        Plan {
            findings: self.findings,
            boards: self.boards.into_values().collect(),
            bridge: None,
        }
    }
}

/// What a row is called by: what its key holds.
fn key_of(cell: &Cell) -> String {
    match cell {
        Cell::Null => "NULL".to_owned(),
        Cell::Integer(number) => number.to_string(),
        Cell::Real(number) => number.to_string(),
        Cell::Text(text) => text.chars().take(40).collect(),
        Cell::BrokenText | Cell::Blob => "?".to_owned(),
    }
}
