//! The notification bridge's database: before its refactor, after it, and half-way.

mod carried;
mod chats;
mod in_use;
mod kept;
mod refused;
mod shapes;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use super::database::Database;
use crate::library::files;
use crate::support::Data;

pub use shapes::{TOKENS, old_shape};

pub const KIND: &str = "notify-bridge";

pub fn bridge(data: &Data) -> Value {
    let bytes = fs::read(data.path().join("bridge/bridge.json")).expect("a snapshot");
    serde_json::from_slice(&bytes).expect("JSON")
}

pub fn log(data: &Data) -> Vec<u8> {
    fs::read(data.path().join("bridge/events.jsonl")).expect("a log")
}

/// No secret is anywhere but in the files for secrets, and these are for their owner alone.
#[track_caller]
fn assert_no_secret(old: &Database, said: &str) {
    let secrets = [
        "May-see",
        "very-secret-key",
        "hook-secret",
        "user:pass",
        "hash-of-a-password",
    ];
    for (path, content) in files(&old.data.path()) {
        if path.starts_with(old.data.path().join("secrets")) {
            let mode = fs::metadata(&path).expect("a file").permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{path:?}");
        } else {
            let content = String::from_utf8_lossy(&content);
            for secret in secrets {
                assert!(!content.contains(secret), "{secret} in {path:?}");
            }
        }
    }
    for secret in secrets {
        assert!(!said.contains(secret), "{secret} in {said}");
    }
}

/// The settings by which a bot answers for boards.
#[track_caller]
fn config_of(bridge: &Value, name: &str) -> Value {
    let rows = |table: &str| bridge[table].as_array().expect("rows").clone();
    let bot = rows("telegram_bot")
        .into_iter()
        .find(|bot| bot["name"] == name)
        .expect("a bot");
    let tracker = rows("command_tracker_listener")
        .into_iter()
        .filter(|listener| listener["listener_id"] == bot["id"])
        .flat_map(|listener| {
            rows("command_tracker")
                .into_iter()
                .filter(move |tracker| tracker["id"] == listener["command_tracker_id"])
        })
        .find(|tracker| tracker["enabled"] == true)
        .expect("an enabled tracker");
    let provider = rows("service_provider")
        .into_iter()
        .find(|row| row["id"] == tracker["provider_id"])
        .expect("a provider");
    assert_eq!(provider["type"], "bounty");
    rows("command_config")
        .into_iter()
        .find(|config| config["id"] == tracker["command_config_id"])
        .expect("a config")
}
