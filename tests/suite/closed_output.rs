//! Whoever reads the output stops reading, as `head` does: the work goes on to its end, and so does what the exit status tells.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use crate::support::{Data, in_group};

/// The exit status of a run whose output nobody reads.
fn status(data: &Data, args: &[&str], input: &str) -> Option<i32> {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut command = data.bounty(args);
    command.stdin(Stdio::piped()).stdout(writer);
    let mut child = command.stderr(Stdio::null()).spawn().expect("it starts");
    drop(command);
    let mut stdin = child.stdin.take().expect("a pipe");
    // The program may end before it has read everything.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait().expect("it ends").code()
}

/// Three groups, of which the first has a damaged log.
fn damaged() -> Data {
    let data = Data::new();
    data.feed(&[-300, -200, -100].map(|chat| in_group(-chat, chat, 1, "/add One")))
        .ok();
    let log = fs::read_to_string(data.log(-300)).expect("a log");
    fs::write(data.log(-300), log.replacen("One", "Two", 1)).expect("written");
    data
}

#[test]
fn damage_is_told_by_the_exit_status() {
    let data = damaged();
    for format in ["table", "json"] {
        for command in [&["verify"][..], &["replay", "--check"]] {
            let args = [command, &["--format", format]].concat();
            assert_eq!(status(&data, &args, ""), Some(1), "{args:?}");
        }
        let place = data.path().with_file_name(format).display().to_string();
        let args = ["backup", &place, "--format", format];
        assert_eq!(status(&data, &args, ""), Some(1), "{args:?}");
    }
    fs::remove_dir_all(data.chat(-300)).expect("removed");
    assert_eq!(status(&data, &["verify"], ""), Some(0));
}

#[test]
fn every_snapshot_is_written() {
    let data = damaged();
    let main = |chat| data.chat(chat).join("group.json");
    for chat in [-200, -100] {
        fs::remove_file(main(chat)).expect("removed");
    }
    assert_eq!(status(&data, &["replay"], ""), Some(1));
    assert!(main(-200).exists() && main(-100).exists());
}

#[test]
fn every_line_that_was_typed_is_carried_out() {
    let data = Data::new();
    let lines = "/add One\n/add Two\n/add Three\n";
    assert_eq!(status(&data, &["shell"], lines), Some(0));
    let told = data.run(&["show", "1"]).ok().stdout;
    assert!(told.contains("#3 Three"), "{told}");
}

/// A run whose messages nobody reads: its results and its exit status.
fn unheard(data: &Data, args: &[&str], input: &str) -> (String, Option<i32>) {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut command = data.bounty(args);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.stderr(writer).spawn().expect("it starts");
    drop(command);
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(input.as_bytes()).expect("it reads all");
    drop(stdin);
    let ended = child.wait_with_output().expect("it ends");
    (
        String::from_utf8(ended.stdout).expect("UTF-8"),
        ended.status.code(),
    )
}

#[test]
fn messages_that_nobody_reads_end_nothing() {
    let data = damaged();
    for command in [&["verify"][..], &["replay", "--check"], &["audit"]] {
        let (told, status) = unheard(&data, command, "");
        assert_eq!(status, Some(1), "{command:?}");
        assert!(told.contains("-300"), "{command:?}: {told}");
    }
    assert_eq!(unheard(&data, &["verify", "--nonsense"], "").1, Some(2));
    assert_eq!(unheard(&data, &["show", "-77"], "").1, Some(1));

    let updates = [
        in_group(7, -300, 1, "/add Two"),
        in_group(8, -200, 1, "/add Two"),
    ];
    let lines = updates.map(|update| format!("{update}\n")).concat();
    let (answers, status) = unheard(&data, &["feed"], &format!("rubbish\n{lines}"));
    assert_eq!(status, Some(1));
    assert_eq!(answers.lines().count(), 2, "{answers}");
    assert!(answers.contains("Added <b>#2</b>"), "{answers}");
}
