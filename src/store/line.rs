//! One event as one line of a log: its form, its hash, and back.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::error::DamageKind;
use super::position::Head;
use crate::domain::{Actor, Cause, Event, Recorded, Seq, Timestamp};

/// The longest line, its newline included, in bytes.
pub const LINE_LIMIT: usize = 1 << 20;

const HASH_KEY: &[u8] = b",\"hash\":\"";
const LINE_END: &[u8] = b"\"}";
/// What stands at the end of each line: key, 64 hex digits, closing brace.
const SEAL: usize = HASH_KEY.len() + 64 + LINE_END.len();

/// A line without its hash; the order of the fields is that of the format.
#[derive(Serialize)]
struct Body<'a, D> {
    seq: Seq,
    id: Uuid,
    time: Timestamp,
    actor: &'a Actor,
    cause: &'a Cause,
    #[serde(rename = "type")]
    name: &'a str,
    v: u32,
    data: D,
}

/// A line as it is read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole<'a> {
    seq: Seq,
    id: Uuid,
    time: Timestamp,
    actor: Actor,
    cause: Cause,
    #[serde(rename = "type", borrow)]
    name: Cow<'a, str>,
    v: u32,
    #[serde(borrow)]
    data: &'a RawValue,
    #[serde(rename = "hash")]
    _hash: serde::de::IgnoredAny,
}

/// Appends the event's line with its newline to `out`; `previous` is the head before it. Returns the new head, or the
/// line's length when it is over [`LINE_LIMIT`]; then `out` is as it was.
pub fn encode<E: Event>(
    record: &Recorded<E>,
    previous: &Head,
    out: &mut Vec<u8>,
) -> Result<Head, usize> {
    let start = out.len();
    let body = Body {
        seq: record.seq,
        id: record.id,
        time: record.time,
        actor: &record.actor,
        cause: &record.cause,
        name: record.event.name(),
        v: record.event.version(),
        data: record.event.data(),
    };
    serde_json::to_writer(&mut *out, &body)
        .expect("an event's fields always have a JSON form, and memory takes them");
    out.pop(); // the closing brace comes after the hash
    let head = chained(previous, &out[start..]);
    out.extend_from_slice(HASH_KEY);
    out.extend_from_slice(head.as_bytes());
    out.extend_from_slice(LINE_END);
    out.push(b'\n');
    let len = out.len() - start;
    if len > LINE_LIMIT {
        out.truncate(start);
        return Err(len);
    }
    Ok(head)
}

/// SHA-256 of the previous line's digits and this line's bytes before its seal.
fn chained(previous: &Head, body: &[u8]) -> Head {
    let digest = Sha256::new()
        .chain_update(previous.as_bytes())
        .chain_update(body)
        .finalize();
    Head::of_digest(&digest.into())
}

/// Checks a line's form and its place in the chain; `line` is without its newline. Returns the line's hash.
pub fn check(line: &[u8], previous: &Head) -> Result<Head, DamageKind> {
    if line.len() >= LINE_LIMIT {
        return Err(DamageKind::TooLong);
    }
    let (body, seal) = line
        .split_at_checked(line.len().wrapping_sub(SEAL))
        .ok_or(DamageKind::Shape)?;
    let digits = seal
        .strip_prefix(HASH_KEY)
        .and_then(|rest| rest.strip_suffix(LINE_END));
    let stated = digits.and_then(Head::parse).ok_or(DamageKind::Shape)?;
    if body.first() != Some(&b'{') {
        return Err(DamageKind::Shape);
    }
    if chained(previous, body) == stated {
        Ok(stated)
    } else {
        Err(DamageKind::Hash)
    }
}

/// Reads the event of a line whose hash was checked.
pub fn decode<E: Event>(line: &[u8], expected: Seq) -> Result<Recorded<E>, DamageKind> {
    let whole: Whole<'_> =
        serde_json::from_slice(line).map_err(|error| DamageKind::Json(error.to_string()))?;
    if whole.seq != expected {
        return Err(DamageKind::Seq { found: whole.seq });
    }
    let event = E::decode(&whole.name, whole.v, whole.data)?;
    Ok(Recorded {
        seq: whole.seq,
        id: whole.id,
        time: whole.time,
        actor: whole.actor,
        cause: whole.cause,
        event,
    })
}
