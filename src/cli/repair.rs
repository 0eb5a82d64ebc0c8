//! `bounty repair`: the way out of damage.

use std::io::{Write, stdout};

use anyhow::Context;
use serde_json::{Value, json};

use crate::audit::{
    Aside, AsideFrom, Diagnosis, Finding, Operator, Plan, Repaired, damaged_chat, diagnose, repair,
};
use crate::domain::{ChatId, Seq, StreamId};
use crate::engine::system_time;
use crate::store::{Damage, Layout, Position, StoreError, unrepaired};

use super::Status;
use super::args::{DataArgs, Format, os_user, require_owner};
use super::output::visible;
use super::words::counted;

/// The way out of damage: say what of a chat would be kept and what set aside; --apply does it
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The chat, by its id: negative for a group
    #[arg(value_name = "CHAT", allow_negative_numbers = true)]
    chat: StreamId,
    /// Do it, and record it as an event by the operator; safe beside a running bot
    #[arg(long)]
    apply: bool,
    /// How the report is printed
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

pub fn run(data: &DataArgs, args: &Args) -> anyhow::Result<Status> {
    data.require()?;
    let (disk, layout) = (data.disk(), data.layout());
    let Some(chat) = args.chat.chat() else {
        let way_out = unrepaired(&layout, args.chat).unwrap_or_default();
        anyhow::bail!("the log of {} is not repaired: {way_out}", args.chat);
    };
    let chat = damaged_chat(&*disk, &layout, chat)?;
    let done = if args.apply {
        require_owner(&layout.chat(chat))?;
        let operator = Operator {
            name: os_user(),
            now: system_time(),
        };
        repair(&*disk, &layout, chat, &operator)
    } else {
        diagnose(&*disk, &layout, chat).map(|found| found.map(undone))
    };
    let report = match done {
        Ok(Some(repaired)) => Report {
            chat,
            layout: &layout,
            applied: args.apply,
            repaired,
        },
        Ok(None) => anyhow::bail!("chat {chat} has no log: check the id and --data"),
        Err(error) if args.format == Format::Json => return unrepairable(chat, &error),
        Err(error) => return Err(error.into()),
    };
    report.say(args.format).with_context(|| {
        let done = match (args.apply, &report.repaired.snapshots) {
            (true, Some(_)) => "the log is repaired",
            _ => "nothing was changed",
        };
        format!("chat {chat}: {done}, but the report could not be written")
    })?;
    let finding = &report.repaired.diagnosis.finding;
    let is_found = matches!(finding, Finding::Unfinished | Finding::Damaged(_));
    Ok(Status::from(is_found && !args.apply))
}

/// A finding of which nothing was carried out.
fn undone(diagnosis: Diagnosis) -> Repaired {
    Repaired {
        end: diagnosis.end,
        diagnosis,
        snapshots: None,
    }
}

fn unrepairable(chat: ChatId, error: &StoreError) -> anyhow::Result<Status> {
    let report =
        json!({ "chat": chat, "state": "unrepairable", "problem": visible(&error.to_string()) });
    writeln!(stdout(), "{}", serde_json::to_string_pretty(&report)?)?;
    Ok(Status::Problem)
}

/// What was found, and done when it was to be.
struct Report<'r> {
    chat: ChatId,
    layout: &'r Layout,
    applied: bool,
    repaired: Repaired,
}

