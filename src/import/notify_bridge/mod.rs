//! The notification bridge's database, before its refactor, after it, or half-way: its entities become the bridge's, and every
//! bot goes on answering what this program serves.

mod answering;
mod bots;
mod chats;
mod commands;
mod kept;
mod notify;
mod record;
mod settings;
mod vault;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use self::record::{Names, Record, Records};
use self::settings::{Remarks, Settings};
use self::vault::Vault;
use super::board::BoardRows;
use super::bridge::{BridgeRows, EntityRow};
use super::plan::{ImportError, Plan};
use super::report::{Fate, Findings};
use super::row::Row;
use super::secrets::Secrets;
use super::sqlite::{Database, Table};
use crate::domain::bridge::{BridgeEvent, BridgeUserId, Role, User};
use crate::domain::{ChatId, Timestamp};

const USER: Names = &["user"];
const PROVIDER: Names = &["service_provider"];
const BOT: Names = &["telegram_bot"];
const CHAT: Names = &["telegram_chat"];
const TARGET: Names = &["notification_target"];
const NOTIFIER: Names = &["notification_tracker", "tracker"];
const LINK: Names = &["notification_tracker_target", "tracker_target"];
const STATE: Names = &["notification_tracker_state", "tracker_state"];
const CONFIG: Names = &["command_config"];
const TRACKER: Names = &["command_tracker"];
const LISTENER: Names = &["command_tracker_listener"];
const EVENTS: Names = &["event_log"];

/// Every table that means something here.
const ALL: [Names; 12] = [
    USER, PROVIDER, BOT, CHAT, TARGET, NOTIFIER, LINK, STATE, CONFIG, TRACKER, LISTENER, EVENTS,
];
/// Those that a database of any age has.
const NEEDED: [Names; 5] = [USER, PROVIDER, TARGET, NOTIFIER, LINK];
/// Reads the whole database; `source` names it for ever, and secrets go to files in the directory `secrets`.
pub fn read(path: &Path, source: &str, secrets: &Path) -> Result<Plan, ImportError> {
    let database = Database::open(path)?;
    let tables = database.tables()?;
    if !tables.iter().any(|table| table.is(BOT)) {
        let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
        return Err(database.refuse(&format!(
            "it has no table `telegram_bot`, so it is not notify-bridge's; its tables: {}",
            names.join(", ")
        )));
    }
    let mut reading = Reading::new(&database, source, secrets);
    for names in NEEDED {
        if !tables.iter().any(|table| table.is(names)) {
            let reason = "the database has no such table".to_owned();
            reading.findings.bad(names[0], "-", None, reason);
        }
    }
    reading.users(&tables)?;
    reading.providers(&tables)?;
    reading.bots(&tables)?;
    reading.configs(&tables)?;
    reading.trackers(&tables)?;
    reading.listeners(&tables)?;
    reading.let_all_answer();
    reading.targets(&tables)?;
    reading.notifiers(&tables)?;
    reading.links(&tables)?;
    reading.chats(&tables)?;
    reading.states(&tables)?;
    reading.event_log(&tables)?;
    for table in &tables {
        reading.leave_out(table)?;
    }
    Ok(Plan {
        findings: reading.findings,
        boards: reading.boards.into_values().collect(),
        bridge: Some(BridgeRows {
            secrets: reading.vault.into_secrets(),
            ..reading.rows
        }),
    })
}

/// What is known of a bot while the others are read.
struct BotInfo {
    owner: u64,
    created: Timestamp,
    name: String,
    token: String,
    /// What its own `commands_config` says; none when it says nothing.
    settings: Option<Settings>,
}

/// What is known of a config.
struct ConfigInfo {
    owner: u64,
    name: String,
    provider_type: String,
    settings: Settings,
}

/// What is known of a command tracker.
struct TrackerInfo {
    provider_type: String,
    config: u64,
    enabled: bool,
}

/// One database's reading.
struct Reading<'r> {
    database: &'r Database,
    findings: Findings,
    rows: BridgeRows,
    vault: Vault<'r>,
    /// The types of providers.
    providers: BTreeMap<u64, String>,
    bots: BTreeMap<u64, BotInfo>,
    configs: BTreeMap<u64, ConfigInfo>,
    trackers: BTreeMap<u64, TrackerInfo>,
    /// Trackers and the bots that listen for them.
    listeners: BTreeSet<(u64, u64)>,
    /// Targets, and whether anything here can write to them.
    targets: BTreeMap<u64, bool>,
    notifiers: BTreeSet<u64>,
    links: BTreeSet<(u64, u64)>,
    /// The chats that a language was chosen for.
    boards: BTreeMap<ChatId, BoardRows>,
    /// The highest id of each kind.
    highest: HashMap<&'static str, u64>,
}

