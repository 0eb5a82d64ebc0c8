//! The HTTP side: one POST for one event.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderName, USER_AGENT};
use reqwest::redirect::Policy;
use reqwest::{Client, Request};

use super::event::{self, CloudEvent};
use super::guard::{Guard, GuardedResolver};
use super::hook::Hook;
use super::outcome::Outcome;
use super::sign::{SIGNATURE, signature};
use crate::domain::Timestamp;

/// How long a connection may take, TLS and names included.
const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// How long a connection without use is kept: shorter than receivers keep theirs.
const IDLE: Duration = Duration::from_secs(4);
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const PROGRAM: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

/// Sends events to web hooks. One serves all of them.
pub struct Sender {
    client: Client,
    guard: Arc<Guard>,
}

/// There is no HTTP client to be had.
#[derive(Debug, thiserror::Error)]
#[error("cannot start an HTTP client: {0}")]
pub struct ClientError(#[from] reqwest::Error);

impl Sender {
    /// A sender that talks only to whom this guard lets it.
    pub fn new(guard: Guard) -> Result<Self, ClientError> {
        let guard = Arc::new(guard);
        // A proxy would resolve names by itself, and a redirect could lead anywhere.
        let client = Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .dns_resolver(Arc::new(GuardedResolver(Arc::clone(&guard))))
            .connect_timeout(CONNECT_LIMIT)
            .pool_idle_timeout(IDLE)
            .build()?;
        Ok(Self { client, guard })
    }

    /// Sends an event once; `now` is signed with it. Of the answer, only status and headers are read.
    pub async fn send(&self, hook: &Hook, event: &CloudEvent, now: Timestamp) -> Outcome {
        let request = match self.request(hook, event, now) {
            Ok(request) => request,
            Err(refused) => return refused,
        };
        match self.client.execute(request).await {
            Ok(answer) => Outcome::of_answer(answer.status(), answer.headers(), now),
            Err(error) => Outcome::of_failure(&error),
        }
    }

    fn request(&self, hook: &Hook, event: &CloudEvent, now: Timestamp) -> Result<Request, Outcome> {
        let url = self
            .guard
            .check(hook.url.reveal())
            .map_err(Outcome::refused)?;
        let unsent = || Outcome::refused("the event cannot be put into a request");
        let body = serde_json::to_vec(event).map_err(|_| unsent())?;
        let request = self
            .client
            .post(url)
            .header(USER_AGENT, PROGRAM)
            .header(CONTENT_TYPE, event::CONTENT_TYPE)
            .header(IDEMPOTENCY_KEY, &event.id)
            .header(
                SIGNATURE,
                signature(hook.key.reveal(), now.seconds(), &body),
            )
            .body(body)
            // As long as there is no connection, only its own limit ends the wait: so it is known that nothing was sent.
            .timeout(CONNECT_LIMIT + hook.timeout)
            .build();
        request.map_err(|_| unsent())
    }
}
