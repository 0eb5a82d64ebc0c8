//! The HTTP server. It must stand whoever connects: few connections at a time, each short, each with one small request.

use std::convert::Infallible;
use std::mem::replace;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use super::health::{unhealthy, unready};
use super::render;
use super::watched::Watched;

/// Connections at a time; more wait in the system's queue.
const CONNECTIONS: usize = 64;
/// How long a connection may last, from its first byte to its last.
const CONNECTION_LIMIT: Duration = Duration::from_secs(10);
/// How long a request's head may take to come.
const HEAD_LIMIT: Duration = Duration::from_secs(2);
/// The most bytes that are read of a request at a time, and so of its head.
const HEAD_BYTES: usize = 16 * 1_024;
/// How long to wait when no connection can be taken: the process has no file descriptors left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

const METRICS_TYPE: HeaderValue =
    HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
const TEXT_TYPE: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// Answers requests for ever.
pub async fn serve(listener: TcpListener, watched: Arc<Watched>) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let mut is_shut = false;
    loop {
        let Ok(place) = Arc::clone(&room).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((stream, _)) => {
                is_shut = false;
                let watched = Arc::clone(&watched);
                tokio::spawn(async move {
                    // One that takes too long is cut off.
                    let _ = timeout(CONNECTION_LIMIT, connection(stream, watched)).await;
                    drop(place);
                });
            }
            Err(error) => {
                // Once, until one can be taken again.
                if !replace(&mut is_shut, true) {
                    tracing::warn!(%error, "a connection for metrics could not be taken; it is tried again");
                }
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn connection(stream: TcpStream, watched: Arc<Watched>) {
    let service = service_fn(move |request: Request<Incoming>| {
        let response = answer(request.method(), request.uri().path(), &watched);
        async move { Ok::<_, Infallible>(response) }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_LIMIT)
        .max_buf_size(HEAD_BYTES)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = served {
        tracing::debug!(%error, "a request for metrics was not served");
    }
}

fn answer(method: &Method, path: &str, watched: &Watched) -> Response<Full<Bytes>> {
    if !matches!(*method, Method::GET | Method::HEAD) {
        let mut refused = text(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD\n");
        let allowed = HeaderValue::from_static("GET, HEAD");
        refused.headers_mut().insert(ALLOW, allowed);
        return refused;
    }
    match path {
        "/metrics" => {
            let mut page = text(StatusCode::OK, render::page(watched));
            page.headers_mut().insert(CONTENT_TYPE, METRICS_TYPE);
            page
        }
        "/healthz" => reasons(&unhealthy(watched)),
        "/readyz" => reasons(&unready(watched)),
        _ => text(
            StatusCode::NOT_FOUND,
            "nothing here; there are /metrics, /healthz and /readyz\n",
        ),
    }
}

/// 200 without reasons; else 503 and one reason a line.
fn reasons(reasons: &[String]) -> Response<Full<Bytes>> {
    if reasons.is_empty() {
        return text(StatusCode::OK, "ok\n");
    }
    let lines: String = reasons.iter().map(|reason| format!("{reason}\n")).collect();
    text(StatusCode::SERVICE_UNAVAILABLE, lines)
}

fn text(status: StatusCode, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, TEXT_TYPE);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
