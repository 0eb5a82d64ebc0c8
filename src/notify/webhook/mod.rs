//! Web hooks: an event is sent to an address that an operator named, signed, and never to an address inside the network.
//!
//! This module sends one event once and says what came of it. When something is sent again, and what is recorded of it, is decided
//! elsewhere. What it says of a failure has no part of the address but the host: the rest may be a secret.

mod address;
mod event;
mod guard;
mod hook;
mod outcome;
mod sender;
mod sign;

#[cfg(test)]
mod tests;

pub use event::CloudEvent;
pub use guard::{BadHost, Forbidden, Guard};
pub use hook::{Hook, HookError};
pub use outcome::Outcome;
pub use sender::{ClientError, Sender};
pub use sign::{SIGNATURE, signature};