impl<'r> Reading<'r> {
    fn new(database: &'r Database, source: &'r str, secrets: &'r Path) -> Self {
        Self {
            database,
            findings: Findings::default(),
            rows: BridgeRows {
                source: source.to_owned(),
                since: database.modified(),
                usernames: BTreeMap::new(),
                entities: Vec::new(),
                kept: Vec::new(),
                secrets: Secrets::new(),
            },
            vault: Vault::new(source, secrets),
            providers: BTreeMap::new(),
            bots: BTreeMap::new(),
            configs: BTreeMap::new(),
            trackers: BTreeMap::new(),
            listeners: BTreeSet::new(),
            targets: BTreeMap::new(),
            notifiers: BTreeSet::new(),
            links: BTreeSet::new(),
            boards: BTreeMap::new(),
            highest: HashMap::new(),
        }
    }

    /// Reads the rows of an entity; each is carried, or bad for a reason.
    fn entities(
        &mut self,
        tables: &[Table<'_>],
        names: Names,
        mut read: impl FnMut(&mut Self, &Record<'_>, &mut Taken) -> Result<(), String>,
    ) -> Result<(), ImportError> {
        let records = Records::of(tables, names);
        if !records.is_there() {
            return Ok(());
        }
        let table = names[0];
        let mut findings = std::mem::take(&mut self.findings);
        let each = |record: &Record<'_>, findings: &mut Findings| {
            let mut taken = Taken::default();
            let key = record
                .id()
                .map_or_else(|_| "?".to_owned(), |id| id.to_string());
            match (read(self, record, &mut taken), taken.dropped.take()) {
                (Ok(()), None) => findings.carried(table),
                (Ok(()), Some(reason)) => findings.dropped(table, &key, None, reason),
                (Err(reason), _) => findings.bad(table, &key, None, reason),
            }
            for remark in taken.remarks {
                findings.note(Fate::Carried, table, Some(&key), None, remark);
            }
        };
        records.each(&mut findings, each)?;
        records.name_others(&mut findings)?;
        self.findings = findings;
        Ok(())
    }

    /// One more entity. `owner` is a user of the source.
    fn add(&mut self, row: Row, owner: u64, created: Timestamp, event: BridgeEvent) {
        if let Some(subject) = event.subject() {
            let highest = self.highest.entry(subject.entity).or_default();
            *highest = subject.id.max(*highest);
        }
        self.rows.entities.push(EntityRow {
            row,
            owner,
            created,
            event,
        });
    }

    /// An id that no entity of this kind has in the source.
    fn unused(&self, kind: &'static str) -> u64 {
        self.highest.get(kind).copied().unwrap_or(0) + 1
    }

    fn row(&self, names: Names, key: String, created: Option<Timestamp>) -> Row {
        Row {
            file: self.database.file_name(),
            table: names[0],
            key,
            created,
        }
    }

    /// The row of a record, and when it was made.
    fn row_of(&self, names: Names, record: &Record<'_>) -> Result<(Row, Timestamp), String> {
        let created = record.created()?;
        let key = record.id()?.to_string();
        Ok((self.row(names, key, Some(created)), created))
    }

    fn owner(&self, record: &Record<'_>) -> Result<u64, String> {
        let owner = record.reference(&["user_id"])?;
        let is_known = owner == BridgeUserId::SYSTEM.0 || self.rows.usernames.contains_key(&owner);
        is_known
            .then_some(owner)
            .ok_or_else(|| format!("there is no user {owner}"))
    }

    fn users(&mut self, tables: &[Table<'_>]) -> Result<(), ImportError> {
        self.entities(tables, USER, |reading, record, taken| {
            // Passwords stay where they are.
            record.cell(&["hashed_password", "password_hash", "password"]);
            let id = record.id()?;
            let name = taken.clean(record.needed_text(&["username", "name"])?);
            if id == BridgeUserId::SYSTEM.0 {
                taken.dropped = Some("what the program owns itself is `system`'s here".to_owned());
                return Ok(());
            }
            let (row, created) = reading.row_of(USER, record)?;
            let role = record.text(&["role"])?;
            let role = Role::read(role.trim()).unwrap_or(Role::User);
            reading.rows.usernames.insert(id, name.clone());
            let user = User {
                id: BridgeUserId(id),
                username: name,
                role,
                created_at: created.seconds(),
            };
            reading.add(row, id, created, BridgeEvent::UserAdded(user));
            Ok(())
        })
    }

    /// Counts a table that is not known here.
    fn leave_out(&mut self, table: &Table<'_>) -> Result<(), ImportError> {
        if !ALL.iter().any(|names| table.is(names)) {
            let reason = "nothing here has a place for it";
            self.findings.dropped_all(&table.name, table.len()?, reason);
        }
        Ok(())
    }
}

/// What is to be said of a row that is carried, or why it is not.
#[derive(Default)]
struct Taken {
    remarks: Remarks,
    dropped: Option<String>,
}

impl Taken {
    fn say(&mut self, remark: impl Into<String>) {
        self.remarks.push(remark.into());
    }

    /// A name in which no secret stands.
    fn clean(&mut self, text: String) -> String {
        match vault::is_secret(&text) {
            true => {
                self.say("a secret in a name is not carried");
                "[hidden]".to_owned()
            }
            false => text.trim().to_owned(),
        }
    }
}
