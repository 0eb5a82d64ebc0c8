//! What goes out to Telegram: one queue per chat, in order. A chat is paused only for its own 429; chats never wait for each
//! other.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use teloxide::Bot;
use teloxide::payloads::SendMessage;
use teloxide::types::Recipient;
use tokio::sync::{Notify, mpsc, oneshot};

use crate::domain::ChatId;
use crate::text;

use super::api::{BACKOFF, carry_out};
use super::call::Call;
use super::failure::Failure;
use super::vitals::{BotVitals, Outgoing, Sent};

/// The most answers that wait in one chat; more are dropped with a log line, so that memory stays bounded.
const QUEUE: usize = 1_000;
/// The pause in a chat when Telegram asks for one and does not say how long: a group may get twenty messages a minute.
const PAUSE: Duration = Duration::from_secs(3);

/// Told when a message was refused because its chat has a new id; the receiver ends when the board has moved, with what the chat
/// is to be told about that.
pub type OnMigrated = Arc<dyn Fn(ChatId, ChatId) -> oneshot::Receiver<Vec<Call>> + Send + Sync>;

/// The outgoing queues of one bot.
#[derive(Clone)]
pub struct Outbox {
    inner: Arc<Inner>,
}

struct Inner {
    bot: Bot,
    on_migrated: OnMigrated,
    chats: Mutex<HashMap<ChatId, mpsc::Sender<Item>>>,
    /// Chats that do not let the bot write, until they write again.
    unreachable: Mutex<HashSet<ChatId>>,
    /// Told whenever a queue is done.
    emptied: Notify,
    vitals: Arc<BotVitals>,
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
            emptied: Notify::new(),
            vitals,
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Puts the answer to an update of this chat behind those that wait. The returned receiver ends when it is out, or
    /// given up.
    pub fn push(&self, chat: ChatId, calls: oneshot::Receiver<Vec<Call>>) -> oneshot::Receiver<()> {
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
        match queue.try_send(item) {
            Ok(()) => {}
            Err(mpsc::error::TrySendError::Closed(item)) => {
                let queue = self.start(chat);
                // A fresh queue has room for its first item.
                let _ = queue.try_send(item);
                chats.insert(chat, queue);
            }
            Err(mpsc::error::TrySendError::Full(_)) => {
                self.inner.vitals.sent(Sent::Dropped);
                tracing::warn!(
                    chat = chat.0,
                    "more than {QUEUE} answers wait for this chat; one was dropped"
                );
            }
        }
        out
    }

    /// Waits until every answer is out, at most this long.
    pub async fn drained(&self, limit: Duration) {
        let empty = async {
            loop {
                let emptied = self.inner.emptied.notified();
                if lock(&self.inner.chats).is_empty() {
                    return;
                }
                emptied.await;
            }
        };
        if tokio::time::timeout(limit, empty).await.is_err() {
            tracing::warn!("some answers did not go out before the end");
        }
    }

    fn start(&self, chat: ChatId) -> mpsc::Sender<Item> {
        let (sender, mut receiver) = mpsc::channel::<Item>(QUEUE);
        let inner = Arc::clone(&self.inner);
        tokio::spawn(async move {
            while let Some(item) = inner.next(chat, &mut receiver).await {
                for call in item.calls.await.unwrap_or_default() {
                    inner.deliver(call).await;
                }
                // Whoever waited may have stopped waiting.
                let _ = item.done.send(());
            }
        });
        sender
    }
}

impl Inner {
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

    async fn deliver(self: &Arc<Self>, call: Call) {
        match call {
            Call::Send(message) => {
                let end = self.send(*message).await;
                self.vitals.sent(end);
            }
            // Pressing the button once more does it again.
            Call::Edit(edit) => match carry_out(&self.bot, &*edit).await {
                Err(error) if error.failure != Failure::NotModified => {
                    tracing::warn!(%error, "a list's page could not be turned");
                }
                _ => {}
            },
            Call::AnswerCallback(answer) => {
                if let Err(error) = carry_out(&self.bot, &*answer).await {
                    tracing::warn!(%error, "a button could not be answered");
                }
            }
        }
    }

    /// Sends one message. Only what surely did not arrive is tried again, for a while: a send has no idempotency key.
    async fn send(self: &Arc<Self>, mut message: SendMessage) -> Sent {
        let mut attempt = 0;
        loop {
            let Some(chat) = target(&message) else {
                return Sent::GivenUp;
            };
            if lock(&self.unreachable).contains(&chat) {
                return Sent::Forbidden;
            }
            let Err(error) = carry_out(&self.bot, &message).await else {
                return Sent::Delivered;
            };
            match error.failure {
                Failure::Wait(pause) => {
                    let pause = pause.unwrap_or(PAUSE);
                    self.vitals.pauses.fetch_add(1, Relaxed);
                    tracing::info!(
                        chat = chat.0,
                        seconds = pause.as_secs(),
                        "Telegram asks for a pause in this chat"
                    );
                    tokio::time::sleep(pause).await;
                }
                Failure::NotSent if attempt < BACKOFF.len() => {
                    tokio::time::sleep(BACKOFF[attempt]).await;
                    attempt += 1;
                }
                Failure::Migrated(new) if new != chat => {
                    self.follow(chat, new).await;
                    message.chat_id = Recipient::Id(teloxide::types::ChatId(new.0));
                }
                Failure::Markup if message.parse_mode.is_some() => {
                    tracing::warn!(
                        chat = chat.0,
                        "Telegram refused the markup of a message; it is sent without"
                    );
                    message.text = text::plain(&message.text);
                    message.parse_mode = None;
                }
                Failure::NotModified => return Sent::Delivered,
                Failure::Forbidden => {
                    tracing::info!(
                        chat = chat.0,
                        "the bot may not write to this chat; it is tried again when the chat writes"
                    );
                    lock(&self.unreachable).insert(chat);
                    return Sent::Forbidden;
                }
                _ => {
                    tracing::warn!(
                        chat = chat.0,
                        %error,
                        "an answer was given up: it may or may not have arrived"
                    );
                    return Sent::GivenUp;
                }
            }
        }
    }
}

impl Inner {
    /// Has the board moved before anyone is answered under the chat's new id, who could then write to a board that is not there.
    async fn follow(self: &Arc<Self>, from: ChatId, to: ChatId) {
        let notices = (self.on_migrated)(from, to).await.unwrap_or_default();
        if notices.is_empty() {
            return;
        }
        let outbox = Outbox {
            inner: Arc::clone(self),
        };
        let (sender, calls) = oneshot::channel();
        // Both receivers live as long as they are needed.
        let _ = sender.send(notices);
        drop(outbox.push(to, calls));
    }
}

fn target(message: &SendMessage) -> Option<ChatId> {
    match &message.chat_id {
        Recipient::Id(id) => Some(ChatId(id.0)),
        Recipient::ChannelUsername(_) => None,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
