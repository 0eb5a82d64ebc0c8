//! Values that several entities take from the command line.

use std::path;

use anyhow::Context;
use clap::Args;

use crate::cli::UsageError;
use crate::domain::bridge::{Change, SecretWish};

/// What an operator tells an entity by.
#[derive(Debug, Args)]
pub struct Label {
    /// What it is called; a new one needs a name
    #[arg(long)]
    pub name: Option<String>,
    /// An emoji or a word to tell it by
    #[arg(long)]
    pub icon: Option<String>,
}

/// Words with commas or spaces between.
pub fn list(typed: &str) -> Vec<String> {
    let words = typed.split([',', ' ']).map(str::trim);
    let words = words.filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

/// Where a secret is to be found. The secret itself is taken nowhere; an option for it is there to say so.
pub fn secret(
    field: &str,
    env: Option<String>,
    file: Option<String>,
    clear: Option<Vec<String>>,
) -> anyhow::Result<Option<SecretWish>> {
    Ok(match (env, file, clear) {
        (_, _, Some(_)) => Some(SecretWish::InTheClear),
        (Some(name), ..) => Some(SecretWish::Env(name)),
        // The bot may run in another directory than this command.
        (_, Some(path), _) if !path.is_empty() => {
            let absolute = path::absolute(path).context("cannot name the current directory")?;
            let path = absolute.into_os_string().into_string().ok();
            let path = path.with_context(|| format!("the path of the {field}'s file is no UTF-8"));
            Some(SecretWish::File(path?))
        }
        (_, Some(path), _) => Some(SecretWish::File(path)),
        (None, None, None) => None,
    })
}

/// A value, or the word `none` that clears it.
pub fn clearable<T>(
    typed: Option<String>,
    read: impl FnOnce(String) -> Result<T, UsageError>,
) -> Result<Option<Change<T>>, UsageError> {
    let change = |typed: String| match typed.trim() {
        "none" => Ok(Change::Clear),
        _ => read(typed).map(Change::Set),
    };
    typed.map(change).transpose()
}
