//! The events of the boards' logs, each known by the hash of its line: whatever becomes of a log, an event stays what it is.

use bounty_ledger::domain::BountyId;
use bounty_ledger::domain::bridge::EventType;
use serde_json::Value;

/// The hash of a line.
pub type Hash = String;

/// What a line of a log says.
#[derive(Clone, Debug)]
pub struct Event {
    pub seq: u64,
    pub before: Hash,
    /// None for what is told to nobody.
    pub kind: Option<EventType>,
    pub bounty: Option<BountyId>,
    pub user: i64,
    pub text: Option<String>,
    /// The due date that it sets or clears.
    pub due: Option<Option<i64>>,
    /// When it was recorded, in seconds.
    pub time: i64,
}

/// The events of a log, each with its hash.
pub fn events(log: &[u8]) -> Vec<(Hash, Event)> {
    let text = std::str::from_utf8(log).expect("UTF-8");
    let mut before = "0".repeat(64);
    let lines = text.lines().map(|line| {
        let line: Value = serde_json::from_str(line).expect("JSON");
        let hash = line["hash"].as_str().expect("a hash").to_owned();
        let before = std::mem::replace(&mut before, hash.clone());
        (hash, event(&line, before))
    });
    lines.collect()
}

fn event(line: &Value, before: Hash) -> Event {
    let data = &line["data"];
    let is_copy = line["cause"]["kind"] == "import";
    let kind = match line["type"].as_str().expect("a type") {
        _ if is_copy => None,
        "BountyAdded" => Some(EventType::Added),
        "BountyEdited" => Some(EventType::Edited),
        "BountyDeleted" => Some(EventType::Deleted),
        "Tracked" => Some(EventType::Tracked),
        "Untracked" => Some(EventType::Untracked),
        _ => None,
    };
    let time = chrono::DateTime::parse_from_rfc3339(line["time"].as_str().expect("a time"));
    Event {
        seq: line["seq"].as_u64().expect("a number"),
        before,
        kind,
        bounty: data["id"].as_u64().map(BountyId),
        user: line["actor"]["id"].as_i64().unwrap_or(0),
        text: data["text"].as_str().map(str::to_owned),
        due: data.get("due_date_ts").map(Value::as_i64),
        time: time.expect("a time").timestamp(),
    }
}
