//! `setMyCommands`, `getMyCommands`, `deleteMyCommands`: one list per scope and language.

use serde_json::{Value, json};

use super::answer::{Answer, Refusal, ok};
use super::params::Params;

/// The commands that a bot set for one scope and language.
#[derive(Clone, Debug, PartialEq)]
pub struct CommandSet {
    /// A `BotCommandScope` object; `{"type": "default"}` when the call named none.
    pub scope: Value,
    /// Two letters, or empty for every other language.
    pub language_code: String,
    /// `BotCommand` objects.
    pub commands: Vec<Value>,
}

/// All lists of one bot.
#[derive(Default)]
pub struct CommandSets(Vec<CommandSet>);

impl CommandSets {
    pub fn all(&self) -> &[CommandSet] {
        &self.0
    }

    pub fn set(&mut self, params: &Params) -> Answer {
        let commands = match params.json("commands") {
            Some(Value::Array(commands)) => commands,
            _ => return Err(Refusal::bad_request("expected an array of BotCommand")),
        };
        check(&commands)?;
        self.remove(params);
        self.0.push(CommandSet {
            scope: scope(params),
            language_code: params.text("language_code"),
            commands,
        });
        ok(true)
    }

    pub fn delete(&mut self, params: &Params) -> Answer {
        self.remove(params);
        ok(true)
    }

    pub fn get(&self, params: &Params) -> Answer {
        let set = self.0.iter().find(|set| set.is_meant_by(params));
        ok(set.map(|set| set.commands.clone()).unwrap_or_default())
    }

    fn remove(&mut self, params: &Params) {
        self.0.retain(|set| !set.is_meant_by(params));
    }
}

impl CommandSet {
    fn is_meant_by(&self, params: &Params) -> bool {
        self.scope == scope(params) && self.language_code == params.text("language_code")
    }
}

fn scope(params: &Params) -> Value {
    params
        .json("scope")
        .unwrap_or_else(|| json!({"type": "default"}))
}

/// The documented limits: at most 100 commands, names of 1 to 32 of `a-z0-9_`, descriptions of 1 to 256 characters.
fn check(commands: &[Value]) -> Result<(), Refusal> {
    if commands.len() > 100 {
        return Err(Refusal::bad_request("BOT_COMMANDS_TOO_MUCH"));
    }
    commands.iter().try_for_each(check_one)
}

fn check_one(command: &Value) -> Result<(), Refusal> {
    let name = command["command"].as_str().unwrap_or_default();
    let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if !(1..=32).contains(&name.len()) || !name.chars().all(is_allowed) {
        return Err(Refusal::bad_request("BOT_COMMAND_INVALID"));
    }
    let description = command["description"].as_str().unwrap_or_default();
    if !(1..=256).contains(&description.chars().count()) {
        return Err(Refusal::bad_request("BOT_COMMAND_DESCRIPTION_INVALID"));
    }
    Ok(())
}
