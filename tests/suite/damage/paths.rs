//! Paths that cannot be used: the error names them and the next step.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use super::{CHAT, OTHER};
use crate::support::{Data, in_group};

#[track_caller]
fn says(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "{word} is missing in: {text}");
    }
}

/// The chat cannot be written to; the other can.
#[track_caller]
fn one_chat_is_refused(data: &Data, words: &[&str]) {
    let run = data.feed(&[
        in_group(1, CHAT, 1, "/add Lost?"),
        in_group(2, OTHER, 1, "/add Served"),
        in_group(3, CHAT, 1, "/bounty"),
        in_group(4, CHAT, 1, "/help"),
    ]);
    assert_eq!(run.code, Some(1));
    says(&run.texts()[0], &["nothing was changed"]);
    says(&run.texts()[1], &["#1"]);
    // An empty list would say that there are no bounties.
    says(&run.texts()[2], &["disk"]);
    says(&run.texts()[3], &["/add"]);
    says(&run.stderr, words);
}

#[test]
fn a_file_where_a_chats_directory_should_be_is_named_with_the_next_step() {
    let data = Data::new();
    fs::create_dir(data.path()).expect("made");
    fs::write(data.chat(CHAT), b"in the way").expect("written");
    let path = data.chat(CHAT).display().to_string();
    let words = [path.as_str(), "move it away"];
    one_chat_is_refused(&data, &words);
    let run = data.run(&["verify"]);
    assert_eq!(run.code, Some(1));
    says(&run.stdout, &words);
    let run = data.run(&["show", "-100"]);
    assert_eq!(run.code, Some(1));
    says(&run.stderr, &words);
    assert_eq!(fs::read(data.chat(CHAT)).expect("a file"), b"in the way");
}

#[test]
fn a_file_where_the_data_directory_should_be_is_named_with_the_next_step() {
    let data = Data::new();
    fs::write(data.path(), b"in the way").expect("written");
    let path = data.path().display().to_string();
    for command in [
        &["feed"][..],
        &["shell"],
        &["verify"],
        &["replay"],
        &["audit"],
        &["show", "-100"],
        &["history", "-100", "1"],
    ] {
        let run = data.run(command);
        assert_eq!(run.code, Some(1), "{command:?}");
        says(&run.stderr, &[&path, "--data"]);
        assert_eq!(run.stdout, "", "{command:?}");
    }
}

#[test]
fn a_data_directory_that_is_not_there_is_named_by_what_only_reads() {
    let data = Data::new();
    let path = data.path().display().to_string();
    for command in [&["verify"][..], &["replay"], &["audit"], &["show", "-100"]] {
        let run = data.run(command);
        assert_eq!(run.code, Some(1), "{command:?}");
        says(&run.stderr, &[&path, "--data"]);
        assert!(!run.stderr.contains("output"), "{}", run.stderr);
        assert!(!data.path().exists(), "{command:?} made it");
    }
}

#[test]
fn a_chat_that_has_no_log_is_named_and_not_made() {
    let data = Data::new();
    data.feed(&[in_group(1, OTHER, 1, "/add One")]).ok();
    for command in [
        &["show", "-100"][..],
        &["history", "-100", "1"],
        &["verify", "-100"],
    ] {
        let run = data.run(command);
        assert_eq!(run.code, Some(1), "{command:?}");
        says(&(run.stdout + &run.stderr), &["-100"]);
    }
    data.feed(&[in_group(2, CHAT, 1, "/bounty")]).ok();
    assert!(!data.chat(CHAT).exists(), "reading makes nothing");
}

