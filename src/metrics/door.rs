//! Takes connections, also when the process has no file left to open: whoever watches it is to be told just then.

use std::fs::File;
use std::io;
use std::mem::replace;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

/// A listener, and what it needs when no file can be opened.
pub struct Door {
    listener: TcpListener,
    spare: Spare,
    /// Whether the last connection could not be taken.
    is_shut: bool,
}

/// A file that is open for nothing but to be closed, so that a connection can be opened in its place.
#[derive(Clone, Default)]
pub struct Spare(Arc<Mutex<Option<File>>>);

impl Door {
    pub fn new(listener: TcpListener) -> Self {
        Self {
            listener,
            spare: Spare::default(),
            is_shut: false,
        }
    }

    /// To be kept again when a connection has ended, before another takes the file that this one had.
    pub fn spare(&self) -> Spare {
        self.spare.clone()
    }

    /// Waits for the next connection. None when it could not be taken; that is said once, until one can be taken again.
    pub async fn next(&mut self) -> Option<TcpStream> {
        self.spare.keep();
        let taken = match self.listener.accept().await {
            Err(_) if self.spare.give_up() => self.at_once().await?,
            taken => taken.map(|(stream, _)| stream),
        };
        match taken {
            Ok(stream) => {
                self.is_shut = false;
                Some(stream)
            }
            Err(error) => {
                if !replace(&mut self.is_shut, true) {
                    tracing::warn!(%error, "a connection for metrics could not be taken; it is tried again");
                }
                None
            }
        }
    }

    /// The connection that waits; none when there is none: the system refuses one before it looks whether any waits.
    async fn at_once(&self) -> Option<io::Result<TcpStream>> {
        let taken = timeout(Duration::ZERO, self.listener.accept()).await.ok();
        taken.map(|taken| taken.map(|(stream, _)| stream))
    }
}

impl Spare {
    /// Opens it, unless it is open or cannot be.
    pub fn keep(&self) {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if file.is_none() {
            *file = File::open("/dev/null").ok();
        }
    }

    /// Closes it; false when it was not open.
    fn give_up(&self) -> bool {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        file.take().is_some()
    }
}
