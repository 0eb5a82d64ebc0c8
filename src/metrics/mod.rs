//! What `bounty run --metrics` serves over HTTP: `/metrics` for Prometheus, `/healthz`, `/readyz`.
//!
//! It reads the counters that the engine and the bots keep, and changes nothing. A request costs no lock that a command
//! waits for longer than a moment, and no disk operation.

mod address;
mod exposition;
mod health;
mod process;
mod render;
mod server;
mod watched;

pub use address::ListenAddress;
pub use server::serve;
pub use watched::Watched;
