//! A group that becomes a supergroup keeps its board, its history and its ids.

use std::fs;

use serde_json::{Value, json};

use crate::support::{DATE, Data, in_group};

const OLD: i64 = -555;
const NEW: i64 = -100_555;

fn in_old_group(update: i64, user: i64, text: &str) -> Value {
    let mut update = in_group(update, OLD, user, text);
    update["message"]["chat"]["type"] = json!("group");
    update
}

fn migration(update: i64, chat: i64, field: &str, other: i64) -> Value {
    let kind = if chat == OLD { "group" } else { "supergroup" };
    json!({"update_id": update, "message": {
        "message_id": update, "date": DATE, "chat": {"id": chat, "type": kind, "title": "G"},
        "from": {"id": 1, "is_bot": false, "first_name": "User 1"}, field: other,
    }})
}

fn told_in_old(update: i64) -> Value {
    migration(update, OLD, "migrate_to_chat_id", NEW)
}

fn told_in_new(update: i64) -> Value {
    migration(update, NEW, "migrate_from_chat_id", OLD)
}

fn assert_sound(data: &Data) {
    data.run(&["verify"]).ok();
    let check = data.run(&["replay", "--check"]).ok();
    assert!(
        check.stdout.contains("0 problems, 0 files behind"),
        "{}",
        check.stdout
    );
}

#[test]
fn the_board_goes_on_under_the_new_id_told_in_any_order_and_twice() {
    for told in [
        vec![told_in_old(10), told_in_new(11)],
        vec![told_in_new(10), told_in_old(11), told_in_new(12)],
        vec![told_in_new(10)],
    ] {
        let data = Data::new();
        data.feed(&[
            in_old_group(1, 1, "/add first"),
            in_old_group(2, 2, "/track 1"),
        ])
        .ok();
        data.feed(&told).ok();
        let answers = data
            .feed(&[
                in_old_group(20, 1, "/add late"),
                in_group(21, NEW, 1, "/add second"),
            ])
            .ok();
        assert!(
            answers.calls().iter().all(|call| call["chat_id"] == NEW),
            "{answers:?}"
        );

        assert!(!data.chat(OLD).exists());
        let moved =
            fs::read_to_string(data.path().join("moved").join(OLD.to_string())).expect("the note");
        assert_eq!(moved.trim(), NEW.to_string());
        let group = data.json(NEW, "group.json");
        assert_eq!(
            (&group["group_id"], &group["next_id"]),
            (&json!(NEW), &json!(4))
        );
        let types: Vec<_> = data
            .events(NEW)
            .iter()
            .map(|event| event["type"].clone())
            .collect();
        assert_eq!(
            types,
            [
                "BoardOpened",
                "BountyAdded",
                "Tracked",
                "ChatMigrated",
                "BountyAdded",
                "BountyAdded"
            ]
        );
        assert_eq!(data.json(NEW, "2.json")["tracked"], json!([1]));
        let shown = data.run(&["show", "-555"]).ok();
        assert!(
            shown.stdout.starts_with("chat -100555, seq 6"),
            "{}",
            shown.stdout
        );
        assert_sound(&data);
    }
}

#[test]
fn two_boards_become_one_and_the_group_is_told() {
    let data = Data::new();
    data.feed(&[
        in_old_group(1, 1, "/add old one"),
        in_group(2, NEW, 2, "/add new one https://e.com/1 2031-01-31"),
        in_group(3, NEW, 2, "/add gone"),
        in_group(4, NEW, 2, "/delete 2"),
        in_group(5, NEW, 3, "/track 1"),
    ])
    .ok();
    let answer = data.feed(&[told_in_old(10)]).ok();
    assert_eq!(answer.texts().len(), 1);
    assert!(
        answer.texts()[0].contains("1 bounty") || answer.texts()[0].contains("Its"),
        "{answer:?}"
    );
    assert_eq!(answer.calls()[0]["chat_id"], NEW);

    let group = data.json(NEW, "group.json");
    let bounties = group["bounties"].as_array().expect("bounties");
    assert_eq!(bounties.len(), 2);
    assert_eq!(bounties[1]["text"], "new one");
    assert_eq!(
        (&bounties[1]["id"], &bounties[1]["created_by_user_id"]),
        (&json!(2), &json!(2))
    );
    assert_eq!(data.json(NEW, "3.json")["tracked"], json!([2]));
    assert!(data.chat(NEW).join("events.jsonl.merged-5").exists());
    let events = data.events(NEW);
    let carried = events
        .iter()
        .find(|event| event["data"]["text"] == "new one")
        .expect("carried over");
    assert_eq!(carried["cause"]["kind"], "import");
    assert_eq!(carried["cause"]["file"], "events.jsonl.merged-5");
    assert_eq!(carried["actor"]["id"], 2);
    assert_eq!(
        carried["id"].as_str().map(|id| &id[14..15]),
        Some("5"),
        "a UUID of version 5"
    );
    assert_sound(&data);

    // What was already done on the merged board is not done again.
    let before = data.log_bytes(NEW);
    data.feed(&[
        in_group(2, NEW, 2, "/add new one https://e.com/1 2031-01-31"),
        told_in_new(11),
    ])
    .ok();
    assert_eq!(data.log_bytes(NEW), before);
}

