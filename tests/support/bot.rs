//! `bounty run` as a child process, and the stage that it runs on: a data directory and a fake Bot API server.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::bot_api::updates::{User, text_message};
use super::bot_api::{Call, FakeBotApi};
use super::{BOT, DATE, Data};

/// The token of the bot of these tests.
pub const TOKEN: &str = "7001:AAE-a_Secret-token_That-nobody_May-see1";
/// Its name.
pub const USERNAME: &str = "bounty_bot";
/// How long anything may take on a slow machine.
pub const LIMIT: Duration = Duration::from_secs(60);

/// A data directory of its own and a server that knows the bot.
pub struct Stage {
    pub data: Data,
    pub api: FakeBotApi,
    last_message: AtomicI64,
}

impl Stage {
    pub fn new() -> Self {
        let api = FakeBotApi::start();
        api.add_bot(TOKEN, BOT, USERNAME);
        Self {
            data: Data::new(),
            api,
            last_message: AtomicI64::new(0),
        }
    }

    /// Starts `bounty run` with these further arguments.
    pub fn run(&self, args: &[&str]) -> Bot {
        Bot::spawn(self.command(args))
    }

    /// The command that [`Stage::run`] starts.
    pub fn command(&self, args: &[&str]) -> Command {
        let args: Vec<&str> = ["run"].into_iter().chain(args.iter().copied()).collect();
        let mut command = self.data.bounty(&args);
        command
            .env("TELOXIDE_TOKEN", TOKEN)
            .env("TELOXIDE_API_URL", self.api.url());
        command
    }

    /// A message id that was not used yet.
    pub fn message_id(&self) -> i64 {
        self.last_message.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// The update of a user who writes this, for [`Stage::push`].
    pub fn message(&self, chat: &Value, from: &User, text: &str) -> Value {
        text_message(chat, from, self.message_id(), DATE, text)
    }

    pub fn push(&self, update: Value) -> i64 {
        self.api.push(TOKEN, update)
    }

    /// A user writes this; returns the update's id.
    pub fn say(&self, chat: &Value, from: &User, text: &str) -> i64 {
        self.push(self.message(chat, from, text))
    }

    /// What the bot wrote to a chat, without markup.
    pub fn texts(&self, chat: i64) -> Vec<String> {
        let text = |message: &Value| {
            message["plain_text"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        };
        self.api.messages(chat).iter().map(text).collect()
    }

    /// The attempts to write to a chat, also those that failed.
    pub fn sends(&self, chat: i64) -> Vec<Call> {
        let mut calls = self.api.calls();
        calls.retain(|call| call.is("sendMessage") && call.chat_id() == Some(chat));
        calls
    }

    /// Waits until the bot wrote so many messages to a chat, and returns them.
    #[track_caller]
    pub fn wait_texts(&self, chat: i64, count: usize) -> Vec<String> {
        let what = format!("{count} messages in {chat}");
        self.api
            .wait_until(LIMIT, &what, |api| api.messages(chat).len() >= count);
        self.texts(chat)
    }

    /// Waits until nothing is left to be delivered.
    #[track_caller]
    pub fn wait_confirmed(&self) {
        self.api.wait_until(LIMIT, "every update confirmed", |api| {
            api.unconfirmed(TOKEN) == 0
        });
    }

    /// Waits until the bot holds a poll open.
    #[track_caller]
    pub fn wait_polling(&self) {
        self.api.wait_until(LIMIT, "a poll in flight", |api| {
            api.polls_in_flight(TOKEN) > 0
        });
    }

    /// `verify` and `replay --check` find nothing.
    #[track_caller]
    pub fn assert_sound(&self) {
        self.data.run(&["verify"]).ok();
        self.data.run(&["replay", "--check"]).ok();
    }
}

/// A running `bounty run`; killed when dropped.
pub struct Bot {
    child: Child,
    output: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
}

/// How it ended.
#[derive(Debug)]
pub struct Ended {
    /// None after a signal that it did not handle.
    pub code: Option<i32>,
    /// Everything on stdout and stderr.
    pub output: String,
}

impl Bot {
    pub fn spawn(mut command: Command) -> Self {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let output = Arc::new(Mutex::new(String::new()));
        let stdout = child.stdout.take().expect("a pipe");
        let stderr = child.stderr.take().expect("a pipe");
        let readers = vec![collect(stdout, &output), collect(stderr, &output)];
        Self {
            child,
            output,
            readers,
        }
    }

    /// What it printed so far.
    pub fn output(&self) -> String {
        let output = self.output.lock().unwrap_or_else(PoisonError::into_inner);
        output.clone()
    }

    /// Waits until it printed this.
    #[track_caller]
    pub fn wait_says(&self, words: &str) {
        let deadline = Instant::now() + LIMIT;
        while !self.output().contains(words) {
            let output = self.output();
            assert!(Instant::now() < deadline, "never said {words:?}: {output}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// SIGTERM, and waits for the end.
    #[track_caller]
    pub fn stop(self) -> Ended {
        self.terminate();
        self.wait()
    }

    /// SIGTERM.
    pub fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// SIGINT, and waits for the end.
    #[track_caller]
    pub fn interrupt(self) -> Ended {
        self.signal(Signal::INT);
        self.wait()
    }

    /// SIGKILL, and waits for the end.
    #[track_caller]
    pub fn kill(self) -> Ended {
        self.signal(Signal::KILL);
        self.wait()
    }

    /// Waits for it to end by itself.
    #[track_caller]
    pub fn wait(mut self) -> Ended {
        let status = self.wait_status();
        for reader in self.readers.drain(..) {
            reader.join().expect("its output was read");
        }
        Ended {
            code: status.code(),
            output: self.output(),
        }
    }

    #[track_caller]
    fn wait_status(&mut self) -> ExitStatus {
        let deadline = Instant::now() + LIMIT;
        loop {
            if let Some(status) = self.child.try_wait().expect("a child can be waited for") {
                return status;
            }
            let output = self.output();
            assert!(Instant::now() < deadline, "it does not end: {output}");
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn signal(&self, signal: Signal) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).expect("the child was not waited for yet");
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        // Both fail when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Ended {
    /// It must have ended well.
    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(self.code, Some(0), "{}", self.output);
        self
    }
}

fn collect(pipe: impl Read + Send + 'static, output: &Arc<Mutex<String>>) -> JoinHandle<()> {
    let output = Arc::clone(output);
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines() {
            let line = line.expect("its output is UTF-8");
            let mut output = output.lock().unwrap_or_else(PoisonError::into_inner);
            output.push_str(&line);
            output.push('\n');
        }
    })
}
