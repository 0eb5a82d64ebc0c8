//! What happens on boards is told to other chats and to web hooks, as the bridge's notification trackers say.

mod backoff;
mod boards;
mod letter;
mod stream;
pub mod telegram;
pub mod webhook;
mod worker;

pub use backoff::Backoff;
pub use boards::Boards;
pub use letter::{Courier, Letter, Notice, Sending};
pub use stream::{Draft, OpenNotifier};
pub use worker::{Ended, News, Order, Round, Worker};
