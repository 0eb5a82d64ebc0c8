//! The bounty bot that kept its boards in SQLite: one table of bounties for all chats, with ids of their own.

mod people;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use self::people::{By, Known, References};
use super::board::{BoardRows, BountyRow, TrackedRow};
use super::plan::{ImportError, Plan};
use super::report::{Fate, Findings};
use super::row::Row;
use super::rules;
use super::sqlite::{Cell, Database, Table};
use crate::domain::board::ChatKind;
use crate::domain::{BountyId, ChatId, Timestamp, UserId};

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

    fn bounties(
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

    /// What a column holds that refers to users or groups.
    fn refers(&self, table: &Table<'_>, column: &str, to: &Known) -> Result<By, ImportError> {
        to.by(table.refers_to(column)?).map_err(|reason| {
            let explain = format!("table {}, column {column}: {reason}", table.name);
            self.database.refuse(&explain)
        })
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

    fn tracking(&mut self, table: &Table<'_>, users: &mut Known) -> Result<(), ImportError> {
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
