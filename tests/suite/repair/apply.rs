//! Each kind of damage, repaired.

use std::fs;

use serde_json::json;

use super::{
    CHAT, NAME, apply, assert_repaired, board, change_line, keep_lines, recorded, report, set_aside,
};
use crate::library::{files, head, lines, sha256};
use crate::support::{Data, in_dm, in_group};

/// Everything from the first invalid line on is in a file of its own, byte for byte; what stands before is as it was.
#[track_caller]
fn cut_at(data: &Data, kept: usize, next_id: u64) {
    let log = data.log_bytes(CHAT);
    let (group, offset) = (
        fs::read(data.chat(CHAT).join("group.json")).expect("a snapshot"),
        { lines(&log)[..kept].concat().len() },
    );
    apply(data).ok();
    let (name, content) = set_aside(data, "events.jsonl.damaged-");
    assert!(content == log[offset..], "the set-aside bytes are exact");
    let digest = sha256(&[&content]);
    assert_eq!(
        name,
        format!("events.jsonl.damaged-{offset}-{}", &digest[..8])
    );
    assert_eq!(set_aside(data, "group.json.set-aside-8-").1, group);
    assert!(
        data.log_bytes(CHAT).starts_with(&log[..offset]),
        "the kept lines are as they were"
    );
    assert_eq!(recorded(data)["kept_seq"], kept);
    assert_eq!(recorded(data)["next_id"], next_id);
    assert_repaired(data, next_id);
}

#[test]
fn a_dry_run_changes_nothing_and_says_what_would_be_done() {
    let data = board();
    change_line(&data, 4);
    let log = data.log_bytes(CHAT);
    let before = files(&data.path());
    let run = data.run(&["repair", NAME]);
    assert_eq!(run.code, Some(1), "there is something to repair");
    let kept = lines(&log)[..3].concat();
    for words in [
        "line 4 (seq 4): the hash does not fit",
        &format!("seq 1 to 3, head {}", head(&kept)),
        &format!("from byte {} on (5 lines)", kept.len()),
        &format!("as events.jsonl.damaged-{}-", kept.len()),
        "as group.json.set-aside-8-",
        "as 456.json.set-aside-4-",
        "the next bounty gets #6",
        "bounty repair -100 --apply",
    ] {
        assert!(run.stdout.contains(words), "{words} in:\n{}", run.stdout);
    }
    let report = report(&data, &[]);
    assert_eq!(report["state"], "damaged");
    assert_eq!(report["kept"], json!({"seq": 3, "head": head(&kept)}));
    assert_eq!(report["set_aside"][0]["bytes"], log.len() - kept.len());
    let command = format!(
        "bounty repair -100 --apply --data {}",
        data.path().display()
    );
    assert_eq!(report["command"], command);
    assert!(files(&data.path()) == before, "a dry run changed something");
}

#[test]
fn a_changed_line_is_set_aside_with_all_that_follows_wherever_it_is() {
    for number in 2..=8 {
        let data = board();
        change_line(&data, number);
        cut_at(&data, number - 1, 6);
    }
}

#[test]
fn a_log_whose_first_line_is_changed_begins_anew() {
    let data = board();
    change_line(&data, 1);
    apply(&data).ok();
    let events = data.events(CHAT);
    assert_eq!(events[0]["type"], "BoardOpened");
    assert_eq!(
        events[0]["data"],
        json!({"chat_id": CHAT, "kind": "group", "title": null})
    );
    assert_eq!(recorded(&data)["kept_seq"], 0);
    assert_repaired(&data, 6);
}

#[test]
fn lines_missing_doubled_too_long_nulled_or_without_form_are_set_aside() {
    let whole = board().log_bytes(CHAT);
    let line = lines(&whole);
    let damaged: [Vec<u8>; 6] = [
        [&line[..3], &line[4..]].concat().concat(),
        [&line[..3], &line[2..]].concat().concat(),
        [
            line[..3].concat(),
            vec![b'x'; 1 << 21],
            b"\n".to_vec(),
            line[3..].concat(),
        ]
        .concat(),
        [
            &line[..3].concat()[..],
            b"\0\0\0\0 lost\n",
            &line[3..].concat(),
        ]
        .concat(),
        [&line[..3].concat()[..], b"\n", &line[3..].concat()].concat(),
        [&line[..3].concat()[..], b"{}\n", &line[3..].concat()].concat(),
    ];
    for log in damaged {
        let data = board();
        fs::write(data.log(CHAT), log).expect("written");
        cut_at(&data, 3, 6);
    }
}