impl Report<'_> {
    fn say(&self, format: Format) -> anyhow::Result<()> {
        match format {
            Format::Table => self.print()?,
            Format::Json => {
                let report = serde_json::to_string_pretty(&self.json())?;
                writeln!(stdout(), "{report}")?;
            }
        }
        Ok(())
    }

    fn print(&self) -> std::io::Result<()> {
        let (chat, end) = (self.chat, self.repaired.diagnosis.end);
        let mut out = stdout().lock();
        match &self.repaired.diagnosis.finding {
            Finding::Whole => writeln!(
                out,
                "chat {chat}: nothing to repair, seq {}, head {}",
                end.seq, end.head
            ),
            Finding::Torn { bytes } => writeln!(
                out,
                "chat {chat}: nothing to repair, seq {}, head {}. The torn tail of {} was never acknowledged; the bot sets it aside when it next uses this chat",
                end.seq,
                end.head,
                counted(*bytes, "byte")
            ),
            Finding::Unfinished => {
                writeln!(
                    out,
                    "chat {chat}: its log is whole up to seq {}, head {}; the snapshots of an interrupted repair were not in place",
                    end.seq, end.head
                )?;
                self.print_end(&mut out)
            }
            Finding::Damaged(plan) => {
                self.print_plan(&mut out, plan)?;
                self.print_end(&mut out)
            }
        }
    }

    fn print_plan(&self, out: &mut impl Write, plan: &Plan) -> std::io::Result<()> {
        let dir = self.layout.chat(self.chat);
        writeln!(out, "damaged    {}", problem(&plan.damage))?;
        writeln!(out, "kept       {}", kept(&self.repaired.diagnosis.end))?;
        for aside in &plan.aside {
            let source = dir.join(&aside.source);
            writeln!(
                out,
                "set aside  {}, {}, as {}",
                source.display(),
                part(aside),
                aside.name
            )?;
        }
        let (verb, end) = if self.applied {
            ("recorded", format!("as seq {}, ", self.repaired.end.seq))
        } else {
            ("to record", String::new())
        };
        writeln!(
            out,
            "{verb:<10} {end}a BoardRepaired event by operator {}; the next bounty gets #{}",
            visible(&os_user()),
            plan.next_id
        )
    }

    fn print_end(&self, out: &mut impl Write) -> std::io::Result<()> {
        let end = &self.repaired.end;
        match self.repaired.snapshots {
            Some(snapshots) => writeln!(
                out,
                "repaired   seq {}, head {}, {} written",
                end.seq,
                end.head,
                counted(snapshots.written as u64, "snapshot")
            ),
            None => writeln!(out, "Nothing was changed. To do it: {}", self.command()),
        }
    }

    fn command(&self) -> String {
        self.layout
            .command(&format!("repair {} --apply", self.chat))
    }

    fn json(&self) -> Value {
        let Repaired {
            diagnosis,
            end,
            snapshots,
        } = &self.repaired;
        let (plan, state) = match &diagnosis.finding {
            Finding::Whole => (None, "whole"),
            Finding::Torn { .. } => (None, "torn"),
            Finding::Unfinished => (None, "unfinished"),
            Finding::Damaged(plan) => (Some(plan), "damaged"),
        };
        let open = matches!(state, "damaged" | "unfinished") && !self.applied;
        json!({
            "chat": self.chat,
            "state": state,
            "problem": plan.map(|plan| problem(&plan.damage)),
            "kept": { "seq": diagnosis.end.seq, "head": diagnosis.end.head.as_str() },
            "set_aside": plan.map_or_else(Vec::new, |plan| plan.aside.iter().map(aside_json).collect()),
            "next_id": plan.map(|plan| plan.next_id),
            "applied": snapshots.is_some(),
            "seq": end.seq,
            "head": end.head.as_str(),
            "command": open.then(|| self.command()),
        })
    }
}

fn problem(damage: &Damage) -> String {
    let Damage {
        path,
        line,
        seq,
        kind,
    } = damage;
    visible(&format!(
        "{}, line {line} (seq {seq}): {kind}",
        path.display()
    ))
}

fn kept(end: &Position) -> String {
    if end.seq == Seq(0) {
        "no event: the log begins anew".to_owned()
    } else {
        format!("seq 1 to {}, head {}", end.seq, end.head)
    }
}

/// How much of its file is set aside.
fn part(aside: &Aside) -> String {
    let bytes = counted(aside.content.len() as u64, "byte");
    match aside.from {
        AsideFrom::Log { offset } => {
            let lines = counted(line_count(&aside.content), "line");
            format!("{bytes} from byte {offset} on ({lines})")
        }
        AsideFrom::Snapshot { seq: Some(seq) } => format!("{bytes}, which reflect seq {seq}"),
        AsideFrom::Snapshot { seq: None } => format!("{bytes}, not readable as a snapshot"),
    }
}

/// A last line without its newline counts too.
fn line_count(content: &[u8]) -> u64 {
    content.split_inclusive(|byte| *byte == b'\n').count() as u64
}

fn aside_json(aside: &Aside) -> Value {
    let (from, lines, seq) = match aside.from {
        AsideFrom::Log { offset } => (offset, Some(line_count(&aside.content)), None),
        AsideFrom::Snapshot { seq } => (0, None, seq),
    };
    json!({ "file": aside.source, "from_byte": from, "bytes": aside.content.len(), "lines": lines, "seq": seq, "as": aside.name })
}
