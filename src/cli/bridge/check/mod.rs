//! `bounty bridge check`: what would happen now.

mod bots;
mod notifiers;
mod reason;
mod targets;

use std::fs;

use serde_json::{Value, json};

use super::rows::{print_json, print_lines};
use crate::audit::Reader;
use crate::bridge::identities;
use crate::cli::args::{Format, HookArgs};
use crate::cli::output::visible;
use crate::domain::bridge::{Bridge, SecretRef, unreachable};
use reason::reason;
use targets::Troubles;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    hooks: HookArgs,
}

pub fn run(
    bridge: &Bridge,
    reader: &Reader<'_>,
    args: &Args,
    format: Format,
) -> anyhow::Result<()> {
    let troubles = targets::troubles(bridge, reader, &args.hooks.guard()?)?;
    match format {
        Format::Json => print_json(&report(bridge, &troubles)),
        Format::Table => Ok(print(bridge, &troubles)?),
    }
}

fn print(bridge: &Bridge, troubles: &Troubles) -> std::io::Result<()> {
    bots::print(bridge)?;
    notifiers::print(bridge)?;
    targets::print(bridge, troubles)?;
    let reasons = unreachable(bridge, &identities(bridge)).into_iter();
    print_lines(
        &reasons
            .map(|found| vec![format!("no effect: {}", reason(&found))])
            .collect::<Vec<_>>(),
    )
}

fn report(bridge: &Bridge, troubles: &Troubles) -> Value {
    let reasons = unreachable(bridge, &identities(bridge));
    json!({
        "bots": bots::report(bridge),
        "notifiers": notifiers::report(bridge),
        "targets": targets::report(bridge, troubles),
        "without_effect": reasons.iter().map(reason).collect::<Vec<_>>(),
    })
}

/// Whether this process would find a secret.
fn secret_missing(what: &str, place: &SecretRef) -> Option<String> {
    match place {
        SecretRef::Env(name) if std::env::var_os(name).is_none() => Some(format!(
            "its {what} is in the variable {name}, which is not set here; `bounty run` needs it"
        )),
        SecretRef::File(path) if fs::metadata(path).is_err() => Some(format!(
            "its {what} is in the file {}, which cannot be found from here; `bounty run` needs it",
            visible(path)
        )),
        _ => None,
    }
}
