//! One table, whose columns are found by the names that they may have.

use super::{Cell, Database};
use crate::import::plan::ImportError;
use crate::import::report::{Fate, Findings};

/// A table as it is in the database.
pub struct Table<'d> {
    database: &'d Database,
    pub name: String,
    /// The names of its columns.
    columns: Vec<String>,
}

/// One row: the cells that were asked for, in their order.
type Line = Vec<Cell>;

impl<'d> Table<'d> {
    pub(super) fn of(database: &'d Database, name: String) -> Result<Self, ImportError> {
        let found = |error| database.failed(&error);
        let sql = "SELECT name FROM pragma_table_info(?1)";
        let mut select = database.connection.prepare(sql).map_err(found)?;
        let columns = select.query_map([&name], |row| row.get(0)).map_err(found)?;
        let columns = columns.collect::<Result<_, _>>().map_err(found)?;
        Ok(Self {
            database,
            name,
            columns,
        })
    }

    /// Whether it has one of these names.
    pub fn is(&self, names: &[&str]) -> bool {
        names
            .iter()
            .any(|name| self.name.eq_ignore_ascii_case(name))
    }

    /// The names of its columns.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The column that has the first of these names that one has.
    pub fn column(&self, names: &[&str]) -> Option<&str> {
        let mut columns = names.iter().flat_map(|name| {
            let same = |column: &&String| column.eq_ignore_ascii_case(name);
            self.columns.iter().find(same)
        });
        columns.next().map(String::as_str)
    }

    /// The same of a column that must be there; `what` says what it is.
    pub fn needed(&self, what: &str, names: &[&str]) -> Result<&str, ImportError> {
        let explain = || {
            let (name, columns) = (&self.name, self.columns.join(", "));
            self.database.refuse(&format!(
                "table {name} has no column for {what} ({}): its columns are {columns}",
                names.join(", ")
            ))
        };
        self.column(names).ok_or_else(explain)
    }

    /// Names the columns that hold something and are not among these.
    pub fn name_others(
        &self,
        shown: &str,
        asked: &[Option<&str>],
        findings: &mut Findings,
    ) -> Result<(), ImportError> {
        let is_other = |column: &&str| !asked.contains(&Some(*column));
        for column in self.columns.iter().map(String::as_str).filter(is_other) {
            let values = self.values_in(column)?;
            if values > 0 {
                let reason =
                    format!("column {column} ({values} values): nothing here has a place for it");
                findings.note(Fate::Dropped, shown, None, None, reason);
            }
        }
        Ok(())
    }

    /// The column of another table that this one's column refers to, as far as the schema says so.
    pub fn refers_to(&self, column: &str) -> Result<Option<String>, ImportError> {
        let found = |error| self.database.failed(&error);
        let sql =
            "SELECT \"to\" FROM pragma_foreign_key_list(?1) WHERE \"from\" = ?2 COLLATE NOCASE";
        let mut select = self.database.connection.prepare(sql).map_err(found)?;
        let mut rows = select.query([self.name.as_str(), column]).map_err(found)?;
        match rows.next().map_err(found)? {
            Some(row) => row.get(0).map_err(found),
            None => Ok(None),
        }
    }

    /// How many rows it has.
    pub fn len(&self) -> Result<u64, ImportError> {
        self.count(&format!("SELECT count(*) FROM {}", quoted(&self.name)))
    }

    /// How many rows have a value in this column.
    fn values_in(&self, column: &str) -> Result<u64, ImportError> {
        let (column, table) = (quoted(column), quoted(&self.name));
        self.count(&format!("SELECT count({column}) FROM {table}"))
    }

    fn count(&self, sql: &str) -> Result<u64, ImportError> {
        let counted = self
            .database
            .connection
            .query_row(sql, [], |row| row.get::<_, i64>(0));
        let counted = counted.map_err(|error| self.database.failed(&error))?;
        Ok(counted.unsigned_abs())
    }

    /// All rows, each with the cells of these columns; those of a column that is none are null.
    pub fn rows(&self, columns: &[Option<&str>]) -> Result<Vec<Line>, ImportError> {
        let found = |error| self.database.failed(&error);
        let listed: Vec<String> = columns
            .iter()
            .map(|column| column.map_or("NULL".to_owned(), quoted))
            .collect();
        let sql = format!("SELECT {} FROM {}", listed.join(", "), quoted(&self.name));
        let mut select = self.database.connection.prepare(&sql).map_err(found)?;
        let cells = |row: &rusqlite::Row<'_>| -> rusqlite::Result<Line> {
            (0..columns.len())
                .map(|at| row.get_ref(at).map(Cell::from))
                .collect()
        };
        let rows = select.query_map([], cells).map_err(found)?;
        rows.collect::<Result<_, _>>().map_err(found)
    }
}

/// A name as it stands in SQL.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
