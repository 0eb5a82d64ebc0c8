//! SHA-256 as FIPS 180-4 states it, four rounds at a time, by the SHA extensions of x86-64 processors.
//!
//! AVX is not enabled here: a compiler that has it moves 32 bytes at once between the blocks, and the SHA instructions, which have no AVX
//! form, wait after each such move. A block then took four times as long.

use std::arch::x86_64::{
    __m128i, _mm_add_epi32, _mm_alignr_epi8, _mm_extract_epi32, _mm_set_epi32, _mm_set_epi64x,
    _mm_setzero_si128, _mm_sha256msg1_epu32, _mm_sha256msg2_epu32, _mm_sha256rnds2_epu32,
    _mm_shuffle_epi8, _mm_shuffle_epi32,
};

use super::{Block, Message, Sha256Digest};

/// FIPS 180-4, 5.3.3.
const INITIAL: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// FIPS 180-4, 4.2.2.
#[rustfmt::skip]
const ROUNDS: [[u32; 4]; 16] = [
    [0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5], [0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5],
    [0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3], [0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174],
    [0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc], [0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da],
    [0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7], [0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967],
    [0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13], [0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85],
    [0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3], [0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070],
    [0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5], [0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3],
    [0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208], [0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2],
];

/// Whether this processor can do it.
pub fn is_supported() -> bool {
    is_x86_feature_detected!("sha") && is_x86_feature_detected!("sse4.1")
}

/// The digests of both messages.
#[target_feature(enable = "sha,sse4.1")]
pub fn pair(messages: [Message<'_>; 2]) -> [Sha256Digest; 2] {
    let [one, other] = [Blocks::of(messages[0]), Blocks::of(messages[1])];
    let common = one.count.min(other.count);
    let mut states = [State::initial(); 2];
    for at in 0..common {
        compress(&mut states, [one.get(at), other.get(at)]);
    }
    let [mut states, mut other_states] = [[states[0]], [states[1]]];
    for at in common..one.count {
        compress(&mut states, [one.get(at)]);
    }
    for at in common..other.count {
        compress(&mut other_states, [other.get(at)]);
    }
    [states[0].digest(), other_states[0].digest()]
}

/// A message cut into blocks, its padding in the last one or two.
struct Blocks<'m> {
    first: &'m Block,
    whole: &'m [Block],
    last: [Block; 2],
    count: usize,
}

impl<'m> Blocks<'m> {
    fn of(message: Message<'m>) -> Self {
        let (whole, tail) = message.rest.as_chunks();
        let bits = (size_of::<Block>() + message.rest.len()) as u64 * 8;
        let mut last = [[0; size_of::<Block>()]; 2];
        let padded = last.as_flattened_mut();
        padded[..tail.len()].copy_from_slice(tail);
        padded[tail.len()] = 0x80;
        let end = (tail.len() + 1 + size_of_val(&bits)).next_multiple_of(size_of::<Block>());
        padded[end - size_of_val(&bits)..end].copy_from_slice(&bits.to_be_bytes());
        Self {
            first: message.first,
            whole,
            last,
            count: 1 + whole.len() + end / size_of::<Block>(),
        }
    }

    #[inline]
    fn get(&self, at: usize) -> &Block {
        match at.checked_sub(1) {
            None => self.first,
            Some(at) if at < self.whole.len() => &self.whole[at],
            Some(at) => &self.last[at - self.whole.len()],
        }
    }
}

/// The eight working words in the order in which the instructions take them, the first one highest.
#[derive(Clone, Copy)]
struct State {
    abef: __m128i,
    cdgh: __m128i,
}

impl State {
    #[target_feature(enable = "sha,sse4.1")]
    fn initial() -> Self {
        let [a, b, c, d, e, f, g, h] = INITIAL;
        Self {
            abef: four_words(f, e, b, a),
            cdgh: four_words(h, g, d, c),
        }
    }

