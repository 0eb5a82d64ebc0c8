//! How a receiver knows who sent a body, and when.

use std::fmt::Write;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::domain::UnixTime;

/// The header that holds the signature.
pub const SIGNATURE: &str = "Bounty-Signature";

/// The header's value: `t=`, the second in which it was signed, `,v1=`, and in hexadecimal digits the HMAC-SHA-256 with the key of these
/// seconds as decimal digits, a full stop, and the body.
///
/// The time is signed too, so that a receiver can refuse what someone kept and sends again later.
pub fn signature(key: &str, at: UnixTime, body: &[u8]) -> String {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(format!("{at}.").as_bytes());
    mac.update(body);
    let mut value = format!("t={at},v1=");
    for byte in mac.finalize().into_bytes() {
        write!(value, "{byte:02x}").expect("a String takes all text");
    }
    value
}

#[cfg(test)]
mod tests {
    use super::signature;

    #[test]
    fn the_signature_is_what_openssl_makes_of_time_and_body() {
        // printf '1735603200.{"a":1}' | openssl dgst -sha256 -hmac 'key of the hook'
        assert_eq!(
            signature("key of the hook", 1_735_603_200, br#"{"a":1}"#),
            "t=1735603200,v1=15dd3aa75d67a5c8efc7f0b2a3f43c8ebe5b3b48ee94f0c73f5bcf9a35f0516b"
        );
    }

    #[test]
    fn another_key_time_or_body_has_another_signature() {
        let one = signature("key", 1, b"body");
        for other in [
            signature("kez", 1, b"body"),
            signature("key", 2, b"body"),
            signature("key", 1, b"bodz"),
        ] {
            assert_ne!(one, other);
        }
    }
}
