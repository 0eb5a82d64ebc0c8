//! What the black-box tests share: a data directory of their own, the program as a child process, a fake Bot API server.
#![allow(
    dead_code,
    unused_imports,
    reason = "the fake server offers more than every test binary uses"
)]

pub mod bot;
pub mod bot_api;
pub mod connection;
pub mod fuzzing;
pub mod hooked_disk;
pub mod http;
pub mod law;
pub mod loopback;
pub mod receiver;
pub mod scenario;
pub mod sim_disk;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use bounty_ledger::store::Layout;
use serde_json::{Value, json};
use tempfile::TempDir;

/// The bot that the updates of these tests are for.
pub const BOT: i64 = 7001;
/// Tue 31 Dec 2024 00:00 UTC: when the messages of these tests were sent, unless they say otherwise.
pub const DATE: i64 = 1_735_603_200;

/// Waits until something is so that is only a matter of time; the limit is for what never comes.
#[track_caller]
pub fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(60), "not {what}");
        thread::sleep(Duration::from_millis(2));
    }
}

/// Says past the test's captured output that it is skipped, and why.
pub fn say_skipped(test: &str, why: &str) {
    // The test has nothing else to tell when stderr is closed.
    let _ = writeln!(std::io::stderr(), "SKIPPED {test}: {why}");
}

/// A number that the environment may set, to make a test longer or another one.
pub fn from_environment(name: &str, default: usize) -> usize {
    let value = std::env::var(name).ok();
    value.map_or(default, |value| {
        value
            .parse()
            .unwrap_or_else(|_| panic!("{name} is a number, not {value}"))
    })
}

/// A data directory that is gone after the test.
pub struct Data {
    dir: TempDir,
}

impl Data {
    pub fn new() -> Self {
        Self {
            dir: tempfile::tempdir().expect("a temporary directory"),
        }
    }

    /// The same in memory, where the system offers that: for loops whose every step would flush a disk.
    pub fn in_memory() -> Self {
        let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
        Self {
            dir: dir.expect("a temporary directory"),
        }
    }

    pub fn path(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// A text as the program says it: the commands in it name this data directory.
    pub fn in_commands(&self, text: &str) -> String {
        Layout::new(self.path()).with_commands(text)
    }

    pub fn chat(&self, chat: i64) -> PathBuf {
        self.path().join(chat.to_string())
    }

    pub fn log(&self, chat: i64) -> PathBuf {
        self.chat(chat).join("events.jsonl")
    }

    pub fn log_bytes(&self, chat: i64) -> Vec<u8> {
        fs::read(self.log(chat)).expect("a log")
    }

    /// The events of a chat's log.
    pub fn events(&self, chat: i64) -> Vec<Value> {
        let text = String::from_utf8(self.log_bytes(chat)).expect("UTF-8");
        text.lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect()
    }

    pub fn json(&self, chat: i64, name: &str) -> Value {
        let bytes = fs::read(self.chat(chat).join(name))
            .unwrap_or_else(|error| panic!("{chat}/{name}: {error}"));
        serde_json::from_slice(&bytes).expect("JSON")
    }

    /// Every snapshot file, by its path in the data directory.
    pub fn snapshots(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut found = BTreeMap::new();
        for chat in fs::read_dir(self.path())
            .into_iter()
            .flatten()
            .flatten()
            .filter(|entry| entry.path().is_dir())
        {
            for file in fs::read_dir(chat.path()).expect("a directory").flatten() {
                let path = file.path();
                if path.extension() == Some(OsStr::new("json")) {
                    let name = path.strip_prefix(self.path()).expect("below").to_owned();
                    found.insert(name, fs::read(&path).expect("a snapshot"));
                }
            }
        }
        found
    }

    pub fn delete_snapshots(&self) {
        for name in self.snapshots().into_keys() {
            fs::remove_file(self.path().join(name)).expect("removed");
        }
    }

    /// The program on this data.
    pub fn bounty(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bounty"));
        command
            .args(args)
            .env_clear()
            .env("BOUNTY_DATA", self.path())
            .env("USER", "tester")
            .stdin(Stdio::null());
        command
    }

    /// Runs the program to its end.
    pub fn run(&self, args: &[&str]) -> Run {
        Run::of(self.bounty(args).output().expect("the program runs"))
    }

    /// Runs the program with this input.
    pub fn run_with(&self, args: &[&str], input: &[u8]) -> Run {
        run_with(self.bounty(args), input)
    }

    /// Feeds updates to the bot of these tests.
    pub fn feed(&self, updates: &[Value]) -> Run {
        let input: String = updates.iter().map(|update| format!("{update}\n")).collect();
        self.run_with(&["feed", "--bot-id", "7001"], input.as_bytes())
    }

    /// Types these lines into the shell.
    pub fn shell(&self, args: &[&str], lines: &str) -> Run {
        let args: Vec<&str> = ["shell"].into_iter().chain(args.iter().copied()).collect();
        self.run_with(&args, lines.as_bytes())
    }
}

/// Runs a command with this input on its stdin.
pub fn run_with(mut command: Command, input: &[u8]) -> Run {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.to_vec();
    let writer = thread::spawn(move || {
        // The program may end before it has read everything.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().expect("the program ends");
    writer.join().expect("written");
    Run::of(output)
}

/// How a run of the program ended.
#[derive(Debug)]
pub struct Run {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    /// It must have ended well.
    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(
            self.code,
            Some(0),
            "stdout:\n{}\nstderr:\n{}",
            self.stdout,
            self.stderr
        );
        self
    }

    /// The calls that `feed` printed.
    pub fn calls(&self) -> Vec<Value> {
        self.stdout
            .lines()
            .map(|line| serde_json::from_str(line).expect("a call"))
            .collect()
    }

    /// The texts of the messages that `feed` printed, without markup.
    pub fn texts(&self) -> Vec<String> {
        self.calls()
            .iter()
            .map(|call| plain(call["text"].as_str().unwrap_or_default()))
            .collect()
    }

    /// The objects of a stream of JSON lines.
    pub fn lines_json(&self) -> Vec<Value> {
        self.stdout
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect()
    }
}

/// Telegram's HTML as a person reads it.
pub fn plain(html: &str) -> String {
    let mut text = String::new();
    let mut in_tag = false;
    for character in html.chars() {
        match character {
            '<' => in_tag = true,
            '>' if in_tag => in_tag = false,
            _ if in_tag => {}
            _ => text.push(character),
        }
    }
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

/// A message in a group, as an update; its message id is the update's.
pub fn in_group(update: i64, chat: i64, user: i64, text: &str) -> Value {
    let chat = json!({"id": chat, "type": "supergroup", "title": format!("Group {chat}")});
    message(update, &chat, user, text)
}

/// A message in a DM, as an update; its message id is the update's.
pub fn in_dm(update: i64, user: i64, text: &str) -> Value {
    let chat = json!({"id": user, "type": "private", "first_name": format!("User {user}")});
    message(update, &chat, user, text)
}

fn message(update: i64, chat: &Value, user: i64, text: &str) -> Value {
    json!({"update_id": update, "message": {
        "message_id": update, "date": DATE, "chat": chat, "text": text,
        "from": {"id": user, "is_bot": false, "first_name": format!("User {user}"), "language_code": "en"},
    }})
}

/// Copies a directory tree.
pub fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a directory");
    for entry in fs::read_dir(from).expect("a directory").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_tree(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("copied");
        }
    }
}
