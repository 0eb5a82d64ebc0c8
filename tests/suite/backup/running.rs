//! A backup of a quiet system and of one that is written to.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::{Backup, rows, small, tree};
use crate::support::{Data, Run, copy_tree, in_group};

#[test]
fn a_quiet_system_is_copied_to_the_byte_with_snapshots_and_the_heads_are_printed() {
    let data = small();
    let backup = Backup::new();
    let made = backup.make(&data, &[]).ok();
    assert_eq!(made.stdout, data.run(&["verify"]).ok().stdout);
    backup.assert_sound();
    let mut copied = tree(&backup.data.path());
    copied
        .remove(std::path::Path::new("backup.json"))
        .expect("what it holds");
    let mut live = tree(&data.path());
    live.retain(|name, _| !name.starts_with(".locks"));
    assert_eq!(copied, live);

    let json = Backup::new();
    let report = json.make(&data, &["--format", "json"]).ok();
    let rows = rows(&report);
    assert_eq!(rows.len(), 2);
    for (chat, row) in rows {
        let last = data.events(chat).pop().expect("an event");
        assert_eq!((&row["seq"], &row["head"]), (&last["seq"], &last["hash"]));
        assert_eq!(row["problem"], Value::Null);
    }
}

#[test]
fn snapshots_are_made_from_the_copied_log_and_not_copied() {
    let data = small();
    for name in data.snapshots().into_keys() {
        fs::write(data.path().join(name), b"not what the log says").expect("written");
    }
    let backup = Backup::new();
    backup.make(&data, &[]).ok();
    backup.assert_sound();
    assert_eq!(backup.data.snapshots().len(), data.snapshots().len());
}

#[test]
fn files_keep_the_access_that_they_have_in_the_live_data() {
    let data = small();
    let mode = |data: &Data, name: &str| {
        let metadata = fs::metadata(data.path().join(name)).expect("there");
        metadata.permissions().mode() & 0o777
    };
    let set = |name: &str, mode| {
        fs::set_permissions(data.path().join(name), fs::Permissions::from_mode(mode)).expect("set");
    };
    set("-100", 0o750);
    set("-100/events.jsonl", 0o640);
    let backup = Backup::new();
    backup.make(&data, &[]).ok();
    for (name, expected) in [
        ("", 0o700),
        ("-100", 0o750),
        ("-100/events.jsonl", 0o640),
        ("-100/group.json", 0o640),
        ("7", 0o700),
        ("7/events.jsonl", 0o600),
        ("7/user.json", 0o600),
    ] {
        assert_eq!(mode(&backup.data, name), expected, "{name}");
    }
}

#[test]
fn a_data_directory_without_chats_gives_an_empty_backup_and_none_is_an_error() {
    let data = Data::new();
    let backup = Backup::new();
    assert_eq!(backup.make(&data, &[]).code, Some(1));
    fs::create_dir(data.path()).expect("made");
    assert_eq!(backup.make(&data, &[]).ok().stdout, "");
    backup.make(&small(), &["--update"]).ok();
    backup.assert_sound();
}

/// Chats that are written to.
const CHATS: i64 = 20;
/// Backups made meanwhile, each kind.
const ROUNDS: usize = 6;

/// Updates that each process may write per backup: so both go on to the end, and the logs stay small.
const PACE: i64 = 600;

/// How far the backups are.
#[derive(Default)]
struct Stage {
    made: AtomicI64,
    over: AtomicBool,
}

/// Feeds updates until the backups are over.
fn write_on(data: &Data, bot: i64, stage: &Stage) {
    let mut child = data
        .bounty(&["feed", "--bot-id", &bot.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut input = child.stdin.take().expect("a pipe");
    let mut update = 0;
    while !stage.over.load(Ordering::Relaxed) {
        if update > (stage.made.load(Ordering::Relaxed) + 1) * PACE {
            thread::sleep(Duration::from_millis(1));
            continue;
        }
        update += 1;
        let text = match update / CHATS % 3 {
            0 => format!("/add number {update} https://e.com/{update}"),
            1 => "/track 1".to_owned(),
            _ => "/untrack 1".to_owned(),
        };
        let update = in_group(update, -1 - update % CHATS, bot, &text);
        writeln!(input, "{update}").expect("written");
    }
    drop(input);
    assert!(child.wait().expect("the program ends").success());
}

#[test]
fn every_backup_made_while_two_processes_write_is_whole_and_a_beginning_of_the_final_logs() {
    let data = Data::new();
    let stage = Stage::default();
    let fresh: Vec<Backup> = (0..ROUNDS).map(|_| Backup::new()).collect();
    let updated = Backup::new();
    data.feed(&[in_group(1, -1, 1, "/add first")]).ok();
    let runs: Vec<Run> = thread::scope(|scope| {
        for bot in [1, 2] {
            let (data, stage) = (&data, &stage);
            scope.spawn(move || write_on(data, bot, stage));
        }
        let runs = fresh.iter().flat_map(|backup| {
            [(backup, &[][..]), (&updated, &["--update"][..])].map(|(backup, options)| {
                let run = backup.make(&data, options);
                stage.made.fetch_add(1, Ordering::Relaxed);
                run
            })
        });
        let runs = runs.collect();
        stage.over.store(true, Ordering::Relaxed);
        runs
    });
    for run in runs {
        run.ok();
    }
    let mut copied_bytes = 0;
    for backup in fresh.iter().chain([&updated]) {
        backup.assert_sound();
        for entry in fs::read_dir(backup.data.path())
            .expect("a directory")
            .flatten()
        {
            let Ok(chat) = entry.file_name().to_string_lossy().parse::<i64>() else {
                continue;
            };
            let (copy, log) = (backup.data.log_bytes(chat), data.log_bytes(chat));
            assert!(log.starts_with(&copy), "{chat}");
            copied_bytes += copy.len();
        }
    }
    assert!(copied_bytes > 0);

    // Copied back, it goes on.
    let restored = Data::new();
    copy_tree(&updated.data.path(), &restored.path());
    let before = restored.log_bytes(-1);
    restored
        .feed(&[in_group(2, -1, 77, "/add after the disaster")])
        .ok();
    assert!(restored.log_bytes(-1).starts_with(&before));
    assert!(restored.log_bytes(-1).len() > before.len());
    restored.run(&["verify"]).ok();
    restored.run(&["replay", "--check"]).ok();
}
