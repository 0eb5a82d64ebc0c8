//! `bounty shell`: the board in a terminal, no Telegram needed.

use std::io::{BufRead, IsTerminal, Write, stdin, stdout};

use anyhow::Context;
use rustyline::completion::{Completer, Pair};
use rustyline::error::ReadlineError;
use rustyline::{Editor, Helper, Highlighter, Hinter, Validator};

use crate::domain::board::{ChatKind, ChatStyle, CommandName};
use crate::domain::{Actor, Cause, ChatId, Locale, UnixTime, UserId};
use crate::engine::{Ask, Chat, Engine, Outcome, Reply, Request, Terms};
use crate::telegram::{MessageText, Parsed, all_notes, parse, words};
use crate::text::{Message, Note, Say, Texts, View};

use super::args::{DataArgs, ZoneArgs, os_user, settings};
use super::output::{if_read, visible_block};
use super::{Status, UsageError};

/// The name by which the shell's commands may address the bot: `/add@bounty_bot`.
const BOT_USERNAME: &str = "bounty_bot";

/// Try the board in the terminal, no Telegram needed; default: a DM with user 1
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The chat: negative for a group, a user's id for that user's DM [default: the user's DM]
    #[arg(long, value_name = "ID", allow_negative_numbers = true)]
    chat: Option<ChatId>,
    /// Who types [default: 1, or the owner of the DM]
    #[arg(long, value_name = "ID")]
    user: Option<UserId>,
    /// The name of who types [default: the OS user's]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Act as the operator, who may edit and delete every bounty; histories show it
    #[arg(long, conflicts_with_all = ["user", "name"])]
    operator: bool,
    #[command(flatten)]
    zone: ZoneArgs,
}

pub fn run(data: &DataArgs, args: &Args) -> anyhow::Result<Status> {
    let who = args.who()?;
    let engine = Engine::open(data.disk(), data.layout(), settings(args.zone.tz))?;
    let mut shell = Shell {
        engine,
        texts: Texts::new(),
        who,
        args,
        trouble: false,
    };
    if stdin().is_terminal() {
        shell.interactive()?
    } else {
        shell.piped()?
    }
    let trouble = shell.trouble;
    shell.engine.close();
    Ok(Status::from(trouble))
}

/// Who types, and where.
struct Who {
    chat: Chat,
    actor: Actor,
}

impl Args {
    fn who(&self) -> anyhow::Result<Who> {
        if self.chat == Some(ChatId(0)) {
            return Err(UsageError("--chat 0 is no chat: write a group's negative id, or a user's id for that user's DM".into()).into());
        }
        let user = match (self.user, self.chat) {
            (Some(user), _) => user,
            (None, Some(chat)) if !chat.is_group() => UserId(chat.0),
            (None, _) => UserId(1),
        };
        if user.0 <= 0 {
            return Err(UsageError("--user is the positive id of a person".into()).into());
        }
        let chat = self.chat.unwrap_or(ChatId(user.0));
        if !chat.is_group() && chat.0 != user.0 {
            let explain = format!(
                "a DM has its user's id: use --chat {user}, or a negative --chat for a group"
            );
            return Err(UsageError(explain).into());
        }
        let actor = match (self.operator, &self.name) {
            (true, _) => Actor::Operator {
                name: os_user().into(),
            },
            (false, Some(name)) => Actor::User {
                id: user,
                name: name.into(),
            },
            (false, None) => Actor::User {
                id: user,
                name: os_user().into(),
            },
        };
        let kind = if chat.is_group() {
            ChatKind::Group
        } else {
            ChatKind::Private
        };
        Ok(Who {
            chat: Chat {
                id: chat,
                kind,
                title: None,
            },
            actor,
        })
    }
}

struct Shell<'a> {
    engine: Engine,
    texts: Texts,
    who: Who,
    args: &'a Args,
    /// Whether a command could not be carried out.
    trouble: bool,
}