#[test]
fn a_log_that_may_not_be_opened_is_named_with_the_next_step() {
    let data = Data::new();
    data.feed(&[in_group(9, CHAT, 1, "/add One")]).ok();
    let mode = |mode| fs::set_permissions(data.log(CHAT), Permissions::from_mode(mode));
    mode(0).expect("changed");
    if fs::read(data.log(CHAT)).is_ok() {
        println!("skipped: this user (root?) may read every file");
        return;
    }
    let path = data.log(CHAT).display().to_string();
    let words = [path.as_str(), "give this program's user the right to it"];
    one_chat_is_refused(&data, &words);
    let run = data.run(&["verify"]);
    assert_eq!(run.code, Some(1));
    says(&run.stdout, &words);
    mode(0o600).expect("changed");
    data.run(&["verify"]).ok();
}

#[test]
fn a_directory_whose_process_died_before_it_made_a_log_is_no_problem_and_no_board() {
    let data = Data::new();
    data.feed(&[in_group(1, -100, 1, "/add one")]).ok();
    fs::create_dir(data.chat(-200)).expect("made");
    assert_eq!(data.run(&["verify"]).ok().stdout.lines().count(), 1);
    data.run(&["replay", "--check"]).ok();
    assert_eq!(data.run(&["verify", "-200"]).code, Some(1), "it was named");
    data.feed(&[in_group(2, -200, 1, "/add first")]).ok();
    assert_eq!(data.run(&["verify"]).ok().stdout.lines().count(), 2);
}

#[test]
fn a_pipe_in_the_place_of_a_file_keeps_nobody_waiting_and_is_named() {
    for name in ["events.jsonl", "group.json"] {
        let data = Data::new();
        data.feed(&[
            in_group(8, CHAT, 1, "/add One"),
            in_group(9, OTHER, 1, "/add One"),
        ])
        .ok();
        let path = data.chat(CHAT).join(name);
        fs::remove_file(&path).expect("removed");
        rustix::fs::mkfifoat(
            rustix::fs::CWD,
            &path,
            rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
        )
        .expect("a pipe");
        let path = path.display().to_string();
        for command in [&["verify"][..], &["replay", "--check"], &["repair", "-100"]] {
            let run = data.run(command);
            assert_eq!(run.code, Some(1), "{command:?}");
            says(
                &(run.stdout + &run.stderr),
                &[&path, "no regular file", "move it away"],
            );
        }
        let run = data.run(&["audit"]);
        says(&run.stdout, &["-200"]);
    }
}

#[test]
fn a_directory_in_the_place_of_a_log_is_named_with_the_next_step() {
    let data = Data::new();
    fs::create_dir_all(data.log(CHAT)).expect("made");
    let path = data.log(CHAT).display().to_string();
    let words = [
        path.as_str(),
        "a directory stands where a file is needed",
        "move it away",
    ];
    one_chat_is_refused(&data, &words);
    for command in ["verify", "audit"] {
        let run = data.run(&[command]);
        assert_eq!(run.code, Some(1));
        says(&(run.stdout + &run.stderr), &words);
    }
}

#[test]
fn a_snapshot_that_cannot_be_read_keeps_no_log_from_being_checked_and_copied() {
    let data = Data::new();
    data.feed(&[in_group(1, CHAT, 1, "/add One")]).ok();
    let whole = data.run(&["verify"]).ok().stdout;
    let checked = whole.trim_end().strip_suffix("ok").expect("a whole log");
    let main = data.chat(CHAT).join("group.json");
    fs::remove_file(&main).expect("removed");
    fs::create_dir(&main).expect("made");
    let place = data.path().with_file_name("backup");
    for command in [&["verify"][..], &["backup", &place.display().to_string()]] {
        let run = data.run(command);
        assert_eq!(run.code, Some(1), "{command:?}");
        assert!(
            run.stdout.starts_with(checked),
            "{command:?}: {}",
            run.stdout
        );
        assert!(run.stdout.contains("group.json"), "{}", run.stdout);
    }
    let copy = place.join(CHAT.to_string()).join("events.jsonl");
    assert_eq!(fs::read(copy).expect("copied"), data.log_bytes(CHAT));
}
