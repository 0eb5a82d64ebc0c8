//! What was told to whom: `bounty bridge deliveries`, and sending again what failed.

use std::fs;

use bounty_ledger::domain::bridge::{EventType, NotificationTargetId, NotificationTrackerId};
use bounty_ledger::domain::notifier::{
    Batch, DeliveryEnded, DeliveryId, DeliveryRepeated, DeliveryStarted, NotifierEvent, Status,
    TargetPaused, Telling,
};
use bounty_ledger::domain::{BountyId, ChatId, Position, Seq, Timestamp};
use bounty_ledger::notify::OpenNotifier;
use serde_json::{Value, json as value};

use super::notifications::notified;
use super::{bridge, json};
use crate::library::{disk, layout, send_alone};
use crate::support::Data;

const TRACKER: NotificationTrackerId = NotificationTrackerId(1);
/// 30 December 2024, midnight.
const START: i64 = 1_735_516_800_000;

/// A stream as the program that sends writes it.
struct Told {
    data: Data,
    stream: OpenNotifier,
    at: i64,
}

impl Told {
    /// Delivery 1 arrived, 2 was refused, 3 rests after two attempts, 4 did not end; a day lies between them.
    fn some() -> Self {
        let mut told = Self::none();
        told.start(1, 1);
        told.end(1, 1, Status::Delivered, None);
        told.start(2, 1);
        told.end(2, 1, Status::Refused, Some("no such topic"));
        told.start(3, 2);
        told.end(3, 2, Status::Retrying, Some("the receiver answered 503"));
        told.record(NotifierEvent::DeliveryRepeated(DeliveryRepeated {
            delivery: DeliveryId(3),
            target: NotificationTargetId(2),
            attempt: 2,
        }));
        told.end(3, 2, Status::Retrying, Some("the receiver answered 503"));
        told.start(4, 1);
        told
    }

    fn none() -> Self {
        let data = notified();
        let stream = OpenNotifier::new(disk(), layout(&data), TRACKER);
        Self {
            data,
            stream,
            at: START,
        }
    }

    fn record(&mut self, event: NotifierEvent) {
        let now = Timestamp::from_millis(self.at);
        let recorded = self.stream.record(now, |draft| draft.add(event));
        recorded.expect("recorded");
        self.at += 1_000;
    }

    fn start(&mut self, delivery: u64, target: u64) {
        self.at = START + i64::try_from(delivery).expect("small") * 86_400_000;
        let telling = Telling {
            kind: EventType::Added,
            bounty: BountyId(delivery),
            seqs: vec![Seq(delivery + 1)],
            due: None,
        };
        self.record(NotifierEvent::DeliveryStarted(DeliveryStarted {
            delivery: DeliveryId(delivery),
            target: NotificationTargetId(target),
            kept: false,
            batch: Batch {
                collection: ChatId(-100),
                after: Position::START,
                to: Position::START,
                told: vec![telling],
            },
            key: None,
        }));
    }

    fn end(&mut self, delivery: u64, target: u64, status: Status, reason: Option<&str>) {
        let again = (status == Status::Retrying).then(|| Timestamp::from_millis(self.at + 2_000));
        self.record(NotifierEvent::DeliveryEnded(DeliveryEnded {
            delivery: DeliveryId(delivery),
            target: NotificationTargetId(target),
            status,
            reason: reason.map(str::to_owned),
            again_at: again,
        }));
    }

    fn last_event(&self) -> Value {
        let log = fs::read_to_string(self.data.path().join("notifier-1/events.jsonl"));
        let log = log.expect("a log");
        serde_json::from_str(log.lines().last().expect("a line")).expect("JSON")
    }
}

fn ids(found: &Value) -> Vec<u64> {
    let rows = found.as_array().expect("an array").iter();
    rows.filter_map(|row| row["delivery"].as_u64()).collect()
}

#[test]
fn deliveries_are_listed_with_what_became_of_them() {
    let told = Told::some();
    let table = bridge(&told.data, "deliveries").ok().stdout;
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 4, "{table}");
    assert!(
        lines[0]
            .starts_with("2024-12-31T00:00:00.000Z  1/1  target 1 \"Team\"  chat -100  delivered ")
    );
    assert!(
        lines[1].ends_with("refused    added #2  no such topic"),
        "{table}"
    );
    assert!(
        lines[2].contains("503; again at 2025-01-02T00:00:05.000Z; 2 attempts"),
        "{table}"
    );
    assert!(
        lines[3].contains("unknown ") && lines[3].contains("did not end"),
        "{table}"
    );
    let rows = json(&told.data, "deliveries");
    let expected = value!({
        "notification_tracker_id": 1, "tracker_name": "News", "delivery": 2, "target_id": 1,
        "target_name": "Team", "collection_id": -100,
        "told": [{"kind": "added", "bounty": 2, "seqs": [3]}],
        "status": "refused", "reason": "no such topic", "attempts": 1,
        "started": "2025-01-01T00:00:00.000Z", "ended": "2025-01-01T00:00:01.000Z",
        "again_at": null, "asked_again": false,
    });
    assert_eq!(rows[1], expected);
}

