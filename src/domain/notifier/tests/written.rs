//! Each event's `data` as it stands in logs: these lines must be read for ever.

use serde_json::value::RawValue;

use crate::domain::Event;
use crate::domain::notifier::NotifierEvent;

const ZERO: &str = r#"{"offset":0,"seq":0,"head":"0000000000000000000000000000000000000000000000000000000000000000"}"#;
const PLACE: &str = r#"{"offset":912,"seq":2,"head":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}"#;
const KEY: &str = "019ca8d7-57f8-7000-8000-00000000000c";

fn lines() -> Vec<(&'static str, String)> {
    let batch = format!(
        r#"{{"collection":-100,"after":{ZERO},"to":{PLACE},"told":[{{"kind":"added","bounty":1,"seqs":[2]}},{{"kind":"due_soon","bounty":1,"due":5}}]}}"#
    );
    vec![
        ("NotifierOpened", r#"{"tracker_id":3}"#.to_owned()),
        ("RemindersSet", r#"{"due_soon":3600,"overdue":true}"#.to_owned()),
        (
            "BaselineSet",
            format!(
                r#"{{"covers_all":true,"collections":[{{"collection":-100,"at":{PLACE},"dues":[{{"bounty":1,"due":5}}]}},{{"collection":7,"at":{ZERO},"dues":null}}]}}"#
            ),
        ),
        ("CollectionsLeft", r#"{"covers_all":false,"collections":[-100]}"#.to_owned()),
        ("FollowingStopped", "{}".to_owned()),
        (
            "Advanced",
            format!(
                r#"{{"collection":-100,"to":{PLACE},"waiting":[1,2],"dues":[{{"bounty":1,"due":null,"since":4}}],"gone":[2]}}"#
            ),
        ),
        (
            "Advanced",
            format!(r#"{{"collection":-100,"to":{PLACE},"waiting":[]}}"#),
        ),
        (
            "BoardReplaced",
            format!(r#"{{"collection":-100,"was":{PLACE},"at":{ZERO},"dues":null}}"#),
        ),
        ("CollectionMoved", r#"{"from":-100,"to":-200}"#.to_owned()),
        (
            "ReminderMade",
            r#"{"collection":-100,"bounty":1,"due":5,"kind":"overdue","waiting":[1]}"#.to_owned(),
        ),
        ("Gathered", format!(r#"{{"target":1,"batch":{batch}}}"#)),
        (
            "DeliveryStarted",
            format!(r#"{{"delivery":1,"target":1,"kept":false,"batch":{batch}}}"#),
        ),
        (
            "DeliveryStarted",
            format!(r#"{{"delivery":2,"target":1,"kept":true,"batch":{batch},"key":"{KEY}"}}"#),
        ),
        (
            "DeliveryRepeated",
            r#"{"delivery":1,"target":1,"attempt":2}"#.to_owned(),
        ),
        (
            "DeliveryEnded",
            r#"{"delivery":1,"target":1,"status":"retrying","reason":"no answer","again_at":"2026-06-01T18:00:00.000Z"}"#.to_owned(),
        ),
        (
            "DeliveryEnded",
            r#"{"delivery":1,"target":1,"status":"delivered","reason":null,"again_at":null}"#.to_owned(),
        ),
        (
            "TargetUnreachable",
            r#"{"target":1,"reason":"blocked"}"#.to_owned(),
        ),
        ("TargetPaused", r#"{"target":1,"reason":"no answer"}"#.to_owned()),
        ("TargetFreed", r#"{"target":1}"#.to_owned()),
        ("TargetsLeft", r#"{"targets":[1]}"#.to_owned()),
        (
            "ForwardingTold",
            r#"{"collection":-100,"targets":[{"target":1,"name":"Team","to":{"chat":-200}}]}"#.to_owned(),
        ),
        (
            "DeliveryRetryAsked",
            format!(r#"{{"delivery":1,"target":1,"batch":{batch}}}"#),
        ),
        (
            "DeliveryRetryAsked",
            format!(r#"{{"delivery":1,"target":1,"batch":{batch},"key":"{KEY}"}}"#),
        ),
        (
            "OldStateKept",
            r#"{"collection_id":"album-1","state":{"asset_ids":["a","b"],"position":0.1}}"#.to_owned(),
        ),
        (
            "OldEventKept",
            r#"{"event_type":"assets_added","collection_id":null,"status":"sent","details":{"count":3},"other":{"tracker_name":"Albums"}}"#.to_owned(),
        ),
    ]
}

#[test]
fn every_event_is_read_and_written_as_the_format_says() {
    for (name, data) in lines() {
        let raw = RawValue::from_string(data.clone()).expect("JSON");
        let event = NotifierEvent::decode(name, 1, &raw).expect("an event of version 1");
        assert_eq!(event.name(), name);
        assert_eq!(serde_json::to_string(&event.data()).expect("JSON"), data);
    }
    for name in NotifierEvent::NAMES {
        assert!(
            lines().iter().any(|(line, _)| line == name),
            "{name} has no line"
        );
    }
}
