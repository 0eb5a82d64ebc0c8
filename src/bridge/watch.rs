//! Watches the bridge's log: what any process changes is seen here within a second.

use std::io;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::sync::watch;

use crate::domain::bridge::Bridge;
use crate::domain::{Seq, StreamId};
use crate::engine::Reports;

use super::OpenBridge;

/// How often the log is looked at.
const EVERY: Duration = Duration::from_secs(1);

/// The bridge as it is now, from here on; `reports` is told whether it can be read. A thread of its own looks at the log until nobody listens.
pub fn watch(mut bridge: OpenBridge, reports: Reports) -> io::Result<watch::Receiver<Arc<Bridge>>> {
    let (sender, receiver) = watch::channel(Arc::new(bridge.state().clone()));
    let look = move || {
        if let Err(error) = bridge.publish() {
            tracing::warn!(%error, "the bridge's snapshot could not be looked at; it is written with the next change");
        }
        let mut works = true;
        while !sender.is_closed() {
            thread::sleep(EVERY);
            let refreshed = bridge.refresh();
            let used = refreshed.as_ref().map(|_| ());
            reports.tell(StreamId::Bridge, bridge.is_latched(), used);
            match refreshed {
                Ok(_) => {
                    works = true;
                    send(&sender, bridge.state());
                }
                Err(error) if works => {
                    works = false;
                    tracing::error!(%error, "the bridge cannot be read; the bots go on as they were set up last");
                }
                Err(_) => {}
            }
        }
    };
    thread::Builder::new()
        .name("bridge".to_owned())
        .spawn(look)?;
    Ok(receiver)
}

/// Sends what is new. A log that is gone for the moment, as while a backup is put back, stops no bot.
fn send(sender: &watch::Sender<Arc<Bridge>>, state: &Bridge) {
    let is_new = state.seq() > Seq(0) && **sender.borrow() != *state;
    if is_new {
        tracing::info!(seq = state.seq().0, "the bridge changed");
        sender.send_replace(Arc::new(state.clone()));
    }
}
