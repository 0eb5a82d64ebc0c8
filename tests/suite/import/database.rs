//! Databases made from SQL, beside a data directory of their own.

use std::path::PathBuf;

use rusqlite::Connection;
use serde_json::Value;

use super::import;
use crate::support::{Data, Run};

/// A database, and the data directory that it goes to.
pub struct Database {
    pub data: Data,
    kind: &'static str,
}

impl Database {
    /// A database made by these statements, for this kind of import.
    pub fn new(kind: &'static str, sql: &str) -> Self {
        let database = Self {
            data: Data::in_memory(),
            kind,
        };
        database.change(sql);
        database
    }

    /// A file that holds these bytes.
    pub fn of_bytes(kind: &'static str, content: &[u8]) -> Self {
        let database = Self {
            data: Data::in_memory(),
            kind,
        };
        std::fs::write(database.path(), content).expect("written");
        database
    }

    pub fn path(&self) -> PathBuf {
        self.data.path().with_file_name("old.db")
    }

    pub fn open(&self) -> Connection {
        let connection = Connection::open(self.path()).expect("a database");
        // Python's sqlite3 does not look at them unless it is told to.
        connection
            .execute_batch("PRAGMA foreign_keys = OFF")
            .expect("switched off");
        connection
    }

    pub fn change(&self, sql: &str) {
        self.open().execute_batch(sql).expect("valid SQL");
    }

    pub fn import(&self, args: &[&str]) -> Run {
        import(&self.data, self.kind, &self.path(), args)
    }

    /// The report of an import, as JSON.
    pub fn report(&self, args: &[&str]) -> Value {
        let args = [&["--format", "json"], args].concat();
        serde_json::from_str(&self.import(&args).stdout).expect("JSON")
    }

    /// It is refused for this reason, and nothing is written.
    #[track_caller]
    pub fn assert_refused(&self, words: &str) {
        let run = self.import(&[]);
        assert_eq!(run.code, Some(1), "{}\n{}", run.stdout, run.stderr);
        let said = format!("{}{}", run.stdout, run.stderr);
        assert!(said.contains(words), "{words}: {said}");
        assert!(!self.data.path().exists(), "something was written");
    }
}
