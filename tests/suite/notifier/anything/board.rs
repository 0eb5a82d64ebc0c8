//! A board of the model: its ids, its log, and what was done to its files.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use super::history::Hash;
use crate::support::Data;

/// Where a board's files are.
#[derive(Clone, Debug, PartialEq)]
pub enum State {
    Here,
    /// Its directory is elsewhere.
    Away(PathBuf),
    /// This file is not what it was, which is this.
    Spoilt(PathBuf, Vec<u8>),
}

#[derive(Clone, Debug)]
pub struct Board {
    pub id: i64,
    /// Every id that leads to it.
    pub ids: BTreeSet<i64>,
    /// Its events.
    pub log: Vec<Hash>,
    pub state: State,
    /// Whether it became part of another one.
    pub is_gone: bool,
    /// It cannot be said from where on it is followed, until a round looks at it.
    pub is_unsure: bool,
    /// It was followed when a round looked at all boards, and ever since.
    pub is_known: bool,
    /// It has an id that no round saw.
    pub is_renamed: bool,
    pub backup: Option<Vec<u8>>,
    /// How often it was put back from a backup.
    pub restored: usize,
}

impl Board {
    pub fn new(id: i64) -> Self {
        Self {
            id,
            ids: BTreeSet::from([id]),
            log: Vec::new(),
            state: State::Here,
            is_gone: false,
            is_unsure: false,
            is_known: false,
            is_renamed: false,
            backup: None,
            restored: 0,
        }
    }

    pub fn is_here(&self) -> bool {
        self.state == State::Here && !self.is_gone
    }

    pub fn has_log(&self) -> bool {
        !self.log.is_empty()
    }

    pub fn leave(&mut self, data: &Data) {
        let away = data.path().with_file_name(format!("away{}", self.id));
        fs::rename(data.chat(self.id), &away).expect("renamed");
        self.state = State::Away(away);
    }

    /// One of its lines is another one. The first stays: it says when the board began.
    pub fn damage(&mut self, data: &Data, line: usize) {
        let good = data.log_bytes(self.id);
        let mut bad = good.clone();
        let mut lines = bad.split_mut(|byte| *byte == b'\n');
        let line = lines.nth(line).expect("a line");
        let digit = line.len() - 3;
        line[digit] = if line[digit] == b'0' { b'1' } else { b'0' };
        self.spoil(data.log(self.id), good, &bad);
    }

    pub fn spoil(&mut self, path: PathBuf, good: Vec<u8>, bad: &[u8]) {
        fs::write(&path, bad).expect("written");
        self.state = State::Spoilt(path, good);
    }

    pub fn mend(&mut self, data: &Data) {
        match std::mem::replace(&mut self.state, State::Here) {
            State::Here => {}
            State::Away(away) => fs::rename(away, data.chat(self.id)).expect("renamed"),
            State::Spoilt(path, good) => fs::write(path, good).expect("written"),
        }
    }

    /// A backup of its log is put back, as the log alone.
    pub fn restore(&mut self, data: &Data, backup: &[u8]) {
        for file in fs::read_dir(data.chat(self.id)).expect("a directory") {
            let path = file.expect("a file").path();
            if path.is_file() {
                fs::remove_file(path).expect("removed");
            }
        }
        fs::write(data.log(self.id), backup).expect("written");
        self.restored += 1;
    }
}
