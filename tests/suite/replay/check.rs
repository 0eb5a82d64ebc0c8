//! `bounty replay --check`: a difference is a problem, lag is none.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bounty_ledger::audit::Reader;
use bounty_ledger::domain::ChatId;
use bounty_ledger::store::{Access, LocalDisk};
use serde_json::Value;

use super::{DM, GROUP, two_boards};
use crate::library::{files, layout};
use crate::support::hooked_disk::{About, HookedDisk};
use crate::support::{Data, in_dm, in_group};

/// Checks, and sees that the check changed nothing.
#[track_caller]
fn check(data: &Data) -> (Option<i32>, String) {
    let before = files(&data.path());
    let run = data.run(&["replay", "--check"]);
    assert!(files(&data.path()) == before, "a check changed something");
    (run.code, run.stdout)
}

#[test]
fn a_snapshot_that_is_merely_behind_is_lag_and_told_apart() {
    let data = two_boards();
    let older = data.snapshots();
    data.feed(&[
        in_group(11, GROUP, 1, "/add Later"),
        in_group(12, GROUP, 2, "/untrack 1"),
        in_dm(13, DM, "/add Later"),
    ])
    .ok();
    assert_eq!(check(&data).0, Some(0));
    for (name, content) in &older {
        fs::write(data.path().join(name), content).expect("written");
    }
    let (code, said) = check(&data);
    assert_eq!(code, Some(0), "{said}");
    for name in ["-100/group.json", "-100/2.json", "5/user.json"] {
        let path = data.path().join(name).display().to_string();
        assert!(said.contains(&format!("{path}\tbehind: ")), "{said}");
    }
    assert!(said.ends_with("0 problems, 3 files behind\n"), "{said}");

    let json = data.run(&["replay", "--check", "--format", "json"]).ok();
    let report: Value = serde_json::from_str(&json.stdout).expect("JSON");
    assert_eq!(report[0]["files"][0]["lag"], true, "{report}");
}

#[test]
fn an_older_snapshot_that_was_altered_is_a_difference_though_it_is_behind() {
    let data = two_boards();
    let path = data.chat(GROUP).join("group.json");
    let older = fs::read_to_string(&path).expect("a snapshot");
    data.feed(&[in_group(11, GROUP, 1, "/add Later")]).ok();
    fs::write(&path, older.replace("Fix the bug", "Fix the hug")).expect("written");
    let (code, said) = check(&data);
    assert_eq!(code, Some(1));
    assert!(said.contains("not what the log gives"), "{said}");
}

#[test]
fn a_missing_snapshot_is_a_difference() {
    let data = two_boards();
    for (name, content) in data.snapshots() {
        let path = data.path().join(&name);
        fs::remove_file(&path).expect("removed");
        let (code, said) = check(&data);
        assert_eq!(code, Some(1), "{}", name.display());
        let line = format!("{}\tPROBLEM: missing", path.display());
        assert!(said.contains(&line), "{said}");
        fs::write(&path, content).expect("written");
    }
    assert_eq!(check(&data).0, Some(0));
}

#[test]
fn a_snapshot_that_the_log_does_not_give_is_a_difference() {
    let data = two_boards();
    let list = fs::read(data.chat(GROUP).join("2.json")).expect("a list");
    for (chat, name) in [(GROUP, "77.json"), (GROUP, "user.json"), (DM, "2.json")] {
        let path = data.chat(chat).join(name);
        let only_known_seqs = String::from_utf8(list.clone()).expect("UTF-8");
        fs::write(&path, only_known_seqs.replace("\"seq\": 4", "\"seq\": 1")).expect("written");
        let (code, said) = check(&data);
        assert_eq!(code, Some(1), "{name}");
        let line = format!("{}\tPROBLEM: the log gives no such file", path.display());
        assert!(said.contains(&line), "{said}");
        fs::remove_file(path).expect("removed");
    }
}

#[test]
fn other_files_beside_a_log_are_left_alone() {
    let data = two_boards();
    fs::write(data.chat(GROUP).join("notes.json"), b"{}").expect("written");
    fs::write(data.chat(GROUP).join("007.json"), b"{}").expect("written");
    fs::write(data.path().join("README.md"), b"mine").expect("written");
    let (code, said) = check(&data);
    assert_eq!(code, Some(0), "{said}");
}

#[test]
fn a_stream_that_is_not_there_is_a_problem_when_it_is_named() {
    let data = two_boards();
    for named in ["-999", "bridge", "notifier-7"] {
        for args in [&["replay", "--check", named][..], &["replay", named]] {
            let run = data.run(args);
            assert_eq!(run.code, Some(1), "{args:?}");
            let line = format!("{named}\tPROBLEM: no log here; check the id and --data");
            assert!(run.stdout.contains(&line), "{args:?}: {}", run.stdout);
        }
    }
}

#[test]
fn a_list_that_comes_while_the_files_are_read_is_not_missing() {
    let data = Arc::new(two_boards());
    let (bot, began) = (Arc::clone(&data), AtomicBool::new(false));
    let hook = move |about: About, path: &Path| {
        // The names were listed, and the board's own file comes after the lists.
        let is_list = path.ends_with("-100/2.json");
        if about == About::Load && is_list && !began.swap(true, Ordering::SeqCst) {
            bot.feed(&[in_group(11, GROUP, 9, "/track 1")]).ok();
        }
        Ok(())
    };
    let disk = HookedDisk::new(LocalDisk::new(Access::Owner), hook);
    let check = Reader::new(&disk, &layout(&data)).check_snapshots(ChatId(GROUP));
    let check = check.expect("no error").expect("a board");
    assert!(data.chat(GROUP).join("9.json").exists());
    assert!(check.files.is_empty(), "{:?}", check.files);
}
