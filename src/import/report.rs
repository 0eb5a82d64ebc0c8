//! What was found in a source: counts per table, and every row of which something has to be said.

use crate::domain::ChatId;

/// What becomes of a row of which something has to be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    /// It cannot be carried.
    Bad,
    /// It is not carried, and need not be.
    Dropped,
    /// It is carried, though today's rules would refuse it, or in another form.
    Carried,
}

/// One row of which something has to be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub fate: Fate,
    pub table: String,
    /// The row's key; none when it is about the whole table.
    pub key: Option<String>,
    /// The chat that the row belongs to, where there is one.
    pub chat: Option<ChatId>,
    pub reason: String,
}

/// How many rows of a table there are, and what becomes of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub read: u64,
    pub carried: u64,
    pub dropped: u64,
    pub bad: u64,
}

/// The counts and notes of one source.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// In the order in which the tables were met.
    pub tables: Vec<(String, Count)>,
    pub notes: Vec<Note>,
}

impl Findings {
    /// A table, also when it turns out to be empty.
    pub fn table(&mut self, name: &str) -> &mut Count {
        let known = self.tables.iter().position(|(table, _)| table == name);
        let at = known.unwrap_or_else(|| {
            self.tables.push((name.to_owned(), Count::default()));
            self.tables.len() - 1
        });
        &mut self.tables[at].1
    }

    /// A row that is carried.
    pub fn carried(&mut self, table: &str) {
        let count = self.table(table);
        count.read += 1;
        count.carried += 1;
    }

    /// A row that cannot be carried.
    pub fn bad(&mut self, table: &str, key: &str, chat: Option<ChatId>, reason: String) {
        let count = self.table(table);
        count.read += 1;
        count.bad += 1;
        self.note(Fate::Bad, table, Some(key), chat, reason);
    }

    /// A row that is not carried, and need not be.
    pub fn dropped(&mut self, table: &str, key: &str, chat: Option<ChatId>, reason: String) {
        let count = self.table(table);
        count.read += 1;
        count.dropped += 1;
        self.note(Fate::Dropped, table, Some(key), chat, reason);
    }

    /// So many rows of a table, none of which is carried.
    pub fn dropped_all(&mut self, table: &str, rows: u64, reason: &str) {
        let count = self.table(table);
        count.read += rows;
        count.dropped += rows;
        self.note(Fate::Dropped, table, None, None, reason.to_owned());
    }

    /// Something to say of a row, beside its being counted.
    pub fn note(
        &mut self,
        fate: Fate,
        table: &str,
        key: Option<&str>,
        chat: Option<ChatId>,
        reason: String,
    ) {
        self.notes.push(Note {
            fate,
            table: table.to_owned(),
            key: key.map(str::to_owned),
            chat,
            reason,
        });
    }

    /// How many rows cannot be carried.
    pub fn bad_rows(&self) -> u64 {
        self.tables.iter().map(|(_, count)| count.bad).sum()
    }
}
