//! Several bots at the most talkative log, with every kind of failure: no token is in anything that the process wrote.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::{GROUP, REVOKED, SETUP, TOKENS};
use crate::bridge::bridge;
use crate::metrics::address;
use crate::support::bot::{Bot, LIMIT, Stage};
use crate::support::bot_api::updates::{User, group};
use crate::support::bot_api::{Fault, FaultRule};
use crate::support::http::{get, wait_get};

/// Bot 1 is found by a variable, 2 and 3 by a file each, 4 by a variable; Telegram does not know the token of 4. All listen.
fn stage() -> Stage {
    let stage = Stage::new();
    stage.api.add_bot(TOKENS[1], 7002, "two_bot");
    stage.api.add_bot(TOKENS[2], 7003, "three_bot");
    for line in SETUP {
        bridge(&stage.data, line).ok();
    }
    for (bot, token) in [(2, TOKENS[1]), (3, TOKENS[2])] {
        let path = token_file(&stage, bot);
        fs::write(&path, format!("{token}\n")).expect("written");
        bridge(&stage.data, &format!("bot edit {bot} --token-file {path}")).ok();
    }
    for bot in 1..=4 {
        bridge(
            &stage.data,
            &format!("listener add --tracker 1 --bot {bot}"),
        )
        .ok();
    }
    stage
}

/// Beside the data directory, which must not have it.
fn token_file(stage: &Stage, bot: u8) -> String {
    let path = stage.data.path().with_file_name(format!("{bot}.token"));
    path.to_str().expect("UTF-8").to_owned()
}

/// The bots with everything logged.
fn command(stage: &Stage, format: &str) -> Command {
    let mut command = stage.command(&[
        "--metrics",
        ":0",
        "--log-format",
        format,
        "--menu-delay",
        "0",
    ]);
    command
        .env_remove("TELOXIDE_TOKEN")
        .env("TOKEN_1", TOKENS[0])
        .env("TOKEN_4", REVOKED)
        .env("RUST_BACKTRACE", "full");
    for filter in ["BOUNTY_LOG", "RUST_LOG"] {
        command.env(filter, "trace");
    }
    command
}

/// Each kind of failure, of each call, of each bot.
fn inject_failures(stage: &Stage) {
    for token in TOKENS {
        for method in ["getMe", "getUpdates", "setMyCommands", "sendMessage"] {
            for fault in [
                Fault::ResetBefore,
                Fault::Garbage(200),
                Fault::status(409, "Conflict: terminated by other getUpdates request"),
                // A server that tells the way to it.
                Fault::status(400, &format!("Bad Request: POST /bot{token}/{method}")),
            ] {
                stage
                    .api
                    .fault(FaultRule::new(fault).method(method).token(token));
            }
        }
    }
}

/// The text in which a token could be found, by what it is.
type Written = Vec<(String, String)>;

fn add_files(dir: &Path, written: &mut Written) {
    for entry in fs::read_dir(dir).expect("a directory").flatten() {
        let path = entry.path();
        if path.is_dir() {
            add_files(&path, written);
            continue;
        }
        let bytes = fs::read(&path).expect("a file");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        written.push((path.display().to_string(), text));
    }
}

/// The pages, everything printed, and every file.
fn everything(stage: &Stage, pages: Written, output: String) -> Written {
    let mut written = pages;
    written.push(("stdout and stderr".to_owned(), output));
    add_files(&stage.data.path(), &mut written);
    written
}

fn pages(bot: &Bot) -> Written {
    let server = address(bot);
    ["/metrics", "/readyz", "/healthz"]
        .map(|page| (page.to_owned(), get(server, page).body))
        .into()
}

/// Neither a token, nor its secret half, nor that half's beginning, in any case or escaped.
#[track_caller]
fn assert_hidden(written: &Written) {
    for token in TOKENS.into_iter().chain([REVOKED]) {
        let (_, secret) = token.split_once(':').expect("a token");
        let escaped = token.replace(':', "%3A");
        for form in [token, secret, &secret[..18], &escaped] {
            let form = form.to_lowercase();
            for (place, text) in written {
                let leak = text
                    .lines()
                    .find(|line| line.to_lowercase().contains(&form));
                assert_eq!(leak, None, "{form} in {place}");
            }
        }
    }
}