impl Shell<'_> {
    fn interactive(&mut self) -> anyhow::Result<()> {
        let mut editor = Editor::new().context("cannot read from the terminal")?;
        editor.set_helper(Some(Completion {
            commands: self.commands(),
        }));
        if_read(writeln!(
            stdout(),
            "{}. /help lists the commands, Tab completes them, Ctrl-D ends.",
            self.greeting()
        ))?;
        loop {
            match editor.readline("> ") {
                Ok(line) => {
                    // A history that cannot grow is no reason to stop.
                    let _ = editor.add_history_entry(&line);
                    if is_end(&line) {
                        return Ok(());
                    }
                    self.line(&line)?;
                }
                Err(ReadlineError::Interrupted) => {}
                Err(ReadlineError::Eof) => return Ok(()),
                Err(error) => return Err(error).context("cannot read from the terminal"),
            }
        }
    }

    fn piped(&mut self) -> anyhow::Result<()> {
        let mut input = stdin().lock();
        let mut line = Vec::new();
        while input
            .read_until(b'\n', &mut line)
            .context("cannot read stdin")?
            > 0
        {
            let text = String::from_utf8_lossy(&line);
            if is_end(&text) {
                return Ok(());
            }
            self.line(&text)?;
            line.clear();
        }
        Ok(())
    }

    fn greeting(&self) -> String {
        let Who { chat, actor } = &self.who;
        let place = match chat.kind {
            ChatKind::Group => format!("Group {}", chat.id),
            ChatKind::Private => format!("The DM of user {}", chat.id),
        };
        format!("{place}, as {}", super::words::who(actor))
    }

    fn commands(&self) -> Vec<String> {
        let all = CommandName::ALL.into_iter();
        all.filter(|command| command.works_in(self.who.chat.kind))
            .map(|command| format!("/{}", command.as_str()))
            .collect()
    }

    /// Carries out one line and prints the answer as a person reads it.
    fn line(&mut self, line: &str) -> anyhow::Result<()> {
        let line = line.trim();
        if line.is_empty() {
            return Ok(());
        }
        let now = now();
        let answer = match parse(&MessageText::plain(line), BOT_USERNAME) {
            Parsed::Command(command, notes) => {
                let reply = self.ask(Ask::Command(command), now);
                self.answer(&reply, now, &notes)
            }
            Parsed::Usage(usage) => Some(self.say(&Say::Usage(usage), now)),
            Parsed::Unknown { .. } => Some(self.say(&Say::UnknownCommand, now)),
            Parsed::NoCommand => Some(self.say(&Say::NoCommand, now)),
            Parsed::ForOtherBot => None,
        };
        if let Some(message) = answer {
            let told = writeln!(stdout(), "{}\n", visible_block(&message.plain()));
            if_read(told)?;
        }
        Ok(())
    }

    fn ask(&self, ask: Ask, at: UnixTime) -> Reply {
        let Who { chat, actor } = &self.who;
        let cause = Cause::Shell { user: os_user() };
        self.engine.ask(Request {
            chat: chat.clone(),
            actor: actor.clone(),
            cause,
            at,
            ask,
            terms: Terms::default(),
        })
    }

    fn answer(&mut self, reply: &Reply, at: UnixTime, notes: &[Note]) -> Option<Message> {
        self.trouble |= reply.partial || matches!(reply.outcome, Outcome::Trouble(_));
        let notes = all_notes(notes, reply, None);
        match &reply.outcome {
            Outcome::Answer(answer) => {
                Some(self.render(&Say::Answer(answer), at, &notes, reply.style))
            }
            Outcome::Trouble(trouble) => {
                let say = Say::Trouble(words(*trouble));
                Some(self.render(&say, at, &[], reply.style))
            }
            Outcome::Silent | Outcome::Off => None,
        }
    }

    /// Says what the board is not asked about, in the way of the chat.
    fn say(&self, say: &Say<'_>, at: UnixTime) -> Message {
        let style = self.ask(Ask::Style, at).style;
        self.render(say, at, &[], style)
    }

    fn render(&self, say: &Say<'_>, at: UnixTime, notes: &[Note], style: ChatStyle) -> Message {
        let view = View {
            locale: style.language.unwrap_or(Locale::English),
            zone: style.zone.unwrap_or(self.args.zone.tz),
            at,
        };
        self.texts.render(say, notes, &view)
    }
}

/// Whether this line ends the shell.
fn is_end(line: &str) -> bool {
    matches!(line.trim(), "exit" | "quit")
}

fn now() -> UnixTime {
    chrono::Utc::now().timestamp()
}

/// Completes the command at the start of a line.
#[derive(Helper, Highlighter, Hinter, Validator)]
struct Completion {
    commands: Vec<String>,
}

impl Completer for Completion {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        at: usize,
        _: &rustyline::Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        let typed = &line[..at];
        let matching = self
            .commands
            .iter()
            .filter(|command| command.starts_with(typed));
        let pair = |command: &String| Pair {
            display: command.clone(),
            replacement: format!("{command} "),
        };
        Ok((0, matching.map(pair).collect()))
    }
}
