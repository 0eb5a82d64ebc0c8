//! Both digests are those of a crate that is used for nothing but SHA-256.

use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::{Message, sha256, sha256_pair};

const FIRST: [[u8; 64]; 2] = [[b'0'; 64], [0xff; 64]];

/// Bytes that differ from each other, and from those of another seed.
fn bytes(len: usize, seed: u64) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(seed);
    std::iter::repeat_with(|| random.u8(..)).take(len).collect()
}

fn check(rests: [&[u8]; 2]) {
    let messages = [0, 1].map(|at| Message {
        first: &FIRST[at],
        rest: rests[at],
    });
    let expected = messages.map(|message| {
        let whole = [message.first.as_slice(), message.rest].concat();
        <[u8; 32]>::from(Sha256::digest(whole))
    });
    let lengths = rests.map(<[u8]>::len);
    assert_eq!(sha256_pair(messages), expected, "{lengths:?}");
    assert_eq!(messages.map(sha256), expected, "{lengths:?}");
}

#[test]
fn messages_of_every_length_have_their_digest_beside_any_other() {
    let (one, other) = (bytes(300, 1), bytes(300, 2));
    for len in 0..=300 {
        for beside in [0, 55, 56, 63, 64, 119, 120, 300, len] {
            check([&one[..len], &other[..beside]]);
            check([&one[..beside], &other[..len]]);
        }
    }
}

#[test]
fn a_short_message_beside_one_of_a_mebibyte() {
    let (short, long) = (bytes(10, 3), bytes(1 << 20, 4));
    check([&short, &long]);
    check([&long, &short]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_two_messages_have_their_digests(
        one in prop::collection::vec(any::<u8>(), 0..2_000),
        other in prop::collection::vec(any::<u8>(), 0..2_000),
    ) {
        check([&one, &other]);
    }
}