#[test]
fn deliveries_are_chosen_by_notifier_status_and_time_also_of_a_removed_notifier() {
    let told = Told::some();
    bridge(&told.data, "notifier remove 1").ok();
    let chosen = |line: &str| ids(&json(&told.data, line));
    assert_eq!(chosen("deliveries --tracker 1"), [1, 2, 3, 4]);
    assert_eq!(chosen("deliveries --tracker 2"), [0; 0]);
    assert_eq!(chosen("deliveries --status Unknown"), [4]);
    assert_eq!(chosen("deliveries --since 2025-01-02 --notifier 1"), [3, 4]);
    assert_eq!(
        chosen("deliveries --status retrying --since 2025-01-03"),
        [0; 0]
    );
    let rows = json(&told.data, "deliveries");
    assert_eq!(rows[0]["tracker_name"], "News");
    let run = bridge(&told.data, "deliveries --status lost");
    assert_eq!(run.code, Some(2));
    assert!(
        run.stderr
            .contains("delivered, retrying, refused, unreachable, unknown")
    );
}

#[test]
fn what_was_refused_is_sent_again_once_by_the_operator() {
    let told = Told::some();
    let said = bridge(&told.data, "retry 1/2").ok().stdout;
    assert_eq!(said, "To be sent again: 1/2\n");
    let event = told.last_event();
    assert_eq!(
        (&event["type"], &event["data"]["delivery"]),
        (&value!("DeliveryRetryAsked"), &value!(2))
    );
    assert_eq!(
        (&event["actor"]["kind"], &event["cause"]["kind"]),
        (&value!("operator"), &value!("cli"))
    );
    assert_eq!(event["data"]["batch"]["told"][0]["bounty"], 2);
    assert_eq!(json(&told.data, "deliveries")[1]["asked_again"], true);
    told.data.run(&["verify"]).ok();
}

#[test]
fn what_was_being_sent_when_the_program_ended_is_sent_again_by_the_operator() {
    let told = Told::some();
    bridge(&told.data, "retry 1/4").ok();
    let fourth = &json(&told.data, "deliveries")[3];
    assert_eq!(fourth["status"], "unknown");
    assert_eq!(fourth["asked_again"], true);
}

#[test]
fn a_target_that_is_paused_is_tried_again() {
    let mut told = Told::some();
    told.record(NotifierEvent::TargetPaused(TargetPaused {
        target: NotificationTargetId(2),
        reason: "the receiver answered 503".to_owned(),
    }));
    let checked = bridge(&told.data, "check").ok().stdout;
    let expected = "target 2 \"Hook\": paused for notifier 1, it failed too often in a row; `bounty bridge retry 1/3`";
    assert!(
        checked.contains(&told.data.in_commands(expected)),
        "{checked}"
    );
    bridge(&told.data, "retry 1/3").ok();
    let event = told.last_event();
    assert_eq!(
        event["data"]["batch"]["told"],
        value!([]),
        "what rests goes on by itself"
    );
    assert!(!bridge(&told.data, "check").ok().stdout.contains("paused"));
}

#[test]
fn what_cannot_be_sent_again_is_refused_with_the_reason() {
    let told = Told::some();
    let _alone = send_alone(&told.data);
    let refused = |line: &str, reason: &str| {
        let before = told.last_event();
        let run = bridge(&told.data, line);
        assert_eq!(run.code, Some(1), "{line}");
        let reason = told.data.in_commands(reason);
        assert!(run.stderr.contains(&reason), "{line}: {}", run.stderr);
        assert_eq!(told.last_event(), before);
    };
    refused("retry 1/1", "arrived");
    refused("retry 1/3", "by itself");
    refused("retry 1/9", "no delivery 9 of notifier 1");
    refused("retry 7/1", "no delivery 1 of notifier 7");
    bridge(&told.data, "retry 1/2").ok();
    refused("retry 1/2", "was to be sent again before");
    bridge(&told.data, "link disable 1").ok();
    refused("retry 1/2", "does not tell target 1 any more");
    bridge(&told.data, "notifier disable 1").ok();
    refused("retry 1/2", "`bounty bridge notifier enable 1`");
    assert_eq!(bridge(&told.data, "retry 12").code, Some(2));
    assert!(!told.data.path().join("notifier-7").exists());
}

#[test]
fn nothing_told_is_an_empty_list() {
    let told = Told::none();
    assert_eq!(json(&told.data, "deliveries"), value!([]));
    assert!(
        bridge(&told.data, "deliveries")
            .ok()
            .stderr
            .contains("no deliveries")
    );
}
