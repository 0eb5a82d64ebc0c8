//! What an older program left changes nothing here.

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::domain::bridge::NotificationTrackerId;
use crate::domain::notifier::{
    Notifier, NotifierEvent, NotifierOpened, OldEventKept, OldStateKept,
};
use crate::domain::{Actor, Cause, Recorded, Seq, Timestamp};

fn record(seq: u64, id: u128, cause: Cause, event: NotifierEvent) -> Recorded<NotifierEvent> {
    Recorded {
        seq: Seq(seq),
        id: Uuid::from_u128(id),
        time: Timestamp::from_millis(0),
        actor: Actor::System {},
        cause,
        event,
    }
}

fn imported() -> Cause {
    Cause::Import {
        source: "old.db".to_owned(),
        file: "old.db".to_owned(),
        key: "event_log 1".to_owned(),
    }
}

fn opened() -> NotifierEvent {
    NotifierEvent::NotifierOpened(NotifierOpened {
        tracker_id: NotificationTrackerId(1),
    })
}

fn state() -> NotifierEvent {
    NotifierEvent::OldStateKept(OldStateKept {
        collection_id: Some("album-1".to_owned()),
        state: Map::new(),
    })
}

fn entry() -> NotifierEvent {
    NotifierEvent::OldEventKept(OldEventKept {
        event_type: Some("assets_added".to_owned()),
        collection_id: None,
        status: None,
        details: Value::Null,
        other: Map::new(),
    })
}

fn evolved(records: impl IntoIterator<Item = Recorded<NotifierEvent>>) -> Notifier {
    let mut state = Notifier::default();
    for record in records {
        state.evolve(&record);
    }
    state
}

#[test]
fn a_state_knows_nothing_of_it_but_that_it_was_there() {
    let opened = record(1, 1, imported(), opened());
    let kept = (2..10_000).map(|seq| {
        let event = if seq % 2 == 0 { entry() } else { state() };
        record(seq, u128::from(seq), imported(), event)
    });
    let kept = evolved(std::iter::once(opened.clone()).chain(kept));
    let mut expected = evolved([opened]);
    expected.seq = Seq(9_999);
    assert_eq!(kept, expected);
    assert!(!kept.is_following());
}
