//! `bounty audit --summary`: counts, against a count of the logs made here.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Value, json};

use crate::support::{Data, in_dm, in_group};

const COUNTS: [&str; 5] = ["events", "added", "edited", "deleted", "tracked"];

/// Three users in three chats, an operator, and a user who changes name.
fn some() -> Data {
    let data = Data::new();
    let mut renamed = in_group(9, -200, 2, "/track 1");
    renamed["message"]["from"]["first_name"] = json!("=2+2\u{202e}");
    data.feed(&[
        in_group(1, -100, 1, "/add One"),
        in_group(2, -100, 1, "/add Two"),
        in_group(3, -100, 1, "/edit 1 Uno"),
        in_group(4, -100, 1, "/delete 2"),
        in_group(5, -100, 2, "/track 1"),
        in_group(6, -100, 2, "/untrack 1"),
        in_dm(7, 3, "/add Mine"),
        in_group(8, -200, 1, "/add Three"),
    ])
    .ok();
    data.feed(&[renamed]).ok();
    data.shell(&["--chat", "-200", "--operator"], "/edit 1 Drei\n")
        .ok();
    data
}

fn events(data: &Data) -> Vec<(i64, Value)> {
    let of = |chat| {
        data.events(chat)
            .into_iter()
            .map(move |event| (chat, event))
    };
    [-200, -100, 3].into_iter().flat_map(of).collect()
}

fn counts<'e>(events: impl Iterator<Item = &'e Value>) -> [u64; 5] {
    let mut counts = [0; 5];
    for event in events {
        counts[0] += 1;
        let column = match event["type"].as_str().expect("a type") {
            "BountyAdded" => 1,
            "BountyEdited" => 2,
            "BountyDeleted" => 3,
            "Tracked" => 4,
            _ => continue,
        };
        counts[column] += 1;
    }
    counts
}

fn rows(data: &Data, args: &[&str]) -> Vec<Value> {
    let run = data
        .run(&[&["audit", "--format", "json"], args].concat())
        .ok();
    serde_json::from_str(&run.stdout).expect("an array")
}

fn counted(row: &Value) -> [u64; 5] {
    COUNTS.map(|name| row[name].as_u64().expect("a number"))
}

/// What the logs give, grouped by the value of `key`.
fn by<K: Ord>(data: &Data, key: impl Fn(i64, &Value) -> K) -> BTreeMap<K, [u64; 5]> {
    let mut groups: BTreeMap<K, Vec<Value>> = BTreeMap::new();
    for (chat, event) in events(data) {
        groups.entry(key(chat, &event)).or_default().push(event);
    }
    groups
        .into_iter()
        .map(|(key, events)| (key, counts(events.iter())))
        .collect()
}

#[test]
fn every_grouping_counts_what_the_logs_have() {
    let data = some();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    type Key = fn(i64, &Value) -> String;
    let groupings: [(&str, Key); 5] = [
        ("chat", |chat, _| chat.to_string()),
        ("type", |_, event| {
            event["type"].as_str().expect("a type").to_owned()
        }),
        ("user", |_, event| event["actor"]["id"].to_string()),
        ("day", |_, event| {
            event["time"].as_str().expect("a time")[..10].to_owned()
        }),
        ("month", |_, event| {
            event["time"].as_str().expect("a time")[..7].to_owned()
        }),
    ];
    for (name, key) in groupings {
        let mut found: BTreeMap<String, [u64; 5]> = BTreeMap::new();
        for row in rows(&data, &["--summary", name]) {
            let key = text(&row[name]).unwrap_or_else(|| row[name].to_string());
            let sum = found.entry(key).or_default();
            // An operator and the program itself have no id: two rows.
            for (sum, count) in sum.iter_mut().zip(counted(&row)) {
                *sum += count;
            }
        }
        assert_eq!(found, by(&data, key), "{name}");
    }
}

#[test]
fn users_come_by_count_and_have_their_latest_name() {
    let data = some();
    let rows = rows(&data, &["--summary", "user"]);
    let who: Vec<_> = rows
        .iter()
        .map(|row| (row["user"].as_i64(), row["name"].as_str().expect("a name")))
        .collect();
    let operator = rows.iter().find(|row| {
        row["name"]
            .as_str()
            .is_some_and(|name| name.starts_with("operator "))
    });
    assert_eq!(operator.expect("a row")["edited"], 1);
    assert_eq!(who[0], (Some(1), "User 1"));
    assert!(who.contains(&(Some(2), "=2+2\u{202e}")), "{who:?}");
    assert!(who.contains(&(None, "system")), "{who:?}");
    let events: Vec<_> = rows.iter().map(|row| row["events"].as_u64()).collect();
    assert!(events.is_sorted_by(|one, next| one >= next), "{events:?}");
}

