//! One row of a table with all its columns, read by the names that a column had before the refactor and has after it.

use std::cell;
use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::domain::Timestamp;
use crate::import::plan::ImportError;
use crate::import::report::Findings;
use crate::import::rules::refuse_bytes;
use crate::import::sqlite::{Cell, Table};

/// The rows of an entity's table; of two tables, while its rows move from one to the other.
pub struct Records<'t> {
    shown: &'static str,
    tables: Vec<&'t Table<'t>>,
    asked: Asked,
}

/// What was asked for of a table's columns.
#[derive(Default)]
struct Asked {
    names: cell::RefCell<BTreeSet<&'static str>>,
    all: cell::Cell<bool>,
}

/// One row.
pub struct Record<'r> {
    columns: &'r [String],
    cells: Vec<Cell>,
    asked: &'r Asked,
    /// How many bytes the texts that were read have together in a log.
    bytes: cell::Cell<usize>,
}

/// The names of a column, the newest first.
pub type Names = &'static [&'static str];

impl<'t> Records<'t> {
    /// The rows of the tables that have these names, the newest first.
    pub fn of(tables: &'t [Table<'t>], names: Names) -> Self {
        let found = names
            .iter()
            .flat_map(|name| tables.iter().filter(|table| table.is(&[name])));
        Self {
            shown: names[0],
            tables: found.collect(),
            asked: Asked::default(),
        }
    }

    pub fn is_there(&self) -> bool {
        !self.tables.is_empty()
    }

    /// Reads the rows; one that stands in two tables is read from the newer one.
    pub fn each(
        &self,
        findings: &mut Findings,
        mut read: impl FnMut(&Record<'_>, &mut Findings),
    ) -> Result<(), ImportError> {
        findings.table(self.shown);
        let mut seen = BTreeSet::new();
        for table in &self.tables {
            table.needed("its id", &["id"])?;
            let columns: Vec<Option<&str>> = table
                .columns()
                .iter()
                .map(|name| Some(name.as_str()))
                .collect();
            let mut rows = table.rows(&columns)?;
            let id_at = table
                .columns()
                .iter()
                .position(|name| name.eq_ignore_ascii_case("id"));
            rows.sort_by_key(|cells| id_at.and_then(|at| cells[at].integer("id").ok()));
            for cells in rows {
                let record = Record {
                    columns: table.columns(),
                    cells,
                    asked: &self.asked,
                    bytes: cell::Cell::default(),
                };
                match record.id() {
                    Ok(id) if !seen.insert(id) => {
                        let reason = match self.tables.len() {
                            1 => format!("id {id} is there twice"),
                            _ => "it stands in the new table too".to_owned(),
                        };
                        findings.dropped(self.shown, &id.to_string(), None, reason);
                    }
                    Ok(_) => read(&record, findings),
                    Err(reason) => findings.bad(self.shown, "NULL", None, reason),
                }
            }
        }
        Ok(())
    }

    /// Names the columns that hold something and that nobody asked for.
    pub fn name_others(&self, findings: &mut Findings) -> Result<(), ImportError> {
        if self.asked.all.get() {
            return Ok(());
        }
        let asked: Vec<&str> = self.asked.names.borrow().iter().copied().collect();
        for table in &self.tables {
            let known = |name: &&String| asked.iter().any(|asked| name.eq_ignore_ascii_case(asked));
            let known: Vec<Option<&str>> = table
                .columns()
                .iter()
                .filter(known)
                .map(|name| Some(name.as_str()))
                .collect();
            table.name_others(self.shown, &known, findings)?;
        }
        Ok(())
    }
}

impl Record<'_> {
    /// The value of the first of these columns that has one.
    pub fn cell(&self, names: Names) -> &Cell {
        self.asked.names.borrow_mut().extend(names);
        let named = names.iter().filter_map(|name| {
            let at = self
                .columns
                .iter()
                .position(|column| column.eq_ignore_ascii_case(name))?;
            self.cells.get(at)
        });
        let mut named = named.filter(|cell| **cell != Cell::Null);
        named.next().unwrap_or(&Cell::Null)
    }

    /// All columns that hold something, by their names in lower case; those that hold JSON as what it says.
    pub fn fields(&self) -> Result<Map<String, Value>, String> {
        self.asked.all.set(true);
        let mut fields = Map::new();
        for (name, cell) in self.columns.iter().zip(&self.cells) {
            let name = name.to_lowercase();
            let value = cell.json(&name)?;
            if !value.is_null() {
                fields.insert(name, value);
            }
        }
        Ok(fields)
    }

    /// The row's own id. 0 is a row of the system's.
    pub fn id(&self) -> Result<u64, String> {
        self.reference(&["id"])
    }

    /// The id of another row.
    pub fn reference(&self, names: Names) -> Result<u64, String> {
        let id = self.cell(names).integer(names[0])?;
        u64::try_from(id)
            .ok()
            .filter(|id| *id < 1 << 52)
            .ok_or_else(|| format!("{} {id} is no id", names[0]))
    }

    /// A text to be carried. Together they must fit into a line of a log, where a control character takes six bytes.
    fn counted(&self, names: Names) -> Result<Option<String>, String> {
        let text = self.cell(names).optional_text(names[0])?;
        let bytes = text.iter().flat_map(|text| text.bytes());
        let bytes: usize = bytes.map(|byte| if byte < b' ' { 6 } else { 1 }).sum();
        self.bytes.set(self.bytes.get() + bytes);
        refuse_bytes("its fields are", self.bytes.get())?;
        Ok(text)
    }

    /// The same, when it says something.
    fn filled(&self, names: Names) -> Result<Option<String>, String> {
        let text = self.counted(names)?;
        Ok(text.filter(|text| !text.trim().is_empty()))
    }

    /// A text, empty when there is none.
    pub fn text(&self, names: Names) -> Result<String, String> {
        Ok(self.counted(names)?.unwrap_or_default())
    }

    /// A text that must say something.
    pub fn needed_text(&self, names: Names) -> Result<String, String> {
        let text = self.filled(names)?;
        text.ok_or_else(|| format!("{} is missing", names[0]))
    }

    pub fn flag(&self, names: Names, default: bool) -> Result<bool, String> {
        Ok(self.cell(names).flag(names[0])?.unwrap_or(default))
    }

    pub fn created(&self) -> Result<Timestamp, String> {
        self.cell(&["created_at"]).moment("created_at")
    }

    /// A JSON value; null when there is none.
    pub fn json(&self, names: Names) -> Result<Value, String> {
        match self.filled(names)? {
            None => Ok(Value::Null),
            // What stands there may be a secret: only the place of the error is said.
            Some(text) => serde_json::from_str(&text).map_err(|error| {
                format!("{} is no JSON (at character {})", names[0], error.column())
            }),
        }
    }

    /// A JSON object; empty when there is none.
    pub fn object(&self, names: Names) -> Result<Map<String, Value>, String> {
        match self.json(names)? {
            Value::Null => Ok(Map::new()),
            Value::Object(object) => Ok(object),
            _ => Err(format!("{} is no JSON object", names[0])),
        }
    }

    /// A JSON list; empty when there is none.
    pub fn list(&self, names: Names) -> Result<Vec<Value>, String> {
        match self.json(names)? {
            Value::Null => Ok(Vec::new()),
            Value::Array(values) => Ok(values),
            _ => Err(format!("{} is no JSON list", names[0])),
        }
    }
}
