//! The program under `strace`, which makes the N-th call of a kind fail, or kills at it, for N = 1, 2, 3 ….
//!
//! `strace` counts the calls of each thread by itself. A kill meets the first thread that makes its N-th call, so every command is
//! once the first of a process. A failure meets the N-th call of each of the threads that serve the boards.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::{Added, assert_law, assert_sound, recorded, skip, tool};
use crate::support::scenario::runs;
use crate::support::{Data, Run, copy_tree, run_with};

/// The DM of user 1, which the shell writes to.
const CHAT: i64 = 1;
/// The calls that change files, each with its kin on other machines.
const CHANGES: [&str; 7] = [
    "/^mkdir",
    "flock",
    PWRITE,
    FLUSH,
    "/^rename",
    "/truncate",
    "/^unlink",
];
const PWRITE: &str = "/^pwrite";
const FLUSH: &str = "fdatasync,?syncfs";
/// More commands than threads serve the boards: some commands meet no failure.
const COMMANDS: usize = 24;

/// A data directory and what was said and acknowledged in it so far.
struct Board {
    data: Data,
    sent: Vec<String>,
    acknowledged: Vec<Added>,
}

impl Board {
    /// A board with so many bounties.
    fn with(count: usize) -> Self {
        let mut board = Self {
            data: Data::new(),
            sent: Vec::new(),
            acknowledged: Vec::new(),
        };
        if count > 0 {
            let input = board.next_commands(count);
            let run = board.data.shell(&[], &input).ok();
            board.hear(&run);
        }
        board
    }

    fn copy(&self) -> Self {
        let data = Data::new();
        if self.data.path().exists() {
            copy_tree(&self.data.path(), &data.path());
        }
        Self {
            data,
            sent: self.sent.clone(),
            acknowledged: self.acknowledged.clone(),
        }
    }

    /// The lines that add so many more.
    fn next_commands(&mut self, count: usize) -> String {
        let first = self.sent.len() + 1;
        let texts = (first..first + count).map(|number| format!("number {number}."));
        let texts: Vec<String> = texts.collect();
        self.sent.extend(texts.iter().cloned());
        texts.iter().map(|text| format!("/add {text}\n")).collect()
    }

    /// Takes the printed replies for acknowledgements. A reply whose text was not printed any more acknowledges nothing.
    fn hear(&mut self, run: &Run) {
        let lines: Vec<&str> = run.stdout.lines().collect();
        for pair in lines.windows(2) {
            if let Some(id) = pair[0].strip_prefix("Added #") {
                let (id, text) = (id.parse().expect("an id"), pair[1].to_owned());
                self.acknowledged.push(Added { id, text });
            }
        }
    }

    /// Types so many commands into a shell to whose calls this happens. Whether it did, and how the shell ended.
    fn suffer(&mut self, count: usize, inject: &str) -> (bool, Run) {
        let input = self.next_commands(count);
        let (calls, run) = self.watch(&input, inject);
        let failed = calls.contains("(INJECTED)");
        self.hear(&run);
        (failed || run.code.is_none(), run)
    }

    /// Types this into a shell to whose calls this happens. What `strace` saw of these calls.
    fn watch(&self, input: &str, inject: &str) -> (String, Run) {
        let trace = self.trace();
        let run = run_with(self.traced(inject), input.as_bytes());
        let calls = fs::read_to_string(&trace).expect("what strace saw");
        fs::remove_file(trace).expect("removed");
        (calls, run)
    }

    fn trace(&self) -> PathBuf {
        self.data.path().with_file_name("trace")
    }

    /// A shell to whose calls this happens: one thing, or several with spaces between.
    fn traced(&self, inject: &str) -> Command {
        let mut command = Command::new("strace");
        let calls = inject.split(' ').map(|one| one.split(':').next());
        let calls: Vec<&str> = calls.map(|calls| calls.expect("the calls")).collect();
        for one in inject.split(' ') {
            command.args(["-e", &format!("inject={one}")]);
        }
        command
            .args(["-f", "-qq", "-e", "signal=none", "-s", "4096"])
            .args(["-e", &format!("trace={}", calls.join(","))])
            .arg("-o")
            .arg(self.trace())
            .arg(env!("CARGO_BIN_EXE_bounty"))
            .args(["shell", "--name", "tester"])
            .env("BOUNTY_DATA", self.data.path())
            .env_remove("BOUNTY_TZ")
            .stderr(Stdio::piped());
        command
    }

    /// The law holds before anything was repaired and after, and the board goes on.
    fn recover(&mut self, at: &str) {
        let before = recorded(&self.data, CHAT);
        assert_law(&self.acknowledged, &before, &self.sent, at);
        let next = self.next_commands(1);
        let run = self.data.shell(&[], &next).ok();
        assert!(run.stdout.contains("Added #"), "{at}: {}", run.stdout);
        self.hear(&run);
        assert_law(
            &self.acknowledged,
            &recorded(&self.data, CHAT),
            &self.sent,
            at,
        );
        assert_sound(&self.data);
    }
}

/// Whether this machine lets a process be traced.
fn can_trace(test: &str) -> bool {
    let traced = tool(
        "strace",
        &["-qq", "-f", "-o", "/dev/null", "-e", "trace=none", "true"],
    );
    traced.map_err(|lack| skip(test, &lack)).is_ok()
}

