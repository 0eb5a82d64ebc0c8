//! Snapshot files: written for others to read, and asked for one thing only: the last event they reflect.

use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use super::disk::Disk;
use super::error::{IoContext, StoreError};
use crate::domain::{Head, Position, Seq};

/// A file that reflects what its stream was after an event, which was durable before.
#[derive(Debug, PartialEq, Eq)]
pub struct Claim {
    /// The file.
    pub path: PathBuf,
    /// The event.
    pub seq: Seq,
    /// Its hash, if the file tells it.
    pub head: Option<Head>,
}

impl Claim {
    /// Whether it is the event before this place of a log: a file that lies there may be of another log.
    pub fn is_of(&self, at: &Position) -> bool {
        self.seq == at.seq && self.head == Some(at.head)
    }
}

/// What the snapshots in a directory say of its log.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// The one with the highest `seq`.
    pub newest: Option<Claim>,
    /// One without `seq`, another program's; or no whole JSON, which may be anybody's.
    pub foreign: Option<PathBuf>,
}

impl Claims {
    /// Whether the newest is of the event before this place.
    pub fn reach(&self, at: &Position) -> bool {
        self.newest.as_ref().is_some_and(|claim| claim.is_of(at))
    }

    /// Another file that may reflect an event.
    pub fn add(&mut self, claim: Option<Claim>) {
        let seq = |claim: &Claim| claim.seq;
        if claim.as_ref().map(seq) > self.newest.as_ref().map(seq) {
            self.newest = claim;
        }
    }
}

/// What a snapshot says of itself.
#[derive(Deserialize)]
struct Said {
    seq: Option<Seq>,
    head: Option<Value>,
}

impl Said {
    fn head(&self) -> Option<Head> {
        let head = self.head.as_ref()?.as_str()?;
        Head::parse(head.as_bytes())
    }
}

/// The last event that a snapshot's bytes reflect; none for bytes that are no snapshot of ours.
pub fn seq_of(content: &[u8]) -> Option<Seq> {
    serde_json::from_slice::<Said>(content).ok()?.seq
}

/// The `seq` that stands at the end of a snapshot, when its last lines are as this program writes them. Cheap, and not proven: the
/// bytes before may be anything. But when [`seq_of`] finds a `seq` there, it is this one: line ends cannot stand in a JSON
/// string, so the last lines are keys of the whole, and a key that comes twice is refused.
pub fn closing_seq(content: &[u8]) -> Option<Seq> {
    let lines = without_head(content.strip_suffix(b"\n}\n")?);
    let number = lines.iter().rposition(|byte| !byte.is_ascii_digit())? + 1;
    let (before, digits) = lines.split_at(number);
    before
        .ends_with(b"\n  \"seq\": ")
        .then(|| std::str::from_utf8(digits).ok()?.parse().ok())?
}

/// The lines before the one that holds the `head`, if that is the last.
fn without_head(lines: &[u8]) -> &[u8] {
    const KEY: &[u8] = b",\n  \"head\": \"";
    let quoted = lines.strip_suffix(b"\"").and_then(<[u8]>::split_last_chunk);
    quoted
        .filter(|(_, head): &(_, &[u8; 64])| Head::parse(*head).is_some())
        .and_then(|(before, _)| before.strip_suffix(KEY))
        .unwrap_or(lines)
}

/// The last event that a snapshot's bytes reflect, if that is after `seq`. Reads no more of them than it has to.
pub fn seq_after(content: &[u8], seq: Seq) -> Option<Seq> {
    if closing_seq(content).is_some_and(|closing| closing <= seq) {
        return None;
    }
    seq_of(content).filter(|found| *found > seq)
}

/// Asks the snapshots of these names how long the log must be.
pub fn newest_claim(
    disk: &dyn Disk,
    dir: &Path,
    names: &[impl AsRef<Path>],
) -> Result<Claims, StoreError> {
    let mut claims = Claims::default();
    for name in names {
        let path = dir.join(name);
        let content = match disk.read(&path) {
            Ok(content) => content,
            Err(error) if is_absent(&error) => continue,
            Err(source) => {
                return Err(source).at("read", &path);
            }
        };
        let said = serde_json::from_slice::<Said>(&content).ok();
        match said.and_then(|said| Some((said.seq?, said.head()))) {
            Some((seq, head)) => claims.add(Some(Claim { path, seq, head })),
            None => claims.foreign = Some(path),
        }
    }
    Ok(claims)
}

pub(super) fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// Puts a snapshot in its place, unless the one that is there reflects a later event. The caller holds the log's lock, and
/// every event that the snapshot reflects is durable. Returns whether it was written.
pub fn publish(disk: &dyn Disk, path: &Path, seq: Seq, content: &[u8]) -> Result<bool, StoreError> {
    match disk.read(path) {
        Ok(present) if seq_after(&present, seq).is_some() => return Ok(false),
        Ok(present) if present == content => return Ok(false),
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(source) => {
            return Err(source).at("read", path);
        }
    }
    disk.replace(path, content, false).at("write", path)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{closing_seq, seq_after, seq_of};
    use crate::domain::Seq;

    const HEAD: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    fn board(seq: u64) -> String {
        format!("{{\n  \"group_id\": -1,\n  \"seq\": {seq},\n  \"head\": \"{HEAD}\"\n}}\n")
    }

    fn list(seq: u64) -> String {
        format!("{{\n  \"user_id\": 1,\n  \"tracked\": [],\n  \"seq\": {seq}\n}}\n")
    }

    #[test]
    fn the_seq_of_a_snapshot_is_found_at_its_end() {
        for seq in [0, 7, 1_000, u64::MAX] {
            assert_eq!(closing_seq(board(seq).as_bytes()), Some(Seq(seq)));
            assert_eq!(closing_seq(list(seq).as_bytes()), Some(Seq(seq)));
        }
        assert_eq!(closing_seq(b"{\"seq\": 7}"), None);
        assert_eq!(closing_seq(b""), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_end_of_a_snapshot_never_says_another_seq_than_the_whole(
            is_board in any::<bool>(),
            at in any::<prop::sample::Index>(),
            piece in prop::sample::select(vec![
                "\"seq\": 9", ",\n  \"seq\": 9", "\n  \"seq\": 9\n}\n", "{", "}", "\"", "[", "]", "0", "1", "\\", " ", "\n", "",
            ]),
            removed in 0..3_usize,
            limit in 0..12_u64,
        ) {
            let mut content = if is_board { board(7) } else { list(7) }.into_bytes();
            let at = at.index(content.len());
            let end = content.len().min(at + removed);
            content.splice(at..end, piece.bytes());
            let (short, full) = (closing_seq(&content), seq_of(&content));
            prop_assert!(short.is_none() || full.is_none() || short == full);
            prop_assert_eq!(seq_after(&content, Seq(limit)), full.filter(|full| full.0 > limit));
        }
    }
}
