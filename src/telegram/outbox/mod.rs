//! What goes out to Telegram: one queue per chat, in order. A chat is paused only for its own 429; chats never wait for each
//! other, and who pressed a button waits for none.

mod delivery;

use std::collections::{HashMap, HashSet};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use teloxide::Bot;
use tokio::sync::{Notify, mpsc, oneshot, watch};

use crate::domain::ChatId;

use super::call::Call;
use super::vitals::{BotVitals, Outgoing, Sent};

/// The most answers that wait in one chat; more are dropped with a log line, so that memory stays bounded.
const QUEUE: usize = 1_000;

/// Told when a message was refused because its chat has a new id; the receiver ends when the board has moved, with what the chat
/// is to be told about that.
pub type OnMigrated = Arc<dyn Fn(ChatId, ChatId) -> oneshot::Receiver<Vec<Call>> + Send + Sync>;

/// Ends when an answer is out or given up, or when Telegram makes its chat wait, perhaps for long.
pub type Leaving = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The outgoing queues of one bot.
#[derive(Clone)]
pub struct Outbox {
    inner: Arc<Inner>,
}

struct Inner {
    bot: Bot,
    on_migrated: OnMigrated,
    chats: Mutex<HashMap<ChatId, Queue>>,
    /// Chats that do not let the bot write, until they write again.
    unreachable: Mutex<HashSet<ChatId>>,
    /// Pressed buttons whose answer is not out.
    pressed: AtomicUsize,
    /// Told whenever a queue is done, and a button answered.
    emptied: Notify,
    vitals: Arc<BotVitals>,
}

/// What goes out to one chat.
struct Queue {
    items: mpsc::Sender<Item>,
    /// Whether Telegram makes the chat wait.
    paused: watch::Receiver<bool>,
}

/// The answer to one update: what to call, once it is known, and whom to tell when it is done.
struct Item {
    calls: oneshot::Receiver<Vec<Call>>,
    done: oneshot::Sender<()>,
    _counted: Outgoing,
}

impl Outbox {
    /// Queues for this bot.
    pub fn new(bot: Bot, vitals: Arc<BotVitals>, on_migrated: OnMigrated) -> Self {
        let inner = Inner {
            bot,
            on_migrated,
            chats: Mutex::default(),
            unreachable: Mutex::default(),
            pressed: AtomicUsize::new(0),
            emptied: Notify::new(),
            vitals,
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Puts the answer to an update of this chat behind those that wait.
    pub fn push(&self, chat: ChatId, calls: oneshot::Receiver<Vec<Call>>) -> Leaving {
        // The chat wrote, so it can be written to again.
        lock(&self.inner.unreachable).remove(&chat);
        let (done, out) = oneshot::channel();
        let item = Item {
            calls,
            done,
            _counted: self.inner.vitals.outgoing(),
        };
        let mut chats = lock(&self.inner.chats);
        let queue = chats.entry(chat).or_insert_with(|| self.start(chat));
        match queue.items.try_send(item) {
            Ok(()) => {}
            Err(mpsc::error::TrySendError::Closed(item)) => {
                *queue = self.start(chat);
                // A fresh queue has room for its first item.
                let _ = queue.items.try_send(item);
            }
            Err(mpsc::error::TrySendError::Full(_)) => {
                self.inner.vitals.sent(Sent::Dropped);
                tracing::warn!(
                    chat = chat.0,
                    "more than {QUEUE} answers wait for this chat; one was dropped"
                );
            }
        }
        let mut paused = queue.paused.clone();
        Box::pin(async move {
            // A closed channel ends it too: the answer was dropped, or the queue is done.
            tokio::select! {
                _ = out => {}
                _ = paused.wait_for(|paused| *paused) => {}
            }
        })
    }

    /// Answers a pressed button at once, whatever waits for its chat, if it has one: Telegram keeps who pressed it waiting until then, and
    /// takes no answer that comes late. What else is to be done takes its turn in the chat.
    pub fn press(&self, chat: Option<ChatId>, calls: oneshot::Receiver<Vec<Call>>) -> Leaving {
        let (sender, rest) = oneshot::channel();
        let queued = chat.map(|chat| self.push(chat, rest));
        let (done, out) = oneshot::channel();
        let inner = Arc::clone(&self.inner);
        let counted = inner.vitals.outgoing();
        inner.pressed.fetch_add(1, Relaxed);
        tokio::spawn(async move {
            let calls = calls.await.unwrap_or_default();
            let (answers, rest): (Vec<_>, Vec<_>) =
                calls.into_iter().partition(Call::is_for_button);
            // Without a chat there is nothing else.
            let _ = sender.send(rest);
            for answer in answers {
                // It is tried once, and waits for nothing.
                inner.deliver(answer, &watch::Sender::new(false)).await;
            }
            drop(counted);
            inner.pressed.fetch_sub(1, Relaxed);
            inner.emptied.notify_waiters();
            if let Some(queued) = queued {
                queued.await;
            }
            let _ = done.send(());
        });
        Box::pin(async move {
            // A closed channel is a panic in the task above, logged where it happened.
            let _ = out.await;
        })
    }

    /// Waits until every answer is out, at most this long.
    pub async fn drained(&self, limit: Duration) {
        let empty = async {
            loop {
                let emptied = self.inner.emptied.notified();
                if self.inner.is_empty() {
                    return;
                }
                emptied.await;
            }
        };
        if tokio::time::timeout(limit, empty).await.is_err() {
            tracing::warn!("some answers did not go out before the end");
        }
    }

    fn start(&self, chat: ChatId) -> Queue {
        let (items, mut receiver) = mpsc::channel::<Item>(QUEUE);
        let (pausing, paused) = watch::channel(false);
        let inner = Arc::clone(&self.inner);
        tokio::spawn(async move {
            while let Some(item) = inner.next(chat, &mut receiver).await {
                for call in item.calls.await.unwrap_or_default() {
                    inner.deliver(call, &pausing).await;
                }
                // Whoever waited may have stopped waiting.
                let _ = item.done.send(());
            }
        });
        Queue { items, paused }
    }
}

impl Inner {
    /// Whether every answer is out.
    fn is_empty(&self) -> bool {
        self.pressed.load(Relaxed) == 0 && lock(&self.chats).is_empty()
    }

    /// The next answer; none, and the queue is gone, when nothing waits: queues live as long as they are needed.
    async fn next(&self, chat: ChatId, receiver: &mut mpsc::Receiver<Item>) -> Option<Item> {
        if let Ok(item) = receiver.try_recv() {
            return Some(item);
        }
        tokio::task::yield_now().await;
        let mut chats = lock(&self.chats);
        let item = receiver.try_recv().ok();
        if item.is_none() {
            chats.remove(&chat);
            receiver.close();
            self.emptied.notify_waiters();
        }
        item
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
