//! A data directory on a tmpfs that is full.

use std::fs;
use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use super::mounts::Mounted;
use super::{Added, assert_law, assert_sound, recorded, skip};
use crate::support::Data;

const CHAT: i64 = 1;
/// A line that is answered without any board: what comes before its answer belongs to the line before.
const MARK: &str = "/nosuchcommand";
const ANSWER_TO_MARK: &str = "I do not know this command.";

/// A shell that is talked to line by line; killed when dropped.
struct Talk {
    child: Child,
    input: Option<ChildStdin>,
    output: Lines<BufReader<ChildStdout>>,
}

impl Talk {
    fn start(data: &Data) -> Self {
        let mut command = data.bounty(&["shell"]);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().expect("the program starts");
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        Self {
            child,
            input,
            output,
        }
    }

    /// What it answers to this line.
    fn say(&mut self, line: &str) -> String {
        let input = self.input.as_mut().expect("it listens");
        writeln!(input, "{line}\n{MARK}").expect("it listens");
        let lines = self.output.by_ref().map(|line| line.expect("UTF-8"));
        let answer: Vec<String> = lines
            .take_while(|line| !line.starts_with(ANSWER_TO_MARK))
            .collect();
        answer.join("\n")
    }

    fn end(mut self) -> Option<i32> {
        drop(self.input.take());
        self.child.wait().expect("ended").code()
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        // Both fail when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What was said and what was acknowledged.
#[derive(Default)]
struct Story {
    sent: Vec<String>,
    acknowledged: Vec<Added>,
}

impl Story {
    /// Adds a bounty; false when the disk is full.
    fn add(&mut self, talk: &mut Talk) -> bool {
        let text = format!("number {} {}", self.sent.len(), "x".repeat(900));
        let answer = talk.say(&format!("/add {text}"));
        self.sent.push(text.clone());
        let Some(id) = answer
            .trim()
            .strip_prefix("Added #")
            .and_then(|rest| rest.lines().next())
        else {
            assert!(answer.contains("disk is full or failing"), "{answer}");
            return false;
        };
        let id = id.parse().expect("an id");
        self.acknowledged.push(Added { id, text });
        true
    }
}

#[test]
fn a_full_disk_refuses_goes_on_reading_and_resumes_when_there_is_space() {
    let mounted = match Mounted::tmpfs("256k") {
        Ok(mounted) => mounted,
        Err(lack) => {
            return skip(
                "a_full_disk_refuses_goes_on_reading_and_resumes_when_there_is_space",
                &lack,
            );
        }
    };
    let data = &mounted.data;
    let ballast = data.path().join("ballast");
    fs::write(&ballast, vec![0; 160 << 10]).expect("there is space");
    let (mut talk, mut story) = (Talk::start(data), Story::default());
    while story.add(&mut talk) {
        assert!(story.sent.len() < 300, "256 KiB never end");
    }
    let full = story.acknowledged.len();
    assert!(full > 10, "it was full after {full}");
    for _ in 0..3 {
        assert!(
            talk.say("/bounty").contains("number 0"),
            "it can still be read"
        );
        assert!(!story.add(&mut talk), "it is still full");
    }
    fs::remove_file(&ballast).expect("removed");
    for _ in 0..10 {
        assert!(story.add(&mut talk), "there is space again");
    }
    assert_eq!(talk.end(), Some(1), "some commands were refused");
    let found = recorded(data, CHAT);
    assert_law(&story.acknowledged, &found, &story.sent, "a full disk");
    assert_eq!(found, story.acknowledged, "refused, and there all the same");
    assert_sound(data);
}
