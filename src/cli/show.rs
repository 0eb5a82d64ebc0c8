//! `bounty show`: a board as it is, or as it was.

use std::io::{Write, stdout};

use crate::audit::{At, Reader, StateAt};
use crate::domain::board::{Board, Bounty, ChatKind, board_file};
use crate::domain::{ChatId, Seq};

use super::Status;
use super::args::{DataArgs, Format, ZoneArgs};
use super::output::{visible, visible_json};
use super::when;
use super::words::due;

/// A board as it is, or as it was
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The chat, by its id: negative for a group
    #[arg(allow_negative_numbers = true)]
    chat: ChatId,
    /// After the event of this seq, or after the last event recorded by this time
    #[arg(long, value_name = "TIME|SEQ", value_parser = when::at)]
    at: Option<At>,
    #[command(flatten)]
    zone: ZoneArgs,
    /// How it is printed; json is the snapshot as it would be
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

pub fn run(data: &DataArgs, args: &Args) -> anyhow::Result<Status> {
    data.require()?;
    let (disk, layout) = (data.disk(), data.layout());
    let reader = Reader::new(&*disk, &layout);
    let chat = reader.current(args.chat)?;
    let state = reader.state_at(chat, args.at.unwrap_or(At::End))?;
    let Some(state) = state else {
        anyhow::bail!("chat {chat} has no log: check the id and --data")
    };
    if let Some(damage) = state
        .damage
        .as_ref()
        .filter(|_| state.position.seq == Seq(0))
    {
        anyhow::bail!("{damage}");
    }
    let mut out = stdout().lock();
    match args.format {
        Format::Table => print_board(&mut out, chat, &state, args)?,
        Format::Json => {
            let file = board_file(&state.board, state.position.head.as_str())
                .unwrap_or_else(|| b"null\n".to_vec());
            write!(out, "{}", visible_json(&String::from_utf8_lossy(&file)))?;
        }
    }
    let end = state.position.seq;
    let problem = match (&state.damage, args.at) {
        (Some(damage), _) => Some(damage.to_string()),
        (None, Some(At::Seq(seq))) if seq > end => Some(format!(
            "chat {chat} has no event {seq} yet, it ends at seq {end}"
        )),
        _ => None,
    };
    if let Some(problem) = &problem {
        to_stderr!("error: {problem}");
    }
    Ok(Status::from(problem.is_some()))
}

fn print_board(
    out: &mut impl Write,
    chat: ChatId,
    state: &StateAt,
    args: &Args,
) -> std::io::Result<()> {
    let StateAt {
        board, position, ..
    } = state;
    if position.seq == Seq(0) {
        return writeln!(out, "chat {chat} had no events yet (seq 0)");
    }
    let count = board.bounties().len();
    writeln!(
        out,
        "chat {chat}, seq {}, head {}, {count} {}, next id {}",
        position.seq,
        position.head,
        if count == 1 { "bounty" } else { "bounties" },
        board.next_id()
    )?;
    print_settings(out, board)?;
    for bounty in board.bounties() {
        print_bounty(out, board, bounty, args)?;
    }
    if board.kind() == Some(ChatKind::Group) {
        for (user, list) in board.lists() {
            let ids: Vec<String> = list.ids.iter().map(|id| format!("#{id}")).collect();
            let ids = if ids.is_empty() {
                "nothing".to_owned()
            } else {
                ids.join(" ")
            };
            writeln!(
                out,
                "{} ({user}) tracks {ids}",
                visible(&board.name_of(user.0))
            )?;
        }
    }
    Ok(())
}

/// What the chat chose for itself; nothing when it chose nothing.
fn print_settings(out: &mut impl Write, board: &Board) -> std::io::Result<()> {
    let settings = board.settings();
    let language = settings
        .language
        .map(|chosen| format!("language {}", chosen.as_str()));
    let zone = settings.timezone.as_deref();
    let zone = zone.map(|chosen| format!("time zone {}", visible(chosen)));
    let mute = settings.mute_bots().into_iter();
    let mute = mute.map(|bot| format!("bot {bot} does not answer"));
    let chosen: Vec<String> = language.into_iter().chain(zone).chain(mute).collect();
    if chosen.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", chosen.join(", "))
}

fn print_bounty(
    out: &mut impl Write,
    board: &Board,
    bounty: &Bounty,
    args: &Args,
) -> std::io::Result<()> {
    writeln!(out, "#{} {}", bounty.id, visible(&bounty.text))?;
    if let Some(link) = &bounty.link {
        writeln!(out, "    link {}", visible(link))?;
    }
    if bounty.due.is_some() {
        writeln!(out, "    due {}", due(bounty.due, args.zone.tz))?;
    }
    let (name, created) = (
        board.name_of(bounty.created_by),
        due(Some(bounty.created_at), args.zone.tz),
    );
    writeln!(
        out,
        "    by {} ({}), {created}",
        visible(&name),
        bounty.created_by
    )
}