#[test]
fn the_log_of_every_board_that_was_merged_is_kept_and_its_updates_are_known() {
    const NEXT: i64 = -100_666;
    let data = Data::new();
    let first = in_group(2, NEW, 2, "/add first");
    let second = in_group(3, NEXT, 2, "/add second");
    data.feed(&[in_old_group(1, 1, "/add old"), first.clone()])
        .ok();
    data.feed(&[told_in_old(10), second.clone()]).ok();
    data.feed(&[migration(11, NEW, "migrate_to_chat_id", NEXT)])
        .ok();
    let names = fs::read_dir(data.chat(NEXT))
        .expect("a directory")
        .flatten();
    let merged = names.filter(|file| file.file_name().to_string_lossy().contains(".merged-2"));
    assert_eq!(merged.count(), 2);
    let before = data.log_bytes(NEXT);
    data.feed(&[first, second]).ok();
    assert_eq!(data.log_bytes(NEXT), before);
    assert_sound(&data);
}

#[test]
fn what_two_groups_kept_under_one_name_is_kept_when_they_become_one() {
    const OTHER: i64 = -556;
    const NEXT: i64 = -100_666;
    let data = Data::new();
    data.feed(&[
        in_old_group(1, 1, "/add old"),
        in_group(2, NEW, 2, "/add first"),
    ])
    .ok();
    data.feed(&[
        in_group(3, OTHER, 1, "/add other"),
        in_group(4, NEXT, 2, "/add second"),
    ])
    .ok();
    data.feed(&[
        told_in_old(10),
        migration(11, OTHER, "migrate_to_chat_id", NEXT),
    ])
    .ok();
    data.feed(&[migration(12, NEW, "migrate_to_chat_id", NEXT)])
        .ok();
    let names = fs::read_dir(data.chat(NEXT))
        .expect("a directory")
        .flatten();
    let merged = names.filter(|file| file.file_name().to_string_lossy().contains(".merged-"));
    assert_eq!(merged.count(), 3);
    assert_sound(&data);
}

#[test]
fn a_migration_interrupted_after_any_step_is_finished_by_the_next_start() {
    for step in 0..3 {
        let data = Data::new();
        data.feed(&[
            in_old_group(1, 1, "/add first"),
            in_old_group(2, 2, "/track 1"),
        ])
        .ok();
        let before = data.log_bytes(OLD);
        if step > 0 {
            data.feed(&[told_in_old(10)]).ok();
        }
        let moved = data.path().join("moved");
        match step {
            // Only the note was written.
            0 => {
                fs::create_dir_all(&moved).expect("made");
                fs::write(moved.join(OLD.to_string()), NEW.to_string()).expect("written");
            }
            // The event was written, the directory has its old name.
            1 => fs::rename(data.chat(NEW), data.chat(OLD)).expect("renamed"),
            _ => {}
        }
        data.feed(&[in_group(20, NEW, 1, "/add second")]).ok();
        assert!(!data.chat(OLD).exists(), "step {step}");
        assert!(data.log_bytes(NEW).starts_with(&before), "step {step}");
        let events = data.events(NEW);
        let migrations = events
            .iter()
            .filter(|event| event["type"] == "ChatMigrated")
            .count();
        assert_eq!((events.len(), migrations), (5, 1), "step {step}");
        assert_sound(&data);
    }
}

