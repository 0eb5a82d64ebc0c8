//! The users and groups of a database: their Telegram ids, the ids by which other tables refer to them, and their names.
//!
//! A table may have one id, Telegram's, or a number of its own beside it. What other tables refer to is what the schema says;
//! where it says nothing, the number of its own comes first.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::import::plan::ImportError;
use crate::import::report::Findings;
use crate::import::sqlite::{Cell, Table};

/// The columns that such a table may have.
#[derive(Clone, Copy)]
pub struct Columns {
    telegram: &'static [&'static str],
    own: &'static [&'static str],
    /// What the whole name may be called.
    whole: &'static [&'static str],
}

pub const USER_COLUMNS: Columns = Columns {
    telegram: &[
        "telegram_id",
        "telegram_user_id",
        "tg_id",
        "tg_user_id",
        "user_id",
        "chat_id",
    ],
    own: &["id", "user_id"],
    whole: &["full_name", "display_name", "name"],
};
pub const GROUP_COLUMNS: Columns = Columns {
    telegram: &[
        "telegram_id",
        "telegram_chat_id",
        "telegram_group_id",
        "tg_id",
        "chat_id",
        "group_id",
    ],
    own: &["id", "group_id", "chat_id"],
    whole: &["title", "name"],
};

/// What another table's column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Telegram,
    Own,
    /// The schema does not say.
    Either,
}

/// What the bounties' columns hold.
pub struct References {
    pub users: By,
    pub groups: By,
}

/// All rows of such a table.
pub struct Known {
    table: &'static str,
    /// The column of Telegram's ids; empty when there is no such table.
    telegram_column: String,
    /// The column of the table's own ids; none when Telegram's are the only ones.
    own_column: Option<String>,
    /// Telegram's ids by the table's own; empty when it has none.
    own: HashMap<i64, i64>,
    names: BTreeMap<i64, String>,
    used: HashSet<i64>,
}

impl Known {
    /// Reads the table; nobody is known when there is none. Rows that cannot be read are bad; the others are yet to be counted.
    pub fn read(
        table: Option<&Table<'_>>,
        shown: &'static str,
        columns: Columns,
        findings: &mut Findings,
    ) -> Result<Self, ImportError> {
        let mut known = Self {
            table: shown,
            telegram_column: String::new(),
            own_column: None,
            own: HashMap::new(),
            names: BTreeMap::new(),
            used: HashSet::new(),
        };
        let Some(table) = table else {
            return Ok(known);
        };
        let ids = [columns.telegram, columns.own].concat();
        let telegram = table.needed("Telegram's id", &ids)?;
        known.telegram_column = telegram.to_owned();
        let own = table.column(columns.own).filter(|own| *own != telegram);
        known.own_column = own.map(str::to_owned);
        let names = [
            columns.whole,
            &["first_name"],
            &["last_name"],
            &["username"],
        ];
        let [whole, first, last, username] = names.map(|names| table.column(names));
        let asked = [Some(telegram), own, whole, first, last, username];
        table.name_others(shown, &asked, findings)?;
        for cells in table.rows(&asked)? {
            if let Err(reason) = known.add(&cells) {
                let key = cells[0].optional_text("").ok().flatten();
                findings.bad(shown, key.as_deref().unwrap_or("?"), None, reason);
            }
        }
        Ok(known)
    }

    fn add(&mut self, cells: &[Cell]) -> Result<(), String> {
        let [telegram, own, names @ ..] = cells else {
            return Err("it has other columns than were asked for".to_owned());
        };
        let telegram = telegram.integer("Telegram's id")?;
        if telegram == 0 {
            return Err("0 is nobody's id".to_owned());
        }
        let name = best_name(names)?;
        if name.len() > 4_096 {
            return Err("the name is longer than 4096 bytes".to_owned());
        }
        if let Some(own) = own.optional_integer("its id")? {
            self.own.insert(own, telegram);
        }
        self.names.insert(telegram, name);
        Ok(())
    }

    /// What a column holds that refers to this column of this table. One that is neither Telegram's id nor the table's own cannot be
    /// followed: whatever was taken for it would put bounties where they do not belong.
    pub fn by(&self, referred: Option<String>) -> Result<By, String> {
        let is = |column: &str, other: &str| column.eq_ignore_ascii_case(other);
        match (referred, &self.own_column) {
            (Some(column), _) if is(&column, &self.telegram_column) => Ok(By::Telegram),
            (Some(column), Some(own)) if is(&column, own) => Ok(By::Own),
            (Some(column), _) if !self.telegram_column.is_empty() => Err(format!(
                "it refers to {column} of {}, whose ids are read from {}",
                self.table, self.telegram_column
            )),
            _ if self.own.is_empty() => Ok(By::Telegram),
            _ => Ok(By::Either),
        }
    }

    /// Telegram's id of whom a column refers to. One that is no number of the table's own needs no row: only the name is missing.
    pub fn resolve(&self, by: By, id: i64, table: &str) -> Result<i64, String> {
        let own = self.own.get(&id).copied();
        let found = match by {
            By::Telegram => Some(id),
            By::Own => own,
            By::Either => own.or(self.names.contains_key(&id).then_some(id)),
        };
        match found {
            Some(0) => Err(format!("0 is no id of Telegram's in {table}")),
            Some(id) => Ok(id),
            None => Err(format!("there is no {id} in {table}")),
        }
    }

    /// The same, with the name.
    pub fn resolver(&self, by: By) -> impl Fn(i64) -> Result<(i64, String), String> + '_ {
        move |id| {
            let id = self.resolve(by, id, self.table)?;
            Ok((id, self.name(id).to_owned()))
        }
    }

    /// The name of whoever has this id of Telegram's; empty when nobody knows it.
    pub fn name(&self, id: i64) -> &str {
        self.names.get(&id).map_or("", String::as_str)
    }

    /// Every row: Telegram's id and the name.
    pub fn all(&self) -> impl Iterator<Item = (i64, &str)> {
        self.names.iter().map(|(id, name)| (*id, name.as_str()))
    }

    /// Whoever has this id made or tracks something.
    pub fn used(&mut self, id: i64) {
        self.used.insert(id);
    }

    /// Counts the rows: the name of whoever made or tracks something is carried with that.
    pub fn count(&self, findings: &mut Findings) {
        for (id, _) in self.all() {
            if self.used.contains(&id) {
                findings.carried(self.table);
            } else {
                let reason = "who neither added nor tracks a bounty leaves nothing behind";
                findings.dropped(self.table, &id.to_string(), None, reason.to_owned());
            }
        }
    }
}

/// The whole name; else first and last name, else the username.
fn best_name(cells: &[Cell]) -> Result<String, String> {
    let names = cells.iter().map(|cell| cell.filled_text("the name"));
    let names: Vec<Option<String>> = names.collect::<Result<_, _>>()?;
    let [whole, first, last, username] = names.as_slice() else {
        return Ok(String::new());
    };
    let parts: Vec<&str> = [first, last]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    let parts = Some(parts.join(" ")).filter(|name| !name.is_empty());
    let name = whole.clone().or(parts).or(username.clone());
    Ok(name.unwrap_or_default().trim().to_owned())
}
