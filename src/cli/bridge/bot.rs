//! `bounty bridge bot`.

use clap::Args;

use super::entity::{Editable, Entity};
use super::typed::{Label, secret};
use crate::domain::bridge::{
    BotParts, BridgeCommand, Change, EntityKind, SecretWish, TelegramBotId,
};

const NO_SWITCH: &str = "a bot has no switch: it is polled while it listens for an enabled tracker. `bounty bridge tracker enable ID` and `bounty bridge tracker disable ID` switch that, `bounty bridge listener remove ID` ends what it listens for";

#[derive(Debug)]
pub enum Bot {}

/// Add a bot
#[derive(Debug, Args)]
pub struct New {
    #[command(flatten)]
    parts: Parts,
}

#[derive(Debug, Args)]
pub struct Parts {
    #[command(flatten)]
    label: Label,
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

impl Parts {
    fn typed(self) -> anyhow::Result<BotParts> {
        let username = self.username.map(|name| match name.trim() {
            "" => Change::Clear,
            name => Change::Set(name.to_owned()),
        });
        let token = self.token;
        Ok(BotParts {
            name: self.label.name,
            icon: self.label.icon,
            token: secret("token", token.token_env, token.token_file, token.token)?,
            username,
            update_mode: self.update_mode,
        })
    }
}

impl Entity for Bot {
    const KIND: EntityKind = EntityKind::Bot;
    const REMOVE: &str = "Remove a bot that nothing needs";
    type New = New;
    type Change = Editable<Parts>;

    fn add(new: New) -> anyhow::Result<BridgeCommand> {
        let mut parts = new.parts.typed()?;
        let token = parts.token.take();
        Ok(BridgeCommand::AddBot {
            token: token.unwrap_or_else(|| SecretWish::Env(String::new())),
            parts,
        })
    }

    fn change(change: Editable<Parts>) -> anyhow::Result<BridgeCommand> {
        let (id, parts) = change.edit(NO_SWITCH)?;
        let id = TelegramBotId(id);
        Ok(BridgeCommand::EditBot(id, parts.typed()?))
    }

    fn remove(id: u64) -> BridgeCommand {
        BridgeCommand::RemoveBot(TelegramBotId(id))
    }
}
