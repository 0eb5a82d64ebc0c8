//! Secrets of a database on their way into files of their own: what is recorded is where they are.

use std::path::Path;

use serde_json::{Map, Value};

use crate::domain::bridge::{SecretRef, has_secret, hide};
use crate::import::row::Row;
use crate::import::secrets::{Secret, Secrets};

/// The secrets that were found.
pub struct Vault<'v> {
    source: &'v str,
    dir: &'v Path,
    secrets: Secrets,
}

/// Whether a text has a secret in it.
pub fn is_secret(text: &str) -> bool {
    has_secret(text)
}

impl<'v> Vault<'v> {
    /// Secrets go to files in this directory.
    pub fn new(source: &'v str, dir: &'v Path) -> Self {
        Self {
            source,
            dir,
            secrets: Secrets::new(),
        }
    }

    /// Puts a row's secret away. The file's name tells the row, and is another one for each source.
    pub fn keep(&mut self, row: &Row, field: &str, value: &str) -> SecretRef {
        let id = row.event_id(self.source);
        let letters = field.chars().map(|letter| match letter {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' => letter,
            _ => '-',
        });
        let field: String = letters.take(60).collect();
        let of_row = self.secrets.entry(id).or_default();
        let number = of_row.len();
        let short = &id.simple().to_string()[..8];
        let name = format!("{}-{}-{field}-{short}-{number}", row.table, row.key);
        let path = self.dir.join(name);
        of_row.push(Secret {
            path: path.clone(),
            value: value.to_owned(),
        });
        SecretRef::File(path.display().to_string())
    }

    /// An object with references in the place of its secrets.
    pub fn hide(&mut self, row: &Row, object: &Map<String, Value>) -> Map<String, Value> {
        hide(object, &mut |field, value| self.keep(row, field, value))
    }

    /// The secrets, by the ids of their rows' events.
    pub fn into_secrets(self) -> Secrets {
        self.secrets
    }
}
