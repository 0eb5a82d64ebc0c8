//! What is told to other chats and to web hooks.

mod backoff;
pub mod telegram;
pub mod webhook;

pub use backoff::Backoff;
