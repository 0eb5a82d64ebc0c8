//! `bounty run --metrics`, over real HTTP.

mod bots;
mod disk;
mod page;
mod server;
mod streams;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::support::bot::{Bot, LIMIT, Stage};

/// Runs the bot with metrics on a free port.
pub fn run(stage: &Stage) -> (Bot, SocketAddr) {
    let bot = stage.run(&["--metrics", ":0"]);
    let server = address(&bot);
    (bot, server)
}

/// Where it says that it serves metrics.
#[track_caller]
pub fn address(bot: &Bot) -> SocketAddr {
    let deadline = Instant::now() + LIMIT;
    loop {
        let output = bot.output();
        let line = output
            .lines()
            .find(|line| line.contains("metrics are served"));
        if let Some(line) = line {
            let (_, rest) = line.split_once("address").expect("an address");
            let is_part = |c: char| c.is_ascii_digit() || c == '.' || c == ':';
            let rest = rest.trim_start_matches(['"', ':', '=']);
            let address = rest.split(|c| !is_part(c)).next();
            return address
                .and_then(|text| text.parse().ok())
                .expect("an address");
        }
        assert!(Instant::now() < deadline, "never served: {output}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
