//! Secrets of a source on their way into files of their own.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde_json::Value;
use uuid::Uuid;

use super::stream::Draft;
use crate::domain::Event;
use crate::store::{Disk, IoContext, StoreError};

/// A secret, and the file that it goes to.
#[derive(Clone)]
pub struct Secret {
    pub path: PathBuf,
    pub value: String,
}

impl std::fmt::Debug for Secret {
    /// Without the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Secret").field("path", &self.path).finish()
    }
}

/// Secrets, by the ids of the events that refer to their files.
pub type Secrets = HashMap<Uuid, Vec<Secret>>;

/// Puts the secrets of these events in place, durably: nothing is recorded before what it refers to is there.
pub fn put<E>(disk: &dyn Disk, secrets: &Secrets, drafts: &[Draft<E>]) -> Result<(), StoreError> {
    let secrets = drafts.iter().filter_map(|draft| secrets.get(&draft.id));
    let secrets: Vec<&Secret> = secrets.flatten().collect();
    let Some(dir) = secrets.first().and_then(|secret| secret.path.parent()) else {
        return Ok(());
    };
    disk.create_dir(dir).at("make", dir)?;
    for secret in secrets {
        let content = format!("{}\n", secret.value);
        let put = disk.replace_private(&secret.path, content.as_bytes());
        put.at("write", &secret.path)?;
    }
    sync(disk, dir)
}

/// Whether two events are the same, wherever the data directory was when the files of their secrets were made: a file's name tells
/// its row.
pub fn are_same<E: Event + PartialEq>(recorded: &E, read: &E) -> bool {
    let by_name = |event: &E| serde_json::to_value(event.data()).map(name_files);
    recorded == read
        || recorded.name() == read.name()
            && matches!((by_name(recorded), by_name(read)), (Ok(one), Ok(other)) if one == other)
}

/// With the names of files in the place of their paths, in references to secrets.
fn name_files(value: Value) -> Value {
    match value {
        Value::Array(all) => all.into_iter().map(name_files).collect(),
        Value::Object(mut object) => match (object.len(), object.get("file")) {
            (1, Some(Value::String(path))) => {
                let name = Path::new(path)
                    .file_name()
                    .map(|name| name.to_string_lossy());
                Value::from(name.unwrap_or_default())
            }
            _ => {
                for value in object.values_mut() {
                    *value = name_files(value.take());
                }
                Value::Object(object)
            }
        },
        other => other,
    }
}

/// Makes the names in a directory durable, and its own.
fn sync(disk: &dyn Disk, dir: &Path) -> Result<(), StoreError> {
    disk.sync_dir(dir).at("flush", dir)?;
    match dir.parent() {
        Some(parent) => disk.sync_dir(parent).at("flush", parent),
        None => Ok(()),
    }
}
