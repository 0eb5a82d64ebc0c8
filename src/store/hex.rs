//! Lower-case hex digits. Without branches, so that the compiler does many at once.

use crate::domain::Head;

impl Head {
    /// The hex digits of a SHA-256.
    pub fn of_digest(digest: &[u8; 32]) -> Self {
        Self(encode(digest))
    }
}

/// The digits of these bytes.
fn encode(bytes: &[u8; 32]) -> [u8; 64] {
    let mut digits = [0; 64];
    for (pair, byte) in digits.as_chunks_mut().0.iter_mut().zip(bytes) {
        *pair = [digit(byte >> 4), digit(byte & 15)];
    }
    digits
}

/// The bytes of these digits; none when one of them is no digit, or in upper case.
pub fn decode(digits: &[u8; 32]) -> Option<[u8; 16]> {
    let mut values = [0; 32];
    let mut bad = 0;
    for (value, digit) in values.iter_mut().zip(digits) {
        let (number, letter) = (digit.wrapping_sub(b'0'), digit.wrapping_sub(b'a'));
        bad |= u8::from(number > 9) & u8::from(letter > 5);
        *value = if number > 9 {
            letter.wrapping_add(10)
        } else {
            number
        };
    }
    let mut bytes = [0; 16];
    for (byte, [high, low]) in bytes.iter_mut().zip(values.as_chunks().0) {
        *byte = high << 4 | low;
    }
    (bad == 0).then_some(bytes)
}

fn digit(value: u8) -> u8 {
    value + b'0' + if value > 9 { b'a' - b'9' - 1 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};

    #[test]
    fn digits_are_the_standard_librarys_and_are_read_back() {
        for first in 0..=u8::MAX {
            let bytes: [u8; 32] =
                std::array::from_fn(|at| first.wrapping_add(at.wrapping_mul(37) as u8));
            let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            let digits = encode(&bytes);
            assert_eq!(digits, text.as_bytes());
            let half: &[u8; 32] = digits.first_chunk().expect("64 digits");
            assert_eq!(
                decode(half).as_ref().map(<[u8; 16]>::as_slice),
                Some(&bytes[..16])
            );
        }
    }

    #[test]
    fn only_lower_case_hex_digits_are_read() {
        for byte in 0..=u8::MAX {
            for at in [0, 17, 31] {
                let mut digits = [b'7'; 32];
                digits[at] = byte;
                let is_digit = matches!(byte, b'0'..=b'9' | b'a'..=b'f');
                assert_eq!(decode(&digits).is_some(), is_digit, "{byte} at {at}");
            }
        }
    }
}