/// Kills at the N-th of these calls, for every N from `first` in steps, until none is left. How many kills there were.
fn kill_at_each(start: &Board, calls: &str, first: usize, step: usize) -> usize {
    for (kills, number) in (first..).step_by(step).enumerate() {
        let inject = format!("{calls}:signal=SIGKILL:when={number}");
        let mut board = start.copy();
        let (_, run) = board.suffer(2, &inject);
        let lived = run.code.is_some();
        let at = format!("after {}, {inject}: {run:?}", start.sent.len());
        board.recover(&at);
        let found = recorded(&board.data, CHAT).len();
        assert!(
            found <= board.acknowledged.len() + 1,
            "{at}: more than one was not acknowledged"
        );
        if lived {
            run.ok();
            return kills;
        }
    }
    unreachable!("the numbers do not end")
}

/// A board whose log ends in half a line.
fn torn() -> Board {
    let board = Board::with(2);
    let mut log = fs::OpenOptions::new()
        .append(true)
        .open(board.data.log(CHAT))
        .expect("a log");
    log.write_all(br#"{"seq":4,"id":"01"#).expect("written");
    board
}

#[test]
fn killed_at_any_call_that_changes_files_it_loses_nothing_it_told_of() {
    if !can_trace("killed_at_any_call_that_changes_files_it_loses_nothing_it_told_of") {
        return;
    }
    let starts = [Board::with(0), Board::with(1), torn()];
    for start in &starts {
        let kills: usize = CHANGES
            .iter()
            .map(|calls| kill_at_each(start, calls, 1, 1))
            .sum();
        assert!(kills >= 4, "only {kills} kills after {}", start.sent.len());
    }
    let kills = kill_at_each(&starts[1], "write", 1, 1);
    assert!(kills >= 2, "only {kills} kills at replies");
}

#[test]
fn killed_at_some_of_all_calls_it_loses_nothing_it_told_of() {
    if !can_trace("killed_at_some_of_all_calls_it_loses_nothing_it_told_of") {
        return;
    }
    let step = if runs() == 1 { 3 } else { 1 };
    let kills = kill_at_each(&Board::with(0), "all", 1, step);
    assert!(kills >= 5, "only {kills} kills");
}

/// Lets the N-th of these calls of each thread fail, for every N until none does, and checks the law each time. How many
/// commands were refused in all.
fn fail_at_each(calls: &str, error: &str) -> usize {
    let mut refused = 0;
    for number in 1.. {
        let inject = format!("{calls}:error={error}:when={number}");
        let mut board = Board::with(1);
        let (failed, run) = board.suffer(COMMANDS, &inject);
        let at = format!("{inject}: {run:?}");
        let told = board.acknowledged.len();
        assert_eq!(
            recorded(&board.data, CHAT),
            board.acknowledged,
            "{at}: refused, and there all the same"
        );
        assert!(told > 1, "{at}: it never went on");
        let storage = run.stdout.matches("disk is full or failing").count();
        assert_eq!(
            told + storage,
            board.sent.len(),
            "{at}: every command has an answer"
        );
        assert_eq!(run.code, Some(i32::from(storage > 0)), "{at}");
        refused += storage;
        board.recover(&at);
        if !failed {
            return refused;
        }
    }
    unreachable!("the numbers do not end")
}

#[test]
fn a_write_or_flush_that_fails_refuses_its_command_and_the_board_goes_on() {
    if !can_trace("a_write_or_flush_that_fails_refuses_its_command_and_the_board_goes_on") {
        return;
    }
    for (calls, error) in [
        (PWRITE, "ENOSPC"),
        (PWRITE, "EIO"),
        (FLUSH, "EIO"),
        (FLUSH, "ENOSPC"),
    ] {
        let refused = fail_at_each(calls, error);
        assert!(refused > 0, "no {calls} met {error}");
    }
    for calls in ["/^rename", "/truncate", "flock"] {
        fail_at_each(calls, "EIO");
    }
}

#[test]
fn a_disk_that_fails_for_good_acknowledges_nothing_and_loses_nothing() {
    if !can_trace("a_disk_that_fails_for_good_acknowledges_nothing_and_loses_nothing") {
        return;
    }
    for (calls, error) in [(PWRITE, "ENOSPC"), (FLUSH, "EIO"), ("/truncate", "EIO")] {
        let mut board = Board::with(2);
        let inject = format!("{calls}:error={error}:when=1+");
        let (_, run) = board.suffer(4, &inject);
        let at = format!("{inject}: {run:?}");
        if calls != "/truncate" {
            assert_eq!(
                board.acknowledged.len(),
                2,
                "{at}: told of what is not durable"
            );
            assert_eq!(run.code, Some(1), "{at}");
        }
        board.recover(&at);
    }
}

#[test]
fn what_could_be_neither_flushed_nor_undone_is_written_again_before_it_is_told() {
    if !can_trace("what_could_be_neither_flushed_nor_undone_is_written_again_before_it_is_told") {
        return;
    }
    let mut left = 0;
    for number in 1.. {
        // The first time the length is set is before the first write, the second time undoes it.
        let undo = "/truncate:error=EIO:signal=SIGKILL:when=2";
        let inject = format!("{FLUSH}:error=EIO:when={number}+ {undo}");
        let mut board = Board::with(1);
        let (failed, run) = board.suffer(1, &inject);
        let at = format!("{inject}: {run:?}");
        if let Some(lost) = recorded(&board.data, CHAT).get(board.acknowledged.len()) {
            left += 1;
            let (calls, run) = board.watch("/bounty\n", &format!("{PWRITE}:delay_enter=1"));
            let run = run.ok();
            assert!(run.stdout.contains(&lost.text), "{at}: {}", run.stdout);
            assert!(calls.contains(&lost.text), "{at}: {calls}");
        }
        board.recover(&at);
        if !failed {
            break;
        }
    }
    assert!(left > 0, "it never left anything");
}