#[test]
fn a_changed_last_byte_is_damage_and_its_event_is_set_aside() {
    let data = board();
    let mut log = data.log_bytes(CHAT);
    *log.last_mut().expect("a byte") = b'x';
    fs::write(data.log(CHAT), log).expect("written");
    cut_at(&data, 7, 6);
}

#[test]
fn ids_in_lost_lines_are_never_given_again_when_no_snapshot_tells_them() {
    let data = board();
    change_line(&data, 2);
    data.delete_snapshots();
    apply(&data).ok();
    assert_eq!(recorded(&data)["next_id"], 6);
    assert_eq!(
        recorded(&data)["set_aside"].as_array().map(Vec::len),
        Some(1)
    );
    assert_repaired(&data, 6);
    let run = data
        .feed(&[
            in_group(9_002, CHAT, 456, "/history 5"),
            in_group(9_003, CHAT, 456, "/history 6"),
        ])
        .ok();
    assert!(
        run.texts()[0].contains("There is no #5"),
        "{:?}",
        run.texts()
    );
    assert!(run.texts()[1].contains("Later"), "{:?}", run.texts());
}

#[test]
fn a_log_shorter_than_its_snapshots_stays_and_they_are_set_aside() {
    for kept in 0..=7 {
        let data = board();
        keep_lines(&data, kept);
        let before = files(&data.chat(CHAT));
        apply(&data).ok();
        for (file, seq) in [("group.json", 8), ("456.json", 4)] {
            if seq > kept {
                let (_, content) = set_aside(&data, &format!("{file}.set-aside-{seq}-"));
                assert_eq!(content, before[&data.chat(CHAT).join(file)]);
            }
        }
        assert!(data.log_bytes(CHAT).starts_with(&before[&data.log(CHAT)]));
        assert_eq!(recorded(&data)["kept_seq"], kept);
        assert_repaired(&data, 6);
    }
}

#[test]
fn a_missing_log_begins_anew_and_its_snapshots_are_set_aside() {
    let data = board();
    fs::remove_file(data.log(CHAT)).expect("removed");
    let dry = data.run(&["repair", NAME]);
    assert_eq!(dry.code, Some(1));
    assert!(dry.stdout.contains("the log is missing"), "{}", dry.stdout);
    assert!(!data.log(CHAT).exists());
    let done = apply(&data).ok();
    assert!(
        done.stdout.contains("the log is missing"),
        "{}",
        done.stdout
    );
    let events = data.events(CHAT);
    assert_eq!(events.len(), 2);
    assert_eq!(events[0]["actor"]["kind"], "system");
    set_aside(&data, "456.json.set-aside-4-");
    set_aside(&data, "group.json.set-aside-8-");
    assert!(
        !data.chat(CHAT).join("456.json").exists(),
        "the log gives no such list"
    );
    assert_repaired(&data, 6);
}

#[test]
fn a_missing_log_of_a_dm_begins_anew_as_a_dm() {
    let data = Data::in_memory();
    data.feed(&[in_dm(1, 7, "/add One")]).ok();
    fs::remove_file(data.log(7)).expect("removed");
    data.run(&["repair", "7", "--apply"]).ok();
    assert_eq!(data.events(7)[0]["data"]["kind"], "private");
    assert_eq!(data.json(7, "user.json")["next_id"], 2);
    data.run(&["replay", "--check"]).ok();
}

#[test]
fn a_list_alone_tells_which_ids_were_given() {
    let data = board();
    fs::remove_file(data.log(CHAT)).expect("removed");
    fs::remove_file(data.chat(CHAT).join("group.json")).expect("removed");
    apply(&data).ok();
    assert_repaired(&data, 2);
}

