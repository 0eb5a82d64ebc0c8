//! One event as one line of a log: its form, its hash, and back.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::canonical;
use super::error::DamageKind;
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
    let digest = Sha256::new()
        .chain_update(previous.as_bytes())
        .chain_update(body)
        .finalize();
    Head::of_digest(&digest.into())
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
    let (body, digits) = split(line)?;
    let head = chained(previous, body);
    if head.as_bytes() == digits {
        return Ok(Checked { line, head });
    }
    Err(match Head::parse(digits) {
        Some(_) => DamageKind::Hash,
        None => DamageKind::Shape,
    })
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
fn split(line: &[u8]) -> Result<(&[u8], &[u8]), DamageKind> {
    if line.len() >= LINE_LIMIT {
        return Err(DamageKind::TooLong);
    }
    let (body, seal) = line
        .split_at_checked(line.len().wrapping_sub(SEAL))
        .ok_or(DamageKind::Shape)?;
    let digits = seal
        .strip_prefix(HASH_KEY)
        .and_then(|rest| rest.strip_suffix(LINE_END))
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{SEAL, canonical, decode_any, encode};
    use crate::domain::board::{
        BoardEvent, BountyAdded, BountyDeleted, BountyEdited, Tracked, UserStarted,
    };
    use crate::domain::{
        Actor, BotId, BountyId, Cause, ChatId, Delivery, Recorded, Seq, Timestamp, UserId,
    };
    use crate::store::Head;

    fn actors() -> impl Strategy<Value = Actor> {
        prop_oneof![
            (any::<i64>(), ".{0,8}").prop_map(|(id, name)| Actor::User {
                id: UserId(id),
                name
            }),
            (any::<i64>(), ".{0,8}").prop_map(|(id, name)| Actor::Chat {
                id: ChatId(id),
                name
            }),
            ".{0,8}".prop_map(|name| Actor::Operator { name }),
            Just(Actor::System {}),
        ]
    }

    fn causes() -> impl Strategy<Value = Cause> {
        let delivery = || {
            any::<[i64; 4]>().prop_map(|[bot, update, message, date]| Delivery {
                bot: BotId(bot),
                update,
                message,
                date,
            })
        };
        prop_oneof![
            delivery().prop_map(Cause::Update),
            delivery().prop_map(Cause::Feed),
            ".{0,8}".prop_map(|user| Cause::Shell { user }),
            ".{0,8}".prop_map(|user| Cause::Cli { user }),
            ".{0,8}".prop_map(|key| Cause::Import {
                source: "s".into(),
                file: "f".into(),
                key
            }),
            Just(Cause::System {}),
        ]
    }

    fn events() -> impl Strategy<Value = BoardEvent> {
        let text = || prop_oneof!["[a-zёж😀 ]{0,12}", ".{0,12}"];
        let added = (
            any::<u64>(),
            text(),
            prop::option::of(text()),
            any::<Option<i64>>(),
            any::<i64>(),
        );
        let edited = (
            any::<u64>(),
            prop::option::of(text()),
            prop::option::of(prop::option::of(text())),
            any::<Option<Option<i64>>>(),
        );
        prop_oneof![
            added.prop_map(|(id, text, link, due_date_ts, created_at)| {
                BoardEvent::BountyAdded(BountyAdded {
                    id: BountyId(id),
                    text,
                    link,
                    due_date_ts,
                    created_at,
                })
            }),
            edited.prop_map(|(id, text, link, due_date_ts)| {
                BoardEvent::BountyEdited(BountyEdited {
                    id: BountyId(id),
                    text,
                    link,
                    due_date_ts,
                })
            }),
            any::<u64>()
                .prop_map(|id| BoardEvent::BountyDeleted(BountyDeleted { id: BountyId(id) })),
            any::<u64>().prop_map(|id| BoardEvent::Tracked(Tracked { id: BountyId(id) })),
            Just(BoardEvent::UserStarted(UserStarted {})),
        ]
    }

    fn records() -> impl Strategy<Value = Recorded<BoardEvent>> {
        let millis = -62_135_596_800_000_i64..253_402_300_800_000;
        (
            any::<u64>(),
            any::<u128>(),
            millis,
            actors(),
            causes(),
            events(),
        )
            .prop_map(|(seq, id, millis, actor, cause, event)| Recorded {
                seq: Seq(seq),
                id: uuid::Uuid::from_u128(id),
                time: Timestamp::from_millis(millis),
                actor,
                cause,
                event,
            })
    }

    fn line_of(record: &Recorded<BoardEvent>) -> Vec<u8> {
        let mut line = Vec::new();
        encode(record, &Head::ZERO, &mut line).expect("short enough");
        line.pop();
        line
    }

    /// One wrong byte before a line's seal.
    #[derive(Clone, Debug)]
    enum Mutation {
        Replaced(u8),
        Inserted(u8),
        Removed,
        Doubled,
    }

    #[derive(Clone, Debug)]
    struct Changed {
        at: prop::sample::Index,
        how: Mutation,
    }

    impl Changed {
        fn apply(&self, line: &mut Vec<u8>) {
            let at = self.at.index(line.len() - SEAL);
            match self.how {
                Mutation::Replaced(byte) => line[at] = byte,
                Mutation::Inserted(byte) => line.insert(at, byte),
                Mutation::Removed => drop(line.remove(at)),
                Mutation::Doubled => line.insert(at, line[at]),
            }
        }
    }

    fn changes() -> impl Strategy<Value = Changed> {
        // Bytes that mean something in a line come more often than others.
        let byte = || {
            prop_oneof![
                any::<u8>(),
                prop::sample::select(b"0189-.eE+\"\\,:{} \n\x1faAfFnZ".to_vec())
            ]
        };
        let how = prop_oneof![
            byte().prop_map(Mutation::Replaced),
            byte().prop_map(Mutation::Inserted),
            Just(Mutation::Removed),
            Just(Mutation::Doubled),
        ];
        (any::<prop::sample::Index>(), how).prop_map(|(at, how)| Changed { at, how })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_written_is_read_back_by_both_ways(record in records()) {
            let line = line_of(&record);
            prop_assert_eq!(decode_any::<BoardEvent>(&line), Ok(record.clone()));
            if let Some(short) = canonical::decode::<BoardEvent>(&line[..line.len() - SEAL]) {
                prop_assert_eq!(short, record);
            }
        }

        #[test]
        fn the_short_way_reads_nothing_that_the_full_parser_reads_otherwise(
            record in records(),
            changes in prop::collection::vec(changes(), 1..4),
        ) {
            let mut line = line_of(&record);
            for change in changes {
                change.apply(&mut line);
            }
            if let Some(short) = canonical::decode::<BoardEvent>(&line[..line.len() - SEAL]) {
                prop_assert_eq!(decode_any::<BoardEvent>(&line), Ok(short));
            }
        }
    }

    #[test]
    fn a_plain_line_is_read_by_the_short_way() {
        let event = BoardEvent::BountyEdited(BountyEdited {
            id: BountyId(1),
            text: Some("ёж".into()),
            link: Some(None),
            due_date_ts: Some(Some(-5)),
        });
        let delivery = Delivery {
            bot: BotId(7),
            update: 1,
            message: 2,
            date: 3,
        };
        let record = Recorded {
            seq: Seq(1),
            id: uuid::Uuid::from_u128(1),
            time: Timestamp::from_millis(1_735_603_200_007),
            actor: Actor::User {
                id: UserId(1),
                name: "Ada".into(),
            },
            cause: Cause::Update(delivery),
            event,
        };
        let line = line_of(&record);
        assert_eq!(
            canonical::decode::<BoardEvent>(&line[..line.len() - SEAL]),
            Some(record)
        );
    }
}
