//! `bounty run` with several bots, which the bridge names.

mod forwarded;
mod listeners;
mod menu;
mod rules;
mod secrets;
mod setup;
mod tokens;
mod voices;

use crate::support::Run;
use crate::support::bot::{Bot, LIMIT, Stage, TOKEN};
use crate::support::bot_api::updates::{User, group};

const GROUP: i64 = -42;
/// The tokens of bots 1, 2 and 3 of the bridge; where each is to be found is in [`SETUP`].
const TOKENS: [&str; 3] = [
    TOKEN,
    "7002:AAE-b_Secret-token_That-nobody_May-see2",
    "7003:AAE-c_Secret-token_That-nobody_May-see3",
];
/// The token of bot 4, which Telegram refuses.
const REVOKED: &str = "7004:AAE-d_Secret-token_That-nobody_May-see4";
const SETUP: [&str; 7] = [
    "provider add --name Boards",
    "config add --name All",
    "tracker add --name Main --provider 1 --config 1",
    "bot add --name One --token-env TOKEN_1",
    "bot add --name Two --token-env TOKEN_2",
    "bot add --name Three --token-env TOKEN_3",
    "bot add --name Four --token-env TOKEN_4",
];

/// A stage with three bots that listen for nothing.
struct Troupe {
    stage: Stage,
}

impl Troupe {
    fn new() -> Self {
        let stage = Stage::new();
        stage.api.add_bot(TOKENS[1], 7002, "two_bot");
        stage.api.add_bot(TOKENS[2], 7003, "three_bot");
        stage.api.add_bot(REVOKED, 7004, "four_bot");
        stage.api.revoke(REVOKED);
        let troupe = Self { stage };
        for line in SETUP {
            troupe.bridge(line);
        }
        troupe
    }

    /// `bounty bridge …` in a process of its own.
    #[track_caller]
    fn bridge(&self, line: &str) -> Run {
        crate::bridge::bridge(&self.stage.data, line).ok()
    }

    /// Starts the bots, without TELOXIDE_TOKEN.
    fn run(&self, args: &[&str]) -> Bot {
        let mut command = self.stage.command(args);
        command.env_remove("TELOXIDE_TOKEN");
        for (number, token) in (1..).zip(TOKENS.into_iter().chain([REVOKED])) {
            command.env(format!("TOKEN_{number}"), token);
        }
        Bot::spawn(command)
    }

    /// Someone writes this in the group to this bot.
    fn say(&self, token: &str, text: &str) -> i64 {
        let message = (self.stage).message(&group(GROUP, "Group"), &User::new(1, "Ada"), text);
        self.stage.api.push(token, message)
    }

    /// Waits until these bots, and no others, are polled.
    #[track_caller]
    fn wait_polled(&self, expected: [bool; 3]) {
        let what = format!("polled: {expected:?}");
        self.stage.api.wait_until(LIMIT, &what, |api| {
            TOKENS.map(|token| api.polls_in_flight(token) > 0) == expected
        });
    }

    /// Waits until nothing is left to be delivered to this bot.
    #[track_caller]
    fn wait_confirmed(&self, token: &str) {
        let what = "every update confirmed";
        (self.stage.api).wait_until(LIMIT, what, |api| api.unconfirmed(token) == 0);
    }

    /// How often this bot was polled.
    fn polls(&self, token: &str) -> usize {
        let calls = self.stage.api.calls();
        let is_poll = |call: &&_| is_poll(call, token);
        calls.iter().filter(is_poll).count()
    }
}

fn is_poll(call: &crate::support::bot_api::Call, token: &str) -> bool {
    call.token == token && call.is("getUpdates")
}
