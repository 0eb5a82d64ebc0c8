//! `bounty replay`: the same bytes again.

use std::fs;

use super::{DM, GROUP, two_boards};
use crate::library::files;

#[test]
fn deleted_snapshots_come_back_byte_for_byte() {
    let data = two_boards();
    let before = files(&data.path());
    assert_eq!(data.snapshots().len(), 4, "group, two lists, user");
    data.delete_snapshots();
    let run = data.run(&["replay"]).ok();
    assert_eq!(
        run.stdout,
        "2 chats, 9 events: 4 files written, 0 unchanged, 0 problems\n"
    );
    assert!(files(&data.path()) == before);
    let again = data.run(&["replay"]).ok();
    assert_eq!(
        again.stdout,
        "2 chats, 9 events: 0 files written, 4 unchanged, 0 problems\n"
    );
}

#[test]
fn altered_and_cut_snapshots_are_repaired() {
    let data = two_boards();
    let before = files(&data.path());
    for name in data.snapshots().into_keys() {
        let path = data.path().join(&name);
        let right = fs::read(&path).expect("a snapshot");
        for wrong in [
            &right[..right.len() / 2],
            b"",
            b"not JSON",
            b"{\"seq\": 1}",
            &right.repeat(2),
        ] {
            fs::write(&path, wrong).expect("written");
            let run = data.run(&["replay", "--check"]);
            assert_eq!(run.code, Some(1), "{}", run.stdout);
            let said = format!("{}\tPROBLEM: not what the log gives", path.display());
            assert!(run.stdout.contains(&said), "{}", run.stdout);
            assert!(
                fs::read(&path).expect("a file") == wrong,
                "a check changes nothing"
            );
            data.run(&["replay"]).ok();
            assert!(files(&data.path()) == before, "{}", name.display());
        }
    }
}

#[test]
fn out_writes_elsewhere_and_leaves_the_data_unchanged() {
    let data = two_boards();
    let right = data.snapshots();
    data.delete_snapshots();
    let before = files(&data.path());
    let out = data.path().with_file_name("out");
    data.run(&["replay", "--out", &out.display().to_string()])
        .ok();
    assert!(files(&data.path()) == before, "the data was changed");
    let written = files(&out);
    assert_eq!(written.len(), right.len());
    for (name, content) in right {
        assert!(written[&out.join(name)] == content);
    }
    let usage = data.run(&["replay", "--check", "--out", "x"]);
    assert_eq!(usage.code, Some(2));
}

#[test]
fn only_the_chats_that_are_named_are_rebuilt() {
    let data = two_boards();
    data.delete_snapshots();
    data.run(&["replay", "-100"]).ok();
    assert!(data.chat(GROUP).join("group.json").exists());
    assert!(!data.chat(DM).join("user.json").exists());
    data.run(&["replay", "--check", "-100"]).ok();
    assert_eq!(data.run(&["replay", "--check", "5"]).code, Some(1));
    data.run(&["replay", "5", "-100"]).ok();
    data.run(&["replay", "--check", "--", "-100", "5"]).ok();
}

#[test]
fn a_rebuilt_board_goes_on_like_one_that_never_lost_its_files() {
    let data = two_boards();
    data.delete_snapshots();
    let next = [crate::support::in_group(8, GROUP, 2, "/add Third")];
    assert!(data.feed(&next).ok().texts()[0].starts_with("Added #3"));
    assert_eq!(data.snapshots().len(), 3, "the boards that were used");
    data.run(&["replay"]).ok();
    data.run(&["replay", "--check"]).ok();
}
