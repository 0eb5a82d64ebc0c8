//! A replay as one would write it first: serde_json, SHA-256, apply, line by line; chats shared among all cores.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::board::{Board, Event};

/// Bytes of `,"hash":"…"}`.
const SEAL: usize = 75;

#[derive(Deserialize)]
struct Line<'a> {
    seq: u64,
    #[serde(borrow)]
    id: &'a str,
    time: &'a str,
    actor: Actor,
    #[serde(rename = "cause")]
    _cause: IgnoredAny,
    #[serde(rename = "type")]
    name: &'a str,
    data: &'a RawValue,
    hash: &'a str,
}

#[derive(Deserialize)]
struct Actor {
    #[serde(default)]
    id: i64,
    #[serde(default, rename = "name")]
    _name: String,
}

/// Replays every log of the data directory.
pub fn replay(data: &Path) -> anyhow::Result<()> {
    let threads = std::thread::available_parallelism()?.get();
    let logs = fs::read_dir(data)?
        .map(|entry| Ok(entry?.path().join("events.jsonl")))
        .filter(|path: &anyhow::Result<PathBuf>| path.as_ref().map_or(true, |path| path.exists()))
        .collect::<anyhow::Result<Vec<_>>>()?;
    std::thread::scope(|scope| {
        let share = |first: usize| logs.iter().skip(first).step_by(threads);
        let workers: Vec<_> = (0..threads)
            .map(|first| scope.spawn(move || share(first).try_for_each(|log| one(log))))
            .collect();
        for worker in workers {
            worker
                .join()
                .map_err(|_| anyhow::anyhow!("a thread panicked"))??;
        }
        Ok(())
    })
}

fn one(log: &Path) -> anyhow::Result<()> {
    let content = fs::read(log)?;
    let (mut board, mut head) = (Board::default(), "0".repeat(64));
    for (at, line) in content.split(|byte| *byte == b'\n').enumerate() {
        if line.is_empty() {
            break;
        }
        let body = line
            .get(..line.len().saturating_sub(SEAL))
            .context("a short line")?;
        let digest = Sha256::new()
            .chain_update(&head)
            .chain_update(body)
            .finalize();
        let line: Line<'_> = serde_json::from_slice(line)?;
        let is_sealed = is_hex_of(line.hash.as_bytes(), &digest);
        ensure!(
            is_sealed && line.seq == at as u64 + 1,
            "{} is damaged",
            log.display()
        );
        ensure!(
            line.id.len() == 36 && line.time.ends_with('Z'),
            "a line without id or time"
        );
        line.hash.clone_into(&mut head);
        board.apply(line.actor.id, event(line.name, line.data)?);
    }
    ensure!(board.next_id > 0, "{} is empty", log.display());
    Ok(())
}

fn is_hex_of(hex: &[u8], digest: &[u8]) -> bool {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let is_pair = |(pair, byte): (&[u8], &u8)| {
        pair == [
            DIGITS[usize::from(byte >> 4)],
            DIGITS[usize::from(byte & 15)],
        ]
    };
    hex.len() == 64 && hex.chunks(2).zip(digest).all(is_pair)
}

fn event(name: &str, data: &RawValue) -> anyhow::Result<Event> {
    fn read<T: DeserializeOwned>(data: &RawValue) -> serde_json::Result<T> {
        serde_json::from_str(data.get())
    }
    Ok(match name {
        "BoardOpened" => Event::BoardOpened(read(data)?),
        "BountyAdded" => Event::BountyAdded(read(data)?),
        "BountyEdited" => Event::BountyEdited(read(data)?),
        "BountyDeleted" => Event::BountyDeleted(read(data)?),
        "Tracked" => Event::Tracked(read(data)?),
        "Untracked" => Event::Untracked(read(data)?),
        _ => bail!("an unknown event {name}"),
    })
}
