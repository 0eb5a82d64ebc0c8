//! Both ways of reading a line agree, whatever stands in it.

use proptest::prelude::*;
use smol_str::SmolStr;

use super::{Chain, HASH_KEY, SEAL, canonical, decode_any, encode};
use crate::domain::board::{
    BoardEvent, BountyAdded, BountyDeleted, BountyEdited, Tracked, UserStarted,
};
use crate::domain::{
    Actor, BotId, BountyId, Cause, ChatId, Delivery, Recorded, Seq, Timestamp, UserId,
};
use crate::store::{DamageKind, Head};

fn actors() -> impl Strategy<Value = Actor> {
    let name = || ".{0,8}".prop_map(SmolStr::from);
    prop_oneof![
        (any::<i64>(), name()).prop_map(|(id, name)| Actor::User {
            id: UserId(id),
            name
        }),
        (any::<i64>(), name()).prop_map(|(id, name)| Actor::Chat {
            id: ChatId(id),
            name
        }),
        name().prop_map(|name| Actor::Operator { name }),
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
    let text = || prop_oneof!["[a-zёж😀 ]{0,12}", ".{0,12}"].prop_map(SmolStr::from);
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
        any::<u64>().prop_map(|id| BoardEvent::BountyDeleted(BountyDeleted { id: BountyId(id) })),
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

/// Lines of different lengths, each chained to the one before; `forge` may change the hash that the next one is chained to.
fn chained_lines(forge: impl Fn(usize, Head) -> Head) -> Vec<Vec<u8>> {
    let mut head = Head::ZERO;
    let line = |number: usize| {
        let record = Recorded {
            seq: Seq(number as u64 + 1),
            id: uuid::Uuid::from_u128(1),
            time: Timestamp::from_millis(0),
            actor: Actor::Operator {
                name: "a".repeat(number * 30).into(),
            },
            cause: Cause::System {},
            event: BoardEvent::BountyDeleted(BountyDeleted { id: BountyId(1) }),
        };
        let mut line = Vec::new();
        let hash = encode(&record, &head, &mut line).expect("a short line");
        line.pop();
        head = forge(number, hash);
        let digits = line.len() - SEAL + HASH_KEY.len();
        line[digits..digits + 64].copy_from_slice(head.as_bytes());
        line
    };
    (0..6).map(line).collect()
}

/// The heads up to the first line that is not valid, and what is wrong with that one.
fn judged(lines: &[Vec<u8>], hashes_ahead: bool) -> (Vec<Head>, Option<DamageKind>) {
    let (mut chain, mut heads) = (Chain::after(Head::ZERO), Vec::new());
    for (number, line) in lines.iter().enumerate() {
        let next = lines.get(number + 1).filter(|_| hashes_ahead);
        match chain.check(line, next.map(Vec::as_slice)) {
            Ok(checked) => heads.push(checked.head),
            Err(kind) => return (heads, Some(kind)),
        }
    }
    (heads, None)
}

#[test]
fn damage_is_found_in_the_same_line_whether_or_not_the_next_one_is_hashed_with_it() {
    let lines = chained_lines(|_, hash| hash);
    let (heads, kind) = judged(&lines, true);
    assert_eq!((heads.len(), kind), (lines.len(), None));
    for number in 0..lines.len() {
        for at in 0..lines[number].len() {
            let mut damaged = lines.clone();
            damaged[number][at] ^= 0x20;
            let found = judged(&damaged, true);
            assert_eq!(found, judged(&damaged, false));
            assert_eq!(found.0, heads[..number], "line {number}, byte {at}");
            assert!(found.1.is_some(), "line {number}, byte {at}");
        }
    }
}

#[test]
fn a_wrong_hash_is_damage_also_when_the_lines_behind_it_are_chained_to_it() {
    for forged in 0..6 {
        let lines = chained_lines(|number, hash| match number == forged {
            true => Head::of_digest(&[7; 32]),
            false => hash,
        });
        let (heads, kind) = judged(&lines, true);
        assert_eq!((heads.len(), kind), (forged, Some(DamageKind::Hash)));
    }
}
