//! Logs with events of versions before the newest (made up for these tests: none was written yet) are read on every path.

use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::{At, Reader, rebuild};
use crate::bridge::OpenBridge;
use crate::domain::board::{
    BoardEvent, BountyAdded, BountyDeleted, BountyEdited, ChatKind, Command, Query, Tracked,
    Untracked,
};
use crate::domain::bridge::BridgeEvent;
use crate::domain::{
    Actor, BountyId, Cause, ChatId, Cursor, DecodeError, Event, StreamId, Upcaster, UserId,
};
use crate::engine::{Ask, Chat, Engine, Outcome, Request, Settings, Terms};
use crate::store::{Access, Disk, Layout, LocalDisk, read_log};
use crate::text::page_size;

const CHAT: ChatId = ChatId(-7);

/// A data directory with the log of one stream.
struct Old {
    dir: TempDir,
    disk: Arc<dyn Disk>,
    stream: StreamId,
}

impl Old {
    /// A log of events of these types, versions and data.
    fn log(stream: StreamId, events: &[(&str, u32, Value)]) -> Self {
        let old = Self {
            dir: tempfile::tempdir().expect("a directory"),
            disk: Arc::new(LocalDisk::new(Access::Owner)),
            stream,
        };
        let (mut log, mut head) = (String::new(), "0".repeat(64));
        for (seq, (name, version, data)) in (1..).zip(events) {
            let body = format!(
                r#"{{"seq":{seq},"id":"00000000-0000-7000-8000-00000000000{seq}","time":"2024-12-31T00:00:00.000Z","actor":{{"kind":"user","id":456,"name":"Ada"}},"cause":{{"kind":"system"}},"type":"{name}","v":{version},"data":{data}"#
            );
            let digest = Sha256::new()
                .chain_update(&head)
                .chain_update(&body)
                .finalize();
            head = digest.iter().map(|byte| format!("{byte:02x}")).collect();
            log += &format!("{body},\"hash\":\"{head}\"}}\n");
        }
        fs::create_dir_all(old.path().parent().expect("a directory")).expect("made");
        fs::write(old.path(), log).expect("written");
        old
    }

    fn board(events: &[(&str, u32, Value)]) -> Self {
        let opened = (
            "BoardOpened",
            1,
            json!({"chat_id": CHAT, "kind": "group", "title": null}),
        );
        Self::log(CHAT.into(), &[&[opened], events].concat())
    }

    fn layout(&self) -> Layout {
        Layout::new(self.dir.path())
    }

    fn path(&self) -> PathBuf {
        self.layout().stream(self.stream).join(Layout::LOG)
    }

    fn problem(&self) -> Option<String> {
        let layout = self.layout();
        let verdict = Reader::new(&*self.disk, &layout).verify(self.stream, None);
        verdict.problem.map(|problem| problem.to_string())
    }
}

fn old_board() -> Old {
    Old::board(&[
        (
            "BountyNoted",
            1,
            json!({"id": 1, "title": "Noted", "created_at": 5}),
        ),
        (
            "BountyAdded",
            0,
            json!({"id": 2, "title": "Ёж", "link": "https://e.com/2", "created_at": 6}),
        ),
        ("BountyEdited", 1, json!({"id": 1, "text": "Edited"})),
    ])
}

fn ask(engine: &Engine, ask: Ask) -> Outcome {
    let request = Request {
        chat: Chat {
            id: CHAT,
            kind: ChatKind::Group,
            title: None,
        },
        actor: Actor::User {
            id: UserId(456),
            name: "Ada".into(),
        },
        cause: Cause::Shell {
            user: "test".to_owned(),
        },
        at: 1_735_603_200,
        ask,
        terms: Terms::default(),
    };
    engine.ask(request).outcome
}