fn run_through_all(format: &str) -> String {
    let stage = stage();
    inject_failures(&stage);
    let bot = Bot::spawn(command(&stage, format));
    let (group, ada) = (group(GROUP, "Group"), User::new(1, "Ada"));
    for token in TOKENS {
        for number in 1..=6 {
            let message = stage.message(&group, &ada, &format!("/add Number {number}"));
            stage.api.push(token, message);
        }
    }
    for token in TOKENS {
        let done = "every update confirmed";
        (stage.api).wait_until(LIMIT, done, |api| api.unconfirmed(token) == 0);
    }
    bot.wait_says("a bot cannot be polled");
    // One is refused while it runs, one has a token that is none.
    stage.api.revoke(TOKENS[1]);
    fs::write(token_file(&stage, 3), format!("bot{}", TOKENS[2])).expect("written");
    bridge(&stage.data, "bot edit 3 --name Again --token-env TOKEN_3").ok();
    wait_get(address(&bot), "/readyz", |page| {
        page.body.contains("bot 7002") && page.body.contains("TOKEN_3")
    });
    let pages = pages(&bot);
    let output = bot.stop().ok().output;
    assert_hidden(&everything(&stage, pages, output.clone()));
    output
}

#[track_caller]
fn assert_failures(output: &str) {
    for expected in [
        "cannot ask Telegram who the bot is",
        "cannot poll: network error",
        "has another poller",
        "the command menu could not be set",
        "an answer was given up",
        "a bot cannot be polled",
        "[a token]",
    ] {
        assert!(output.contains(expected), "{expected}");
    }
}

#[test]
fn no_token_is_in_anything_that_the_process_wrote_whatever_fails() {
    assert_failures(&run_through_all("text"));
}

#[test]
fn no_token_is_in_a_log_of_json_objects_either() {
    assert_failures(&run_through_all("json"));
}

#[test]
fn a_network_error_that_names_its_address_does_not_name_the_token() {
    let stage = stage();
    let urls = [
        // Nobody listens; no such name; no TLS there.
        "http://127.0.0.1:1".to_owned(),
        "http://bounty.invalid".to_owned(),
        stage.api.url().replace("http:", "https:"),
    ];
    for url in urls {
        let mut command = command(&stage, "json");
        let bot = Bot::spawn({
            command.env("TELOXIDE_API_URL", &url);
            command
        });
        let server = address(&bot);
        wait_get(server, "/readyz", |page| {
            ["7001", "7002", "7003", "7004"]
                .iter()
                .all(|id| page.body.contains(&format!("bot {id}")))
        });
        bot.wait_says("trying again");
        let pages = pages(&bot);
        let output = bot.stop().ok().output;
        assert!(output.contains("network error"), "{url}");
        assert_hidden(&everything(&stage, pages, output));
    }
}

#[test]
fn what_ends_the_process_does_not_show_the_token() {
    let stage = stage();
    for bot in 1..=3 {
        bridge(&stage.data, &format!("listener remove {bot}")).ok();
    }
    // The only bot, whose token is refused.
    let ended = Bot::spawn(command(&stage, "json")).wait();
    assert_eq!(ended.code, Some(1), "{}", ended.output);
    assert!(ended.output.contains("BotFather"));
    assert_hidden(&everything(&stage, Written::new(), ended.output));
    // A token where an address belongs.
    let mut wrong = command(&stage, "json");
    wrong.env("TELOXIDE_API_URL", format!("localhost/bot{}", TOKENS[0]));
    let ended = Bot::spawn(wrong).wait();
    assert_eq!(ended.code, Some(1), "{}", ended.output);
    assert_hidden(&everything(&stage, Written::new(), ended.output));
}
