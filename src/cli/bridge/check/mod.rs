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
use crate::cli::args::{DataArgs, Format, HookArgs};
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
    data: &DataArgs,
    bridge: &Bridge,
    is_whole: bool,
    reader: &Reader<'_>,
    args: &Args,
    format: Format,
) -> anyhow::Result<()> {
    let layout = data.layout();
    let mut troubles = targets::troubles(bridge, reader, &args.hooks.guard()?)?;
    for trouble in troubles.values_mut().flatten() {
        *trouble = layout.with_commands(trouble);
    }
    let reasons = unreachable(bridge, &identities(bridge)).into_iter();
    let reasons: Vec<_> = reasons
        .map(|found| layout.with_commands(&reason(&found)))
        .collect();
    match format {
        Format::Json => print_json(&report(bridge, &troubles, &reasons)),
        Format::Table => {
            if is_whole {
                bots::name_none(bridge);
            }
            Ok(print(bridge, &troubles, &reasons)?)
        }
    }
}

fn print(bridge: &Bridge, troubles: &Troubles, reasons: &[String]) -> std::io::Result<()> {
    bots::print(bridge)?;
    notifiers::print(bridge)?;
    targets::print(bridge, troubles)?;
    let line = |reason| vec![format!("no effect: {reason}")];
    print_lines(&reasons.iter().map(line).collect::<Vec<_>>())
}

fn report(bridge: &Bridge, troubles: &Troubles, reasons: &[String]) -> Value {
    json!({
        "bots": bots::report(bridge),
        "notifiers": notifiers::report(bridge),
        "targets": targets::report(bridge, troubles),
        "without_effect": reasons,
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
