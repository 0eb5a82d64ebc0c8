//! Data directories made by a generator: logs as migrations-notes/0001-format.md states them, byte by byte.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::Context;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::ask::BOT;
use crate::board::{Entry, Event, Opened};
use crate::workload::Workload;

/// When everything was recorded; the order of events is their seq.
const TIME: &str = "2026-11-22T04:00:00.000Z";

/// Writes the logs of this many chats; each has this many events.
pub fn write(data: &Path, chats: usize, events: usize) -> anyhow::Result<()> {
    let mut workload = Workload::new(chats);
    for chat in 0..chats {
        let id = -1 - chat as i64;
        let dir = data.join(id.to_string());
        fs::create_dir_all(&dir)?;
        let mut log = Log::new(BufWriter::new(File::create(dir.join("events.jsonl"))?));
        log.open_board(id)?;
        for _ in 1..events {
            log.add(&workload.next_in(chat).entry)?;
        }
        log.out.flush()?;
    }
    Ok(())
}

/// The first command in each chat that a fixture's log does not have yet: its update is new there.
pub fn late_add(chat: usize, number: usize) -> crate::workload::Op {
    let mut op = Workload::new(chat + 1).add_in(chat);
    op.entry.update = 1_000_000_000 + number as i64;
    op
}

struct Log<W> {
    out: W,
    seq: u64,
    head: String,
}

impl<W: Write> Log<W> {
    fn new(out: W) -> Self {
        let head = "0".repeat(64);
        Self { out, seq: 0, head }
    }

    fn open_board(&mut self, chat: i64) -> anyhow::Result<()> {
        let opened = Event::BoardOpened(Opened {
            chat_id: chat,
            kind: "group".to_owned(),
            title: Some("Office".to_owned()),
        });
        let system = r#"{"kind":"system"}"#;
        self.line(system, system, &opened)
    }

    fn add(&mut self, entry: &Entry) -> anyhow::Result<()> {
        let name = json!(entry.name);
        let actor = format!(r#"{{"kind":"user","id":{},"name":{name}}}"#, entry.user);
        let cause = format!(
            r#"{{"kind":"update","bot":{BOT},"update":{update},"message":{update},"date":{}}}"#,
            entry.date,
            update = entry.update
        );
        self.line(&actor, &cause, &entry.event)
    }

    fn line(&mut self, actor: &str, cause: &str, event: &Event) -> anyhow::Result<()> {
        self.seq += 1;
        let event = serde_json::to_string(event)?;
        let (name, data) = event
            .split_once(r#","data":"#)
            .context("an event has data")?;
        let body = format!(
            r#"{{"seq":{seq},"id":"019aa9c0-7800-7000-8000-{seq:012x}","time":"{TIME}","actor":{actor},"cause":{cause},{},"v":1,"data":{}"#,
            name.trim_start_matches('{'),
            data.strip_suffix('}').context("an event ends")?,
            seq = self.seq,
        );
        let digest = Sha256::new()
            .chain_update(&self.head)
            .chain_update(&body)
            .finalize();
        self.head = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        writeln!(self.out, r#"{body},"hash":"{}"}}"#, self.head)?;
        Ok(())
    }
}
