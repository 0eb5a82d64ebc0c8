//! The server itself: its paths, its address, and clients that mean no good.

use std::io::Write;
use std::net::{SocketAddr, TcpListener, TcpStream};

use crate::support::bot::{Bot, Stage};
use crate::support::bot_api::updates::{User, group};
use crate::support::http::{Metrics, ask, exchange, get, wait_get};

use super::{address, run};

#[test]
fn a_bot_that_works_is_healthy_and_ready_and_other_paths_name_these() {
    let stage = Stage::new();
    let (bot, server) = run(&stage);
    wait_get(server, "/readyz", |answer| answer.status == 200);
    assert_eq!(get(server, "/healthz").body, "ok\n");
    for path in [
        "/",
        "/metrics/",
        "/metricsx",
        "/healthz/x",
        "/%2e%2e/etc/passwd",
    ] {
        let answer = get(server, path);
        assert_eq!(answer.status, 404, "{path}");
        for known in ["/metrics", "/healthz", "/readyz"] {
            assert!(answer.body.contains(known), "{}", answer.body);
        }
        assert_eq!(answer.body.lines().count(), 1);
    }
    assert_eq!(get(server, "/healthz?verbose=1").status, 200);
    bot.stop().ok();
}

#[test]
fn only_get_and_head_are_answered() {
    let stage = Stage::new();
    let (bot, server) = run(&stage);
    let head = ask(server, "HEAD", "/metrics");
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
        let answer = ask(server, method, "/metrics");
        assert_eq!(answer.status, 405, "{method}");
        assert!(answer.head.contains("allow: get, head"), "{}", answer.head);
    }
    bot.stop().ok();
}

#[test]
fn without_the_option_nothing_is_served_and_the_environment_has_one_too() {
    let stage = Stage::new();
    let quiet = stage.run(&[]);
    stage.wait_polling();
    let ended = quiet.stop().ok();
    assert!(!ended.output.contains("metrics"), "{}", ended.output);
    let mut command = stage.command(&[]);
    command.env("BOUNTY_METRICS", "127.0.0.1:0");
    let bot = Bot::spawn(command);
    assert!(address(&bot).ip().is_loopback());
    bot.stop().ok();
}

#[test]
fn an_address_in_use_ends_it_before_anything_is_begun() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("an address").port();
    let stage = Stage::new();
    let ended = stage.run(&["--metrics", &port.to_string()]).wait();
    assert_eq!(ended.code, Some(1), "{}", ended.output);
    let named = format!("127.0.0.1:{port}");
    assert!(ended.output.contains(&named), "{}", ended.output);
    assert!(ended.output.contains("in use"), "{}", ended.output);
    assert!(stage.api.calls().is_empty());
    assert!(!stage.data.path().exists());
}

#[test]
fn what_is_no_address_is_wrong_usage() {
    let stage = Stage::new();
    for text in ["", "port", "1.2.3.4", "99999"] {
        let ended = stage.run(&["--metrics", text]).wait();
        assert_eq!(ended.code, Some(2), "{}", ended.output);
        assert!(ended.output.contains("HOST:PORT"), "{}", ended.output);
    }
}

/// Connections that say a little and then wait.
fn hang(server: SocketAddr, count: usize, words: &[u8]) -> Vec<TcpStream> {
    let begun = (0..count).map(|_| {
        let mut stream = TcpStream::connect(server).expect("a connection");
        stream.write_all(words).expect("written");
        stream
    });
    begun.collect()
}

#[test]
fn clients_that_hang_or_send_rubbish_hold_up_neither_the_bot_nor_others_for_long() {
    const GROUP: i64 = -42;
    let stage = Stage::new();
    let (bot, server) = run(&stage);
    let silent = hang(server, 20, b"");
    let slow = hang(server, 20, b"GET /metrics HTTP/1.1\r\nHost: x\r\nX: ");
    let deaf = hang(server, 20, b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
    stage.say(&group(GROUP, "Group"), &User::new(1, "Ada"), "/add Work");
    stage.wait_texts(GROUP, 1);
    Metrics::of(server);
    drop((silent, slow, deaf));
    let endless = [b"GET / HTTP/1.1\r\nX: ".as_slice(), &[b'x'; 1 << 20]].concat();
    let many = format!("GET / HTTP/1.1\r\n{}\r\n", "X: y\r\n".repeat(10_000));
    for rubbish in [
        &endless[..],
        many.as_bytes(),
        b"\x16\x03\x01\x00\r\n\r\n",
        b"\r\n",
    ] {
        if let Some(answer) = exchange(server, rubbish) {
            assert!((400..500).contains(&answer.status), "{answer:?}");
        }
        assert_eq!(get(server, "/healthz").status, 200);
    }
    bot.stop().ok();
}