#[test]
fn a_cut_snapshot_of_a_missing_log_is_set_aside_and_not_overwritten() {
    let data = board();
    fs::remove_file(data.log(CHAT)).expect("removed");
    let path = data.chat(CHAT).join("group.json");
    let content = fs::read(&path).expect("a snapshot");
    let cut = &content[..content.len() / 2];
    fs::write(&path, cut).expect("written");
    apply(&data).ok();
    assert_eq!(set_aside(&data, "group.json.set-aside-0-").1, cut);
    let next_id = recorded(&data)["next_id"].as_u64().expect("an id");
    assert!(next_id > 3, "{next_id}");
    assert_repaired(&data, next_id);
}

#[test]
fn a_torn_tail_of_a_log_that_is_too_short_is_set_aside_too() {
    let data = board();
    let log = data.log_bytes(CHAT);
    let kept = lines(&log)[..5].concat();
    fs::write(data.log(CHAT), &log[..kept.len() + 40]).expect("written");
    apply(&data).ok();
    let (_, torn) = set_aside(&data, &format!("events.jsonl.torn-{}-", kept.len()));
    assert_eq!(torn, &log[kept.len()..][..40]);
    assert_repaired(&data, 6);
}

#[test]
fn a_repair_is_seen_by_audit_and_by_the_chats_history() {
    let data = board();
    change_line(&data, 7);
    apply(&data).ok();
    let table = data.run(&["audit", "--type", "BoardRepaired"]).ok().stdout;
    for words in [
        "BoardRepaired",
        "operator ",
        "kept up to seq 6",
        "events.jsonl.damaged-",
        "next id 6",
    ] {
        assert!(table.contains(words), "{words} in {table}");
    }
    let csv = data.run(&["audit", "--format", "csv"]).ok().stdout;
    let row = csv.lines().last().expect("a row");
    assert!(
        row.starts_with("-100,7,") && row.contains(",operator,"),
        "{row}"
    );
    assert!(row.contains(",BoardRepaired,"), "{row}");
    data.run(&["audit", "--format", "json"]).ok();
    let history = data.run(&["history", NAME, "1"]).ok().stdout;
    assert!(history.contains("is at seq 7"), "{history}");
    let show = data.run(&["show", NAME]).ok().stdout;
    assert!(show.contains("next id 6"), "{show}");
}

#[test]
fn a_log_can_be_damaged_and_repaired_again() {
    let data = board();
    change_line(&data, 7);
    apply(&data).ok();
    data.feed(&[in_group(50, CHAT, 456, "/add Six")]).ok();
    change_line(&data, 7);
    apply(&data).ok();
    assert_eq!(recorded(&data)["kept_seq"], 6);
    assert_repaired(&data, 7);
}

#[test]
fn a_migrated_group_whose_migration_is_in_the_lost_part_belongs_to_its_new_id_again() {
    let data = Data::in_memory();
    let mut told = in_group(3, CHAT, 456, "");
    told["message"]
        .as_object_mut()
        .expect("a message")
        .remove("text");
    told["message"]["migrate_to_chat_id"] = json!(-1_000);
    data.feed(&[
        in_group(1, CHAT, 456, "/add One"),
        in_group(2, CHAT, 456, "/add Two"),
        told,
    ])
    .ok();
    let log = data.log_bytes(-1_000);
    let whole = lines(&log);
    let text = String::from_utf8(whole[2].to_vec()).expect("UTF-8");
    let changed = text.replace("Two", "Twx");
    let changed = [whole[0], whole[1], changed.as_bytes(), whole[3]].concat();
    fs::write(data.log(-1_000), changed).expect("written");
    data.run(&["repair", NAME, "--apply"]).ok();
    assert_eq!(data.events(-1_000)[2]["type"], "ChatMigrated");
    data.run(&["verify"]).ok();
    let run = data.feed(&[in_group(9, -1_000, 456, "/add Three")]).ok();
    assert!(run.texts()[0].contains("Added #3\n"), "{:?}", run.texts());
    data.run(&["replay", "--check"]).ok();
}
