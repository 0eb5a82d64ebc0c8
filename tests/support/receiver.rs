//! A receiver of web hooks, which keeps what it got and answers as it is told to.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use hyper::body::{Body, Frame};

use super::connection::Cut;
use super::loopback::Server;

/// What came in: also what was answered by a refusal, or not at all.
#[derive(Clone, Debug)]
pub struct Received {
    pub method: Method,
    /// Path and query.
    pub uri: Uri,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Received {
    /// A header's text; empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default()
    }
}

/// How a request is answered.
#[derive(Clone, Debug)]
pub enum Reply {
    Status(u16),
    /// A status with this header.
    With(u16, &'static str, String),
    /// The connection is closed instead.
    HangUp,
    /// The answer comes so much later.
    Late(Duration),
    /// An answer whose body never ends.
    Endless,
}

#[derive(Default)]
struct Inner {
    received: Vec<Received>,
    replies: VecDeque<Reply>,
}

/// The running receiver; it answers 204 when it was not told otherwise.
pub struct Receiver {
    inner: Arc<Mutex<Inner>>,
    server: Server,
}

impl Receiver {
    pub fn start() -> Self {
        let inner = Arc::<Mutex<Inner>>::default();
        let app = Router::new()
            .fallback(handle)
            .with_state(Arc::clone(&inner));
        Self {
            inner,
            server: Server::start(app),
        }
    }

    /// Its address by this host, with this path.
    pub fn url(&self, host: &str, path: &str) -> String {
        format!("http://{host}:{}{path}", self.server.addr().port())
    }

    /// Answers the next request so that was not given an answer yet.
    pub fn reply(&self, reply: Reply) {
        lock(&self.inner).replies.push_back(reply);
    }

    /// All requests in their order.
    pub fn received(&self) -> Vec<Received> {
        lock(&self.inner).received.clone()
    }
}

async fn handle(
    State(inner): State<Arc<Mutex<Inner>>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let received = Received {
        method,
        uri,
        headers,
        body: body.into(),
    };
    let reply = {
        let mut inner = lock(&inner);
        inner.received.push(received);
        inner.replies.pop_front()
    };
    match reply.unwrap_or(Reply::Status(204)) {
        Reply::Status(status) => code(status).into_response(),
        Reply::With(status, name, value) => (code(status), [(name, value)]).into_response(),
        Reply::HangUp => {
            cut.cut();
            StatusCode::NO_CONTENT.into_response()
        }
        Reply::Late(delay) => {
            tokio::time::sleep(delay).await;
            StatusCode::NO_CONTENT.into_response()
        }
        Reply::Endless => axum::body::Body::new(Zeros).into_response(),
    }
}

fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).expect("a scripted status is a valid HTTP status")
}

/// A body without an end.
struct Zeros;

impl Body for Zeros {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[b'0'; 1 << 16])))))
    }
}

fn lock(inner: &Mutex<Inner>) -> MutexGuard<'_, Inner> {
    inner.lock().unwrap_or_else(PoisonError::into_inner)
}
