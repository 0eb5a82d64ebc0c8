//! SQLite databases of other programs, read once and whole. Their columns are found by name; nothing in a database is believed.

mod cell;
mod copy;
mod table;

use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::plan::ImportError;
use crate::domain::Timestamp;

pub use cell::Cell;
pub use table::Table;

/// A database that is being read.
pub struct Database {
    connection: Connection,
    path: PathBuf,
    modified: Timestamp,
}

impl Database {
    /// Opens a copy of the database at this path.
    pub fn open(path: &Path) -> Result<Self, ImportError> {
        let modified = super::source::modified(path)?;
        let dir = tempfile::Builder::new().prefix("bounty-import-").tempdir();
        let dir = dir.map_err(|error| ImportError::io("copy", path, error))?;
        let copy = copy::copy(path, dir.path())?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(copy, flags);
        let database = Self {
            connection: connection.map_err(|error| unreadable(path, &error))?,
            path: path.to_owned(),
            modified,
        };
        database.distrust()?;
        database.check()?;
        // Everything is open now, and stays so without a name: a process that is killed leaves no tokens behind.
        drop(dir);
        Ok(database)
    }

    /// When the database was last changed.
    pub fn modified(&self) -> Timestamp {
        self.modified
    }

    /// The name of the database's file.
    pub fn file_name(&self) -> String {
        let name = self.path.file_name().unwrap_or(self.path.as_os_str());
        name.to_string_lossy().into_owned()
    }

    /// What is wrong with the database as a whole.
    pub fn refuse(&self, what: &str) -> ImportError {
        ImportError::Source(format!("{}: {what}", self.path.display()))
    }

    fn failed(&self, error: &rusqlite::Error) -> ImportError {
        unreadable(&self.path, error)
    }

    /// Nothing that stands in a schema is carried out beyond what reading needs.
    fn distrust(&self) -> Result<(), ImportError> {
        let settings = [
            (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
            (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        ];
        for (setting, on) in settings {
            let set = self.connection.set_db_config(setting, on);
            set.map_err(|error| self.failed(&error))?;
        }
        Ok(())
    }

    /// Refuses a database whose pages do not fit together. What a row says is judged row by row.
    fn check(&self) -> Result<(), ImportError> {
        let found = |error| self.failed(&error);
        let mut check = self
            .connection
            .prepare("PRAGMA quick_check(1)")
            .map_err(found)?;
        let said = check
            .query_row([], |row| row.get::<_, String>(0))
            .map_err(found)?;
        match said.strip_prefix("*** in database") {
            Some(_) => Err(self.refuse(
                "it is damaged; mend it with `sqlite3 FILE .recover`, or take a backup of it",
            )),
            None => Ok(()),
        }
    }

    /// The tables of this database, by name.
    pub fn tables(&self) -> Result<Vec<Table<'_>>, ImportError> {
        // Virtual tables have no page of their own: what is behind them is code.
        let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";
        let found = |error| self.failed(&error);
        let mut select = self.connection.prepare(sql).map_err(found)?;
        let names = select
            .query_map([], |row| row.get::<_, String>(0))
            .map_err(found)?;
        let names: Vec<String> = names.collect::<Result<_, _>>().map_err(found)?;
        names
            .into_iter()
            .map(|name| Table::of(self, name))
            .collect()
    }
}

fn unreadable(path: &Path, error: &rusqlite::Error) -> ImportError {
    let what = match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase) => "it is no SQLite database, or an encrypted one".to_owned(),
        Some(rusqlite::ErrorCode::DatabaseCorrupt) => {
            "it is damaged or cut short; mend it with `sqlite3 FILE .recover`, or take a backup of it".to_owned()
        }
        _ => error.to_string(),
    };
    ImportError::Source(format!("{}: {what}", path.display()))
}
