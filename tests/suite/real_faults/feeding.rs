//! `bounty feed` under load, stopped at a moment that the test chooses.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdout, Stdio};
use std::thread::{self, JoinHandle};

use serde_json::Value;

use super::{Added, assert_law, recorded};
use crate::support::{BOT, Data, in_group, plain};

/// Additions to many chats, and which of them were acknowledged.
pub struct Load {
    updates: Vec<Value>,
    /// The texts of each chat, in the order sent.
    sent: BTreeMap<i64, Vec<String>>,
    acknowledged: BTreeMap<i64, Vec<Added>>,
}

impl Load {
    pub fn new(updates: i64, chats: i64) -> Self {
        let (mut sent, mut all) = (BTreeMap::<i64, Vec<String>>::new(), Vec::new());
        for number in 1..=updates {
            // Neighbours are now in one chat, now in many.
            let chat = -1 - (number / 3 + number * number) % chats;
            let text = format!("number {number}.");
            all.push(in_group(number, chat, 1, &format!("/add {text}")));
            sent.entry(chat).or_default().push(text);
        }
        Self {
            updates: all,
            sent,
            acknowledged: BTreeMap::new(),
        }
    }

    pub fn len(&self) -> usize {
        self.updates.len()
    }

    /// The updates from this place on, as `feed` reads them.
    pub fn lines(&self, from: usize) -> String {
        let updates = self.updates[from..].iter();
        updates.map(|update| format!("{update}\n")).collect()
    }

    /// An answer to the update of this place: an acknowledgement when it says so.
    fn hear(&mut self, place: usize, answer: &str) -> bool {
        let call: Value = serde_json::from_str(answer).expect("a call");
        let text = plain(call["text"].as_str().expect("a text"));
        let Some(rest) = text.strip_prefix("Added #") else {
            return false;
        };
        let mut lines = rest.lines();
        let id = lines.next().and_then(|id| id.parse().ok()).expect("an id");
        let text = lines.next().expect("its text").to_owned();
        let chat = self.updates[place]["message"]["chat"]["id"]
            .as_i64()
            .expect("an id");
        self.acknowledged
            .entry(chat)
            .or_default()
            .push(Added { id, text });
        true
    }

    /// acknowledged <= recorded <= sent, in every chat.
    #[track_caller]
    pub fn check(&self, data: &Data, at: &str) {
        for (chat, sent) in &self.sent {
            let acknowledged = self.acknowledged.get(chat).map_or(&[][..], Vec::as_slice);
            assert_law(
                acknowledged,
                &recorded(data, *chat),
                sent,
                &format!("{at}, chat {chat}"),
            );
        }
    }

    /// Everything is recorded, once and in order.
    #[track_caller]
    pub fn check_all(&self, data: &Data) {
        self.check(data, "at the end");
        for (chat, sent) in &self.sent {
            assert_eq!(recorded(data, *chat).len(), sent.len(), "chat {chat}");
        }
    }
}

/// A running `bounty feed`; killed when dropped.
pub struct Feeding<'l> {
    load: &'l mut Load,
    child: Child,
    writer: Option<JoinHandle<()>>,
    answers: Lines<BufReader<ChildStdout>>,
    /// The place of the update that is answered next.
    next: usize,
    /// The place of the first update that was refused.
    refused: Option<usize>,
}

impl<'l> Feeding<'l> {
    /// Feeds the updates from this place on.
    pub fn start(data: &Data, load: &'l mut Load, from: usize) -> Self {
        let mut command = data.bounty(&["feed", "--bot-id", &BOT.to_string()]);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut child = command.spawn().expect("the program starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        let input = load.lines(from);
        let writer = thread::spawn(move || {
            // The program is killed before it has read everything.
            let _ = stdin.write_all(input.as_bytes());
        });
        let answers = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        Self {
            load,
            child,
            writer: Some(writer),
            answers,
            next: from,
            refused: None,
        }
    }

    /// Reads one answer: none at the end of the output, else whether it was an acknowledgement.
    pub fn hear(&mut self) -> Option<bool> {
        let answer = self.answers.next()?.expect("UTF-8");
        // A killed program may have printed half a line.
        if !answer.ends_with('}') {
            return None;
        }
        let acknowledged = self.load.hear(self.next, &answer);
        if !acknowledged {
            self.refused.get_or_insert(self.next);
        }
        self.next += 1;
        Some(acknowledged)
    }

    /// Reads so many acknowledgements.
    #[track_caller]
    pub fn hear_acknowledged(&mut self, count: usize) {
        for _ in 0..count {
            assert_eq!(self.hear(), Some(true));
        }
    }

    /// Reads on until a command is refused, then SIGKILL. What is acknowledged now does not count: nobody hears a machine
    /// without power. Returns what [`Feeding::kill`] does.
    #[track_caller]
    pub fn kill_when_refused(mut self) -> usize {
        let before = self.load.acknowledged.clone();
        while self.hear().expect("there is more to answer") {}
        let next = self.stop();
        self.load.acknowledged = before;
        next
    }

    /// SIGKILL. What was printed before counts. Returns the place of the first update that was not acknowledged.
    pub fn kill(mut self) -> usize {
        self.stop()
    }

    fn stop(&mut self) -> usize {
        self.child.kill().expect("it runs");
        while self.hear().is_some() {}
        self.refused.unwrap_or(self.next)
    }

    /// Reads everything to the end; all must have been acknowledged.
    #[track_caller]
    pub fn finish(mut self) {
        while let Some(acknowledged) = self.hear() {
            assert!(acknowledged);
        }
        assert!(self.child.wait().expect("ended").success());
        assert_eq!(self.next, self.load.len());
    }
}

impl Drop for Feeding<'_> {
    fn drop(&mut self) {
        // Both fail when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let Some(writer) = self.writer.take() {
            // A panic there is the test's own.
            let _ = writer.join();
        }
    }
}
