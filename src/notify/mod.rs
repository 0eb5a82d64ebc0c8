//! What happens on boards is told to other chats and to web hooks, as the bridge's notification trackers say.
//!
//! [`Notifications`] works for all trackers of a data directory. What is to be done is decided by [`crate::domain::notifier`]; here logs
//! are read and written, and a [`Courier`] sends.

mod backoff;
mod boards;
mod clerk;
mod desk;
mod event_log;
mod known;
mod letter;
mod mailbox;
mod notifications;
mod post;
mod retry;
mod scan;
mod stream;
pub mod telegram;
pub mod webhook;
mod worker;

pub use backoff::Backoff;
pub use boards::Boards;
pub use event_log::{Deliveries, Delivery, DeliveryFilter, OldEntry, deliveries};
pub use letter::{Courier, Letter, Notice, Sending};
pub use notifications::Notifications;
pub use post::Post;
pub use retry::{RetryError, ask_retry};
pub use stream::{Draft, OpenNotifier};
pub use worker::{Ended, News, Order, Round, Worker};