#[test]
fn a_migration_of_a_group_whose_log_is_damaged_is_remembered_until_it_is_repaired() {
    let data = Data::new();
    data.feed(&[in_old_group(1, 1, "/add first")]).ok();
    let whole = fs::read_to_string(data.log(OLD)).expect("a log");
    fs::write(data.log(OLD), whole.replace("first", "worst")).expect("written");
    assert_eq!(data.feed(&[told_in_old(2)]).code, Some(1));
    fs::write(data.log(OLD), whole).expect("written");
    let answers = data.feed(&[in_group(3, NEW, 1, "/bounty")]).ok().stdout;
    assert!(answers.contains("first"), "{answers}");
    assert!(!data.log(OLD).exists());
    assert_sound(&data);
}

#[test]
fn a_migration_of_a_group_without_a_board_is_remembered() {
    let data = Data::new();
    data.feed(&[told_in_new(10), in_old_group(11, 1, "/add late")])
        .ok();
    assert!(!data.chat(OLD).exists());
    assert_eq!(data.json(NEW, "group.json")["bounties"][0]["text"], "late");
    assert_sound(&data);
}

#[test]
fn a_log_that_never_got_an_event_stands_in_no_ones_way() {
    let data = Data::new();
    data.feed(&[in_old_group(1, 1, "/add first")]).ok();
    // So the first write of a board leaves it when the disk is full.
    fs::create_dir(data.chat(NEW)).expect("made");
    fs::write(data.log(NEW), "").expect("written");
    data.feed(&[told_in_new(10)]).ok();
    data.feed(&[in_group(11, NEW, 1, "/add second")]).ok();
    assert!(!data.chat(OLD).exists());
    assert_eq!(data.events(NEW).len(), 4);
    assert_sound(&data);
}

#[test]
fn a_note_of_a_new_id_that_leads_nowhere_is_named_with_the_next_step() {
    let data = Data::new();
    data.feed(&[
        in_old_group(1, 1, "/add One"),
        told_in_old(10),
        in_group(11, 7, 1, "/add Two"),
    ]);
    let note = data.path().join("moved").join(OLD.to_string());
    let good = fs::read(&note).expect("a note");
    let backup = |name: &str| data.path().with_file_name(name).display().to_string();
    for (bad, words) in [
        ("", "one chat id"),
        ("x", "one chat id"),
        ("-555", "in a circle"),
        ("-7", "in a circle"),
    ] {
        fs::write(&note, bad).expect("written");
        fs::write(note.with_file_name("-7"), "-555").expect("written");
        let dest = backup(&format!("backup{bad}"));
        for args in [
            &["verify"][..],
            &["verify", "--format", "json"],
            &["backup", &dest],
        ] {
            let run = data.run(args);
            assert_eq!(run.code, Some(1), "{args:?}: {}", run.stdout);
            for words in [&note.display().to_string(), words, "ChatMigrated"] {
                assert!(
                    run.stdout.contains(words),
                    "{args:?}: {words} in {}",
                    run.stdout
                );
            }
            assert!(
                run.stdout.contains("-100555"),
                "the board is told: {}",
                run.stdout
            );
        }
        fs::remove_file(note.with_file_name("-7")).expect("removed");
        fs::write(&note, &good).expect("written");
        data.run(&["backup", "--update", &dest]).ok();
        data.run(&["verify"]).ok();
        fs::remove_dir_all(dest).expect("removed");
    }
    fs::write(&note, "x").expect("written");
    let run = data.run(&["show", "-555"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("ChatMigrated"), "{}", run.stderr);
}

#[test]
fn a_note_of_a_new_id_that_is_gone_or_leads_elsewhere_is_named_with_what_to_write() {
    let data = Data::new();
    data.feed(&[in_old_group(1, 1, "/add One"), told_in_old(10)])
        .ok();
    data.run(&["verify"]).ok();
    let note = data.path().join("moved").join(OLD.to_string());
    for content in [None, Some("-777")] {
        match content {
            None => fs::remove_file(&note).expect("removed"),
            Some(content) => fs::write(&note, content).expect("written"),
        }
        let run = data.run(&["verify"]);
        assert_eq!(run.code, Some(1), "{}", run.stdout);
        let advice = format!("write {NEW} into it");
        for words in [&note.display().to_string(), &advice] {
            assert!(run.stdout.contains(words), "{words} in {}", run.stdout);
        }
    }
    // What was advised.
    fs::write(&note, NEW.to_string()).expect("written");
    data.run(&["verify"]).ok();
    data.feed(&[in_old_group(11, 1, "/add Two")]).ok();
    assert_eq!(data.json(NEW, "group.json")["bounties"][1]["text"], "Two");
}
