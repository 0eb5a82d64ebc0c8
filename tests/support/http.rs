//! Plain HTTP requests, byte by byte, and pages of metrics read as Prometheus reads them.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::bot::LIMIT;

/// What a server answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// Status line and headers, in lower case.
    pub head: String,
    pub body: String,
}

/// Sends these bytes and reads until the server closes the connection; none when it closes without an answer.
pub fn exchange(server: SocketAddr, request: &[u8]) -> Option<Answer> {
    let mut stream = TcpStream::connect(server).expect("a connection");
    stream.set_read_timeout(Some(LIMIT)).expect("a limit");
    // It may have seen enough before everything is written.
    let _ = stream.write_all(request);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let answer = String::from_utf8(answer).expect("UTF-8");
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(Answer {
        status,
        head: head.to_ascii_lowercase(),
        body: body.to_owned(),
    })
}

/// A request without a body.
#[track_caller]
pub fn ask(server: SocketAddr, method: &str, path: &str) -> Answer {
    let request = format!("{method} {path} HTTP/1.1\r\nHost: {server}\r\n\r\n");
    exchange(server, request.as_bytes()).expect("an answer")
}

#[track_caller]
pub fn get(server: SocketAddr, path: &str) -> Answer {
    ask(server, "GET", path)
}

/// Asks until the answer is as it should be.
#[track_caller]
pub fn wait_get(server: SocketAddr, path: &str, is_right: impl Fn(&Answer) -> bool) -> Answer {
    let deadline = Instant::now() + LIMIT;
    loop {
        let answer = get(server, path);
        if is_right(&answer) {
            return answer;
        }
        assert!(Instant::now() < deadline, "{path} stays {answer:?}");
        sleep(Duration::from_millis(20));
    }
}

/// The samples of a page of metrics, by name and labels as they stand there.
pub struct Metrics(BTreeMap<String, f64>);

impl Metrics {
    /// Asks for the page and checks that it is one.
    #[track_caller]
    pub fn of(server: SocketAddr) -> Self {
        let answer = get(server, "/metrics");
        assert_eq!(answer.status, 200);
        assert!(answer.head.contains("text/plain; version=0.0.4"));
        Self::parse(&answer.body)
    }

    /// Each sample must follow the HELP and TYPE of its metric, and be there once.
    #[track_caller]
    fn parse(page: &str) -> Self {
        let (mut samples, mut family, mut seen) = (BTreeMap::new(), None, Vec::new());
        let mut lines = page.lines();
        while let Some(line) = lines.next() {
            if let Some(help) = line.strip_prefix("# HELP ") {
                let (name, help) = help.split_once(' ').expect("a help");
                assert!(!help.is_empty() && !seen.contains(&name), "{line}");
                seen.push(name);
                let kind = lines.next().and_then(|line| line.strip_prefix("# TYPE "));
                let (typed, kind) = kind.and_then(|kind| kind.split_once(' ')).expect("a type");
                assert_eq!(typed, name);
                assert_eq!(kind == "counter", name.ends_with("_total"), "{name}");
                family = Some((name, kind));
                continue;
            }
            let (sample, value) = line.rsplit_once(' ').expect("a sample");
            let (family, kind) = family.expect("a family");
            let name = sample.split('{').next().unwrap_or_default();
            let suffix = name.strip_prefix(family).expect("a sample of its family");
            let is_part = matches!(suffix, "_bucket" | "_sum" | "_count");
            assert!(suffix.is_empty() != (kind == "histogram") && (suffix.is_empty() || is_part));
            let value = value.parse().expect("a number");
            assert_eq!(samples.insert(sample.to_owned(), value), None, "{line}");
        }
        Self(samples)
    }

    /// The value of a sample that must be there.
    #[track_caller]
    pub fn get(&self, sample: &str) -> f64 {
        let value = self.0.get(sample);
        *value.unwrap_or_else(|| panic!("no {sample} in {:#?}", self.0.keys()))
    }

    /// All samples.
    pub fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        self.0.iter().map(|(name, value)| (name.as_str(), *value))
    }
}

/// Asks until a sample is there and has this value.
#[track_caller]
pub fn wait_metric(server: SocketAddr, sample: &str, value: f64) -> Metrics {
    let deadline = Instant::now() + LIMIT;
    loop {
        let metrics = Metrics::of(server);
        let found = metrics.0.get(sample);
        if found == Some(&value) {
            return metrics;
        }
        assert!(Instant::now() < deadline, "{sample} stays {found:?}");
        sleep(Duration::from_millis(20));
    }
}
