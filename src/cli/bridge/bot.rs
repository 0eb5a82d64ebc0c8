//! `bounty bridge bot`.

use anyhow::Context;
use clap::{Args, Subcommand};

use super::Asked;
use crate::domain::bridge::{
    BotParts, BridgeCommand, Change, EntityKind, SecretWish, TelegramBotId,
};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// All bots
    List,
    /// One bot with all its fields
    Show { id: u64 },
    /// Add a bot
    Add {
        #[command(flatten)]
        parts: Parts,
    },
    /// Change what is named
    Edit {
        id: TelegramBotId,
        #[command(flatten)]
        parts: Parts,
    },
    /// Remove a bot that listens for nothing
    Remove { id: TelegramBotId },
}

#[derive(Debug, Args)]
pub struct Parts {
    #[arg(long)]
    name: Option<String>,
    /// An emoji or a word to tell it by
    #[arg(long)]
    icon: Option<String>,
    #[command(flatten)]
    token: Token,
    /// Its name in Telegram, with or without @; empty clears it
    #[arg(long)]
    username: Option<String>,
    /// How it gets its updates: polling
    #[arg(long, value_name = "MODE")]
    update_mode: Option<String>,
}

/// Where the token is to be found. The token itself is taken nowhere; an option for it is there to say so.
#[derive(Debug, Args)]
#[group(multiple = false)]
struct Token {
    /// The variable of the environment of `bounty run` that has the token
    #[arg(long, value_name = "NAME")]
    token_env: Option<String>,
    /// The file that has the token; only the user of `bounty run` should be able to read it
    #[arg(long, value_name = "PATH")]
    token_file: Option<String>,
    #[arg(long, hide = true, num_args = 0..)]
    token: Option<Vec<String>>,
}

impl Token {
    fn typed(self) -> anyhow::Result<Option<SecretWish>> {
        Ok(match (self.token_env, self.token_file, self.token) {
            (_, _, Some(_)) => Some(SecretWish::InTheClear),
            (Some(name), ..) => Some(SecretWish::Env(name)),
            // The bot may run in another directory than this command.
            (_, Some(path), _) if !path.is_empty() => {
                let absolute =
                    std::path::absolute(path).context("cannot name the current directory")?;
                let path = absolute.into_os_string().into_string().ok();
                Some(SecretWish::File(
                    path.context("the path of the token's file is no UTF-8")?,
                ))
            }
            (_, Some(path), _) => Some(SecretWish::File(path)),
            (None, None, None) => None,
        })
    }
}

impl Parts {
    fn typed(self) -> anyhow::Result<BotParts> {
        let username = self.username.map(|name| match name.trim() {
            "" => Change::Clear,
            name => Change::Set(name.to_owned()),
        });
        Ok(BotParts {
            name: self.name,
            icon: self.icon,
            token: self.token.typed()?,
            username,
            update_mode: self.update_mode,
        })
    }
}

impl Command {
    pub fn asked(self) -> anyhow::Result<Asked> {
        Ok(Asked::Change(match self {
            Self::List => return Ok(Asked::List(EntityKind::Bot)),
            Self::Show { id } => return Ok(Asked::Show(EntityKind::Bot, id)),
            Self::Add { parts } => {
                let mut parts = parts.typed()?;
                let token = parts.token.take();
                BridgeCommand::AddBot {
                    token: token.unwrap_or_else(|| SecretWish::Env(String::new())),
                    parts,
                }
            }
            Self::Edit { id, parts } => BridgeCommand::EditBot(id, parts.typed()?),
            Self::Remove { id } => BridgeCommand::RemoveBot(id),
        }))
    }
}
