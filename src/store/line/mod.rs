//! One event as one line of a log: its form, its hash, and back.

mod canonical;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::error::DamageKind;
use super::sha256_pair::{Message, sha256, sha256_pair};
use crate::domain::{Actor, Cause, Event, Head, Recorded, Seq, Timestamp, read_event};

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
    Head::of_digest(&sha256(message(previous.as_bytes(), body)))
}

fn message<'l>(previous: &'l [u8; 64], body: &'l [u8]) -> Message<'l> {
    Message {
        first: previous,
        rest: body,
    }
}

/// A line whose form and place in the chain were checked.
#[derive(Clone, Copy, Debug)]
pub struct Checked<'l> {
    line: &'l [u8],
    /// The line's hash.
    pub head: Head,
}

/// Checks a line's form and its place in the chain; `line` is without its newline.
pub fn check<'l>(line: &'l [u8], previous: &Head) -> Result<Checked<'l>, DamageKind> {
    Chain::after(*previous).check(line, None)
}

/// Checks lines in their order. Two are hashed at once: a line that states a wrong hash ends the chain, so the next one's hash can be
/// made from what this one states. That took 9 % off the processor time of a `replay` (two cores with SHA instructions).
pub struct Chain {
    /// The hash of the last line.
    previous: Head,
    /// The hash of the line after it, when that is known already.
    ahead: Option<Head>,
}

impl Chain {
    /// The chain behind a line with this hash.
    pub fn after(previous: Head) -> Self {
        Self {
            previous,
            ahead: None,
        }
    }

    /// Checks the form and the place of a line without its newline. `next` is the line that is checked after it, when it is at hand.
    pub fn check<'l>(
        &mut self,
        line: &'l [u8],
        next: Option<&[u8]>,
    ) -> Result<Checked<'l>, DamageKind> {
        let ahead = self.ahead.take();
        let (body, digits) = split(line)?;
        let head = ahead.unwrap_or_else(|| self.hash(body, digits, next));
        if head.as_bytes() == digits {
            self.previous = head;
            return Ok(Checked { line, head });
        }
        self.ahead = None;
        Err(match Head::parse(digits) {
            Some(_) => DamageKind::Hash,
            None => DamageKind::Shape,
        })
    }

    /// The hash of a line that states these digits; keeps that of the next one.
    fn hash(&mut self, body: &[u8], digits: &[u8; 64], next: Option<&[u8]>) -> Head {
        let previous = self.previous;
        let Some((next, _)) = next.and_then(|next| split(next).ok()) else {
            return chained(&previous, body);
        };
        let pair = [message(previous.as_bytes(), body), message(digits, next)];
        let [head, ahead] = sha256_pair(pair).map(|digest| Head::of_digest(&digest));
        self.ahead = Some(ahead);
        head
    }
}

/// Whether a line has the form of an event and says that it has this `seq` and hash. Whether the hash is right only the line
/// before it can tell.
pub fn states<E: Event>(line: &[u8], seq: Seq, head: Head) -> bool {
    split(line).is_ok_and(|(_, digits)| digits == head.as_bytes())
        && decode::<E>(&Checked { line, head }, seq).is_ok()
}

/// The `seq` and the hash that a line says it has; none when it has not the form of an event.
pub fn stated<E: Event>(line: &[u8]) -> Option<(Seq, Head)> {
    #[derive(serde::Deserialize)]
    struct Place {
        seq: Seq,
    }
    let head = Head::parse(split(line).ok()?.1)?;
    let Place { seq } = serde_json::from_slice(line).ok()?;
    states::<E>(line, seq, head).then_some((seq, head))
}

/// A line's bytes before its seal, and the digits in the place of its hash.
fn split(line: &[u8]) -> Result<(&[u8], &[u8; 64]), DamageKind> {
    if line.len() >= LINE_LIMIT {
        return Err(DamageKind::TooLong);
    }
    let (body, seal) = line
        .split_at_checked(line.len().wrapping_sub(SEAL))
        .ok_or(DamageKind::Shape)?;
    let digits = seal
        .strip_prefix(HASH_KEY)
        .and_then(|rest| rest.strip_suffix(LINE_END))
        .and_then(<[u8]>::first_chunk)
        .ok_or(DamageKind::Shape)?;
    if body.first() != Some(&b'{') {
        return Err(DamageKind::Shape);
    }
    Ok((body, digits))
}

/// Reads the event of a checked line: by the short way when it stands as this program writes it, else by a full parser.
pub fn decode<E: Event>(checked: &Checked<'_>, expected: Seq) -> Result<Recorded<E>, DamageKind> {
    let body = &checked.line[..checked.line.len() - SEAL];
    let record = match canonical::decode(body) {
        Some(record) => record,
        None => decode_any(checked.line)?,
    };
    if record.seq != expected {
        return Err(DamageKind::Seq { found: record.seq });
    }
    Ok(record)
}

/// Reads the event of a line in any JSON form.
fn decode_any<E: Event>(line: &[u8]) -> Result<Recorded<E>, DamageKind> {
    let whole: Whole<'_> =
        serde_json::from_slice(line).map_err(|error| DamageKind::Json(error.to_string()))?;
    let event = read_event(&whole.name, whole.v, whole.data)?;
    Ok(Recorded {
        seq: whole.seq,
        id: whole.id,
        time: whole.time,
        actor: whole.actor,
        cause: whole.cause,
        event,
    })
}
