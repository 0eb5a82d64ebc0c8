//! `bounty feed`: Telegram updates on stdin, the Bot API calls that answer them on stdout.

use std::io::{self, BufRead, BufWriter, Read, Write, stdin, stdout};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread;

use anyhow::Context;

use crate::domain::BotId;
use crate::engine::{Engine, Settings};
use crate::telegram::{BotIdentity, Carrier, Front, Response, is_migration, read};

use super::Status;
use super::args::{DataArgs, ZoneArgs};
use super::output::visible;

/// How many updates are under way at once. With so many each chat of a thousand has some waiting, which share a write: on two cores
/// and a disk whose flush takes 0.3 ms, 1.6 times as fast as with 1,024, for 17 MB more.
const WINDOW: usize = 8_192;
/// The longest line that is read, in bytes: far above what Telegram sends.
const LINE_LIMIT: u64 = 16 << 20;

/// Telegram Update objects on stdin, one a line -> the Bot API calls on stdout, one a line
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The bot that received the updates
    #[arg(long, value_name = "ID", default_value_t = BotId(0))]
    bot_id: BotId,
    /// Its username: commands for others, /add@other_bot, are not answered
    #[arg(long, value_name = "NAME", default_value = "bounty_bot")]
    bot_username: String,
    #[command(flatten)]
    zone: ZoneArgs,
}

pub fn run(data: &DataArgs, args: &Args) -> anyhow::Result<Status> {
    let settings = Settings {
        open_logs: super::open_files::allow_most(),
        ..super::args::settings(args.zone.tz)
    };
    let engine = Arc::new(Engine::open(data.disk(), data.layout(), settings)?);
    let front = Front::new(Arc::clone(&engine), args.zone.tz);
    let bot = BotIdentity {
        id: args.bot_id,
        username: args.bot_username.clone(),
    };
    let (sender, receiver) = sync_channel(WINDOW);
    let printer = thread::spawn(move || print_all(&receiver));
    let mut feed = Feed {
        front,
        bot,
        answers: sender,
        problem: false,
    };
    let fed = feed.read_all();
    let problem = feed.problem;
    drop(feed);
    let printed = printer
        .join()
        .map_err(|_| anyhow::anyhow!("the printing thread ended by a bug"))?;
    drop(engine);
    fed?;
    Ok(Status::from(problem | printed?))
}

/// The answer to one update, as soon as there is one.
type Pending = Receiver<Response>;

struct Feed {
    front: Front,
    bot: BotIdentity,
    /// In the order of the input.
    answers: SyncSender<Pending>,
    problem: bool,
}

impl Feed {
    fn read_all(&mut self) -> anyhow::Result<()> {
        let mut input = stdin().lock();
        let mut line = Vec::new();
        for number in 1_u64.. {
            line.clear();
            let read = (&mut input)
                .take(LINE_LIMIT)
                .read_until(b'\n', &mut line)
                .context("cannot read stdin")?;
            if read == 0 {
                break;
            }
            if line.len() as u64 == LINE_LIMIT && line.last() != Some(&b'\n') {
                self.refuse(number, "it is longer than 16 MiB");
                skip_line(&mut input)?;
                continue;
            }
            if !self.update(number, &line) {
                break;
            }
        }
        Ok(())
    }

    /// False when nobody takes the answers any more.
    fn update(&mut self, number: u64, line: &[u8]) -> bool {
        let Ok(raw) = std::str::from_utf8(line) else {
            self.refuse(number, "it is not UTF-8");
            return true;
        };
        if raw.trim().is_empty() {
            return true;
        }
        let incoming = match read(raw, &self.bot, Carrier::Feed) {
            Ok(incoming) => incoming,
            Err(unreadable) => {
                self.refuse(number, &unreadable.reason);
                return true;
            }
        };
        let (sender, receiver) = sync_channel(1);
        let is_barrier = is_migration(&incoming);
        self.front.receive(incoming, move |response| {
            // The printer may have ended, when nobody reads our output.
            let _ = sender.send(response);
        });
        let receiver = if is_barrier {
            ready(receiver)
        } else {
            receiver
        };
        self.answers.send(receiver).is_ok()
    }

    fn refuse(&mut self, number: u64, reason: &str) {
        self.problem = true;
        to_stderr!(
            "error: line {number} is no Update: {}; the others are carried out",
            visible(reason)
        );
    }
}

/// Waits for an answer, so that what follows sees its effect.
fn ready(receiver: Pending) -> Pending {
    let (sender, ready) = sync_channel(1);
    if let Ok(response) = receiver.recv() {
        // Its receiver is returned below.
        let _ = sender.send(response);
    }
    ready
}

fn skip_line(input: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = input.fill_buf()?;
        let (len, end) = match buffer.iter().position(|byte| *byte == b'\n') {
            Some(at) => (at + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        input.consume(len);
        if end {
            return Ok(());
        }
    }
}

/// Prints the answers in the order of the input, flushed whenever the next one is not there yet. True when one of them was
/// trouble.
fn print_all(answers: &Receiver<Pending>) -> anyhow::Result<bool> {
    let mut out = BufWriter::new(stdout().lock());
    let mut problem = false;
    while let Some(pending) = next(answers, &mut out)? {
        let Some(response) = next(&pending, &mut out)? else {
            continue;
        };
        problem |= response.trouble.is_some();
        for call in &response.calls {
            call.write_json(&mut out)?;
            out.write_all(b"\n")?;
        }
    }
    out.flush()?;
    Ok(problem)
}

/// What comes next; what was printed is flushed before waiting for it. None when nothing comes any more.
fn next<T>(receiver: &Receiver<T>, out: &mut impl Write) -> io::Result<Option<T>> {
    match receiver.try_recv() {
        Ok(item) => Ok(Some(item)),
        Err(TryRecvError::Disconnected) => Ok(None),
        Err(TryRecvError::Empty) => {
            out.flush()?;
            Ok(receiver.recv().ok())
        }
    }
}
