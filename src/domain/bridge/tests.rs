//! The rules of the bridge: given these events, when this command, then this event or refusal.

mod given;
mod kept;
mod notify;
mod refused;
mod resolved;
mod secrets;