    #[target_feature(enable = "sha,sse4.1")]
    fn digest(self) -> Sha256Digest {
        let Self { abef, cdgh } = self;
        let words = [
            _mm_extract_epi32::<3>(abef),
            _mm_extract_epi32::<2>(abef),
            _mm_extract_epi32::<3>(cdgh),
            _mm_extract_epi32::<2>(cdgh),
            _mm_extract_epi32::<1>(abef),
            _mm_extract_epi32::<0>(abef),
            _mm_extract_epi32::<1>(cdgh),
            _mm_extract_epi32::<0>(cdgh),
        ];
        let mut digest = [0; 32];
        for (bytes, word) in digest.as_chunks_mut().0.iter_mut().zip(words) {
            *bytes = word.to_be_bytes();
        }
        digest
    }

    /// Four rounds, with the words of the message schedule that are theirs.
    #[inline]
    #[target_feature(enable = "sha,sse4.1")]
    fn four_rounds(&mut self, words: __m128i, constants: __m128i) {
        let sums = _mm_add_epi32(words, constants);
        self.cdgh = _mm_sha256rnds2_epu32(self.cdgh, self.abef, sums);
        self.abef = _mm_sha256rnds2_epu32(self.abef, self.cdgh, _mm_shuffle_epi32::<0x0e>(sums));
    }

    #[inline]
    #[target_feature(enable = "sha,sse4.1")]
    fn add(&mut self, other: &Self) {
        self.abef = _mm_add_epi32(self.abef, other.abef);
        self.cdgh = _mm_add_epi32(self.cdgh, other.cdgh);
    }
}

/// One block of each message. The rounds of the messages alternate, so that one's are done while the other's wait for their operands.
#[inline]
#[target_feature(enable = "sha,sse4.1")]
fn compress<const MESSAGES: usize>(states: &mut [State; MESSAGES], blocks: [&Block; MESSAGES]) {
    let before = *states;
    // The last 16 words of each message's schedule, as a ring.
    let mut words = [[_mm_setzero_si128(); 4]; MESSAGES];
    for (words, block) in words.iter_mut().zip(blocks) {
        *words = block_words(block);
    }
    for (four, constants) in ROUNDS.as_chunks::<4>().0.iter().enumerate() {
        for (at, constants) in constants.iter().enumerate() {
            let [a, b, c, d] = *constants;
            let constants = four_words(a, b, c, d);
            for (state, words) in states.iter_mut().zip(&mut words) {
                state.four_rounds(words[at], constants);
                if four < 3 {
                    words[at] = next_words(words, at);
                }
            }
        }
    }
    for (state, before) in states.iter_mut().zip(&before) {
        state.add(before);
    }
}

/// The words that follow in the schedule; the oldest ones are at `at`.
#[inline]
#[target_feature(enable = "sha,sse4.1")]
fn next_words(words: &[__m128i; 4], at: usize) -> __m128i {
    let [second, third, fourth] = [
        words[(at + 1) % 4],
        words[(at + 2) % 4],
        words[(at + 3) % 4],
    ];
    let sums = _mm_add_epi32(
        _mm_sha256msg1_epu32(words[at], second),
        _mm_alignr_epi8::<4>(fourth, third),
    );
    _mm_sha256msg2_epu32(sums, fourth)
}

/// A block as 16 words of four bytes, the highest byte first.
#[inline]
#[target_feature(enable = "sha,sse4.1")]
fn block_words(block: &Block) -> [__m128i; 4] {
    let order = _mm_set_epi64x(0x0c0d_0e0f_0809_0a0b, 0x0405_0607_0001_0203);
    let mut words = [_mm_setzero_si128(); 4];
    let (quarters, _) = block.as_chunks::<8>().0.as_chunks();
    for (words, [low, high]) in words.iter_mut().zip(quarters) {
        let bytes = _mm_set_epi64x(i64::from_le_bytes(*high), i64::from_le_bytes(*low));
        *words = _mm_shuffle_epi8(bytes, order);
    }
    words
}

/// The first word lowest.
#[inline]
#[target_feature(enable = "sha,sse4.1")]
fn four_words(a: u32, b: u32, c: u32, d: u32) -> __m128i {
    _mm_set_epi32(
        d.cast_signed(),
        c.cast_signed(),
        b.cast_signed(),
        a.cast_signed(),
    )
}
