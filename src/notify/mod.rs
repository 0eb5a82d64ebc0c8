//! What happens on boards is told to other chats and to web hooks, as the bridge's notification trackers say.

mod boards;
mod letter;
mod stream;
mod worker;

pub use boards::Boards;
pub use letter::{Courier, Letter, Notice, Sending};
pub use stream::{Draft, OpenNotifier};
pub use worker::{Ended, News, Order, Round, Worker};