#[test]
fn old_versions_of_board_events_are_read_on_every_path_and_stay_as_they_are() {
    let old = old_board();
    let (layout, before) = (old.layout(), fs::read(old.path()).expect("a log"));
    let reader = Reader::new(&*old.disk, &layout);
    assert_eq!(old.problem(), None);
    let state = reader
        .state_at(CHAT, At::End)
        .expect("read")
        .expect("a board");
    let texts: Vec<&str> = state
        .board
        .bounties()
        .map(|bounty| bounty.text.as_str())
        .collect();
    assert_eq!(texts, ["Edited", "Ёж"]);
    let mut names = Vec::new();
    read_log(
        &*old.disk,
        &old.path(),
        std::time::Duration::ZERO,
        &mut |line: crate::store::Line<'_, BoardEvent>| {
            names.push(line.record.event.name());
            ControlFlow::Continue(())
        },
    )
    .expect("read");
    assert_eq!(
        names,
        ["BoardOpened", "BountyAdded", "BountyAdded", "BountyEdited"]
    );
    let rebuilt = rebuild(&old.disk, &layout, CHAT)
        .expect("replayed")
        .expect("a log");
    assert_eq!(rebuilt.end.seq.0, 4);
    let snapshot = fs::read(layout.chat(CHAT).join("group.json")).expect("a snapshot");
    let snapshot: Value = serde_json::from_slice(&snapshot).expect("JSON");
    assert_eq!(snapshot["bounties"][1]["link"], "https://e.com/2");
    // The engine loads it, answers from it and goes on.
    let settings = Settings::new(chrono_tz::UTC, page_size(20));
    let engine = Engine::open(Arc::clone(&old.disk), layout.clone(), settings).expect("an engine");
    let Outcome::Answer(_) = ask(
        &engine,
        Ask::Command(Command::Query(Query::List { page: 1 })),
    ) else {
        panic!("no list");
    };
    engine.close();
    assert_eq!(fs::read(old.path()).expect("a log"), before);
}

#[test]
fn old_versions_of_bridge_events_are_read_by_whoever_follows_the_bridge() {
    let old = Old::log(
        StreamId::Bridge,
        &[
            ("BridgeOpened", 1, json!({})),
            (
                "CommandTrackerAdded",
                0,
                json!({"id": 1, "user_id": 0, "provider_id": 1, "config_id": 3, "name": "Old", "icon": "", "enabled": true, "created_at": 5}),
            ),
        ],
    );
    assert_eq!(old.problem(), None);
    let mut bridge = OpenBridge::new(Arc::clone(&old.disk), old.layout());
    assert!(bridge.refresh().expect("read"));
    let tracker = bridge.state().trackers.iter().next().expect("a tracker");
    assert_eq!(tracker.command_config_id.0, 3);
    rebuild(&old.disk, &old.layout(), StreamId::Bridge).expect("replayed");
}

#[test]
fn what_no_program_wrote_in_an_old_version_and_what_a_newer_one_writes_stop_the_stream() {
    let broken = Old::board(&[("BountyAdded", 0, json!({"id": 1, "created_at": 5}))]);
    let problem = broken.problem().expect("a problem");
    assert!(
        problem.contains("BountyAdded version 0") && problem.contains("it has no title"),
        "{problem}"
    );
    let newer = Old::board(&[("BountyAdded", 2, json!({"id": 1}))]);
    let problem = newer.problem().expect("a problem");
    assert!(
        problem.contains("BountyAdded version 2 is unknown"),
        "{problem}"
    );
}

/// Each older version leads to a version that is written today.
fn assert_complete<E: Event>() {
    let raw = serde_json::value::RawValue::from_string("{}".to_owned()).expect("JSON");
    let is_unknown = |(name, version): (&str, u32)| {
        matches!(
            E::decode(name, version, &raw),
            Err(DecodeError::Unknown { .. })
        )
    };
    for Upcaster { from, to, .. } in E::UPCASTERS {
        assert!(is_unknown(*from), "{from:?} is written today");
        let goes_on = E::UPCASTERS.iter().any(|next| next.from == *to);
        assert!(goes_on || !is_unknown(*to), "{from:?} leads nowhere");
    }
}

#[test]
fn every_older_version_leads_to_one_that_is_written_today() {
    assert_complete::<BoardEvent>();
    assert_complete::<BridgeEvent>();
}

/// The fast way of reading a line asks no upcaster.
#[test]
fn what_is_read_without_upcasters_is_in_its_newest_version() {
    let id = BountyId(1);
    let added = BountyAdded {
        id,
        text: "Tea".into(),
        link: None,
        due_date_ts: Some(9),
        created_at: 5,
    };
    let edited = BountyEdited {
        id,
        text: Some("Tea".into()),
        link: Some(None),
        due_date_ts: None,
    };
    for event in [
        BoardEvent::BountyAdded(added),
        BoardEvent::BountyEdited(edited),
        BoardEvent::BountyDeleted(BountyDeleted { id }),
        BoardEvent::Tracked(Tracked { id }),
        BoardEvent::Untracked(Untracked { id }),
    ] {
        let (name, newest) = (event.name(), event.version());
        let data = serde_json::to_string(&event.data()).expect("JSON");
        let read = |version: u32| {
            let line = format!("{name}\",\"v\":{version},\"data\":{data}");
            BoardEvent::decode_canonical(&mut Cursor::new(&line))
        };
        assert_eq!(
            read(newest),
            Some(event),
            "domain/board/canonical.rs does not know {name} version {newest}"
        );
        for older in 0..newest {
            assert_eq!(read(older), None, "{name} version {older} is not upcast");
        }
    }
}