#[test]
fn several_groups_nest_in_the_order_given() {
    let data = some();
    let by_chat = rows(&data, &["--summary", "chat", "--summary", "type"]);
    let keys = |rows: &[Value], name: &str| -> Vec<Value> {
        let mut keys: Vec<Value> = rows.iter().map(|row| row[name].clone()).collect();
        keys.dedup();
        keys
    };
    assert_eq!(keys(&by_chat, "chat"), [json!(-100), json!(-200), json!(3)]);
    let expected = by(&data, |chat, event| (chat, event["type"].to_string()));
    assert_eq!(by_chat.len(), expected.len());
    for row in &by_chat {
        let key = (
            row["chat"].as_i64().expect("an id"),
            row["type"].to_string(),
        );
        assert_eq!(counted(row), expected[&key]);
    }
    let by_type = rows(&data, &["--summary", "type", "--summary", "chat"]);
    assert_eq!(keys(&by_type, "type")[0], "BountyAdded");
    let months = rows(&data, &["--summary", "month", "--summary", "user"]);
    assert_eq!(keys(&months, "month").len(), 1);
}

#[test]
fn days_and_months_come_in_order_and_are_those_of_utc() {
    let golden = Data::new();
    golden
        .feed(&[
            in_group(1, -100, 1, "/add One"),
            in_group(2, -100, 1, "/add Two"),
        ])
        .ok();
    let days = rows(&golden, &["--summary", "day", "--tz", "Pacific/Kiritimati"]);
    let expected = by_days(&golden);
    assert_eq!(days.len(), expected.len());
    for (row, (day, counts)) in days.iter().zip(expected) {
        assert_eq!(
            (row["day"].as_str(), counted(row)),
            (Some(day.as_str()), counts)
        );
    }
}

fn by_days(data: &Data) -> BTreeMap<String, [u64; 5]> {
    let mut days: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for event in data.events(-100) {
        let day = event["time"].as_str().expect("a time")[..10].to_owned();
        days.entry(day).or_default().push(event);
    }
    days.into_iter()
        .map(|(day, events)| (day, counts(events.iter())))
        .collect()
}

#[test]
fn all_filters_of_audit_hold() {
    let data = some();
    let total = |args: &[&str]| -> u64 {
        let args = [&["--summary", "type"], args].concat();
        rows(&data, &args)
            .iter()
            .map(|row| row["events"].as_u64().expect("a number"))
            .sum()
    };
    let listed = |args: &[&str]| -> u64 {
        let run = data.run(&[&["audit"], args].concat()).ok();
        run.stdout.lines().count() as u64
    };
    let time = data.events(-100)[3]["time"]
        .as_str()
        .expect("a time")
        .to_owned();
    let filters: [&[&str]; 9] = [
        &[],
        &["--chat", "-100"],
        &["--chat", "-100", "--chat", "3"],
        &["--bounty", "1"],
        &["--user", "2"],
        &["--type", "BountyAdded"],
        &["--since", &time],
        &["--until", &time],
        &["--since", "2999-01-01"],
    ];
    for filter in filters {
        assert_eq!(total(filter), listed(filter), "{filter:?}");
    }
    assert_eq!(
        total(&["--chat", "-100", "--chat", "-100"]),
        listed(&["--chat", "-100"])
    );
    let unknown = data.run(&["audit", "--summary", "type", "--type", "Nothing"]);
    assert_eq!(unknown.code, Some(2));
    assert_eq!(data.run(&["audit", "--summary", "year"]).code, Some(2));
    let missing = data.run(&["audit", "--summary", "type", "--chat", "-9"]);
    assert_eq!(missing.code, Some(1));
    assert!(
        missing.stderr.contains("-9 has no log"),
        "{}",
        missing.stderr
    );
}

#[test]
fn names_are_escaped_in_each_format_and_in_csv_never_a_formula() {
    let data = some();
    let run = |format: &str| {
        let args = ["audit", "--summary", "user", "--format", format];
        data.run(&args).ok().stdout
    };
    let csv = run("csv");
    assert!(
        csv.starts_with("user,name,events,added,edited,deleted,tracked\n"),
        "{csv}"
    );
    assert!(csv.contains("\n2,'=2+2\\u{202e},3,0,0,0,2\n"), "{csv}");
    let table = run("table");
    assert!(table.contains("=2+2\\u{202e}"), "{table}");
    let widths: Vec<usize> = table.lines().map(|line| line.chars().count()).collect();
    assert!(widths.windows(2).all(|pair| pair[0] == pair[1]), "{table}");
    let json = run("json");
    assert!(json.contains("=2+2\\u202e"), "{json}");
}

#[test]
fn the_output_is_the_same_each_time_and_a_damaged_log_is_named() {
    let data = some();
    let run = |data: &Data| data.run(&["audit", "--summary", "user", "--summary", "chat"]);
    let first = run(&data).ok().stdout;
    for _ in 0..5 {
        assert_eq!(run(&data).ok().stdout, first);
    }
    let mut log = data.log_bytes(-100);
    log[40] ^= 1;
    fs::write(data.log(-100), log).expect("written");
    let damaged = run(&data);
    assert_eq!(damaged.code, Some(1));
    assert!(
        damaged.stderr.contains("damaged at line 1"),
        "{}",
        damaged.stderr
    );
    assert!(damaged.stdout.contains("User 1"), "{}", damaged.stdout);
}
