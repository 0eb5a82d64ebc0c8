//! What goes wrong between the bot and Telegram: no token, a revoked one, other pollers, no network.

use std::time::Duration;

use serde_json::json;

use crate::support::bot::{Bot, LIMIT, Stage, TOKEN, USERNAME};
use crate::support::bot_api::updates::{User, group};
use crate::support::bot_api::{Fault, FaultRule};
use crate::support::{BOT, Data};

const GROUP: i64 = -42;

fn polls(fault: Fault) -> FaultRule {
    FaultRule::new(fault).method("getUpdates")
}

/// It goes on: what is said now is answered.
#[track_caller]
fn assert_goes_on(stage: &Stage, bot: Bot) -> String {
    let before = stage.texts(GROUP).len();
    stage.say(&group(GROUP, "Group"), &User::new(1, "Ada"), "/add Work");
    stage.wait_texts(GROUP, before + 1);
    stage.wait_confirmed();
    bot.stop().ok().output
}

#[test]
fn without_a_token_it_says_where_to_get_one_and_what_works_without() {
    for token in [None, Some(""), Some(" ")] {
        let data = Data::new();
        let mut command = data.bounty(&["run"]);
        command.envs(token.map(|token| ("TELOXIDE_TOKEN", token)));
        let ended = Bot::spawn(command).wait();
        assert_eq!(ended.code, Some(1), "{}", ended.output);
        assert!(ended.output.contains("BotFather"), "{}", ended.output);
        assert!(ended.output.contains("bounty shell"), "{}", ended.output);
        assert!(!data.path().exists(), "nothing was made");
    }
}

#[test]
fn a_revoked_token_ends_it_and_names_botfather() {
    let stage = Stage::new();
    let bot = stage.run(&[]);
    stage.say(&group(GROUP, "Group"), &User::new(1, "Ada"), "/add Work");
    stage.wait_texts(GROUP, 1);
    stage.wait_confirmed();
    stage.api.revoke(TOKEN);
    for ended in [bot.wait(), stage.run(&[]).wait()] {
        assert_eq!(ended.code, Some(1), "{}", ended.output);
        assert!(ended.output.contains("BotFather"), "{}", ended.output);
    }
    stage.assert_sound();
}

#[test]
fn a_token_that_has_not_the_form_of_one_ends_it_and_names_botfather() {
    let stage = Stage::new();
    // So the real server answers.
    let not_found = FaultRule::new(Fault::status(404, "Not Found"));
    stage.api.fault(not_found.forever());
    let ended = stage.run(&[]).wait();
    assert_eq!(ended.code, Some(1), "{}", ended.output);
    assert!(ended.output.contains("BotFather"), "{}", ended.output);
}

#[test]
fn a_server_address_that_is_none_is_named() {
    for url in ["localhost:8081", "not a url", "ftp://127.0.0.1/"] {
        let stage = Stage::new();
        let mut command = stage.command(&[]);
        command.env("TELOXIDE_API_URL", url);
        let ended = Bot::spawn(command).wait();
        assert_eq!(ended.code, Some(1), "{url}: {}", ended.output);
        assert!(
            ended.output.contains("TELOXIDE_API_URL"),
            "{}",
            ended.output
        );
    }
}

#[test]
fn a_server_that_tells_of_the_bot_only_who_it_is_is_enough() {
    let stage = Stage::new();
    let me = json!({"id": BOT, "is_bot": true, "first_name": "Bounty", "username": USERNAME});
    let older = FaultRule::new(Fault::Result(me)).method("getMe");
    stage.api.fault(older.forever());
    let bot = stage.run(&[]);
    stage.wait_polling();
    assert_goes_on(&stage, bot);
}

#[test]
fn a_webhook_or_another_poller_is_named_and_it_goes_on_when_that_is_over() {
    let stage = Stage::new();
    stage.api.set_webhook(TOKEN, true);
    let bot = stage.run(&[]);
    bot.wait_says("another poller or a webhook");
    bot.wait_says("webhook is active");
    stage.api.set_webhook(TOKEN, false);
    stage.wait_polling();
    let other = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";
    stage.api.fault(polls(Fault::status(409, other)));
    stage.say(&group(GROUP, "Group"), &User::new(1, "Ada"), "/add Work");
    bot.wait_says("terminated by other");
    let output = assert_goes_on(&stage, bot);
    assert!(output.contains("Telegram answers again"), "{output}");
    assert_eq!(stage.texts(GROUP).len(), 2, "each once");
}

#[test]
fn a_lost_network_is_said_and_waited_out() {
    let stage = Stage::new();
    let bot = stage.run(&[]);
    stage.wait_polling();
    stage.api.fault(polls(Fault::ResetBefore).times(3));
    stage.api.fault(polls(Fault::Garbage(200)));
    stage.say(&group(GROUP, "Group"), &User::new(1, "Ada"), "/add Before");
    stage.wait_texts(GROUP, 1);
    let output = assert_goes_on(&stage, bot);
    assert_eq!(
        output.matches("cannot poll: network error").count(),
        3,
        "{output}"
    );
    assert!(
        output.contains("cannot poll: the answer is no valid JSON"),
        "{output}"
    );
    assert!(output.contains("Telegram answers again"), "{output}");
    assert_eq!(stage.data.json(GROUP, "group.json")["next_id"], 3);
}

#[test]
fn it_waits_for_telegram_at_the_start_and_for_as_long_as_telegram_asks() {
    let stage = Stage::new();
    let asks = |fault| FaultRule::new(fault).method("getMe");
    stage.api.fault(asks(Fault::ResetBefore));
    stage.api.fault(asks(Fault::too_many_requests(1)));
    stage.api.fault(polls(Fault::too_many_requests(2)));
    let bot = stage.run(&[]);
    bot.wait_says("cannot ask Telegram who the bot is");
    stage.wait_polling();
    assert_goes_on(&stage, bot);
    let calls = stage.api.calls();
    let after = |method: &str| -> Vec<Duration> {
        let calls: Vec<_> = calls.iter().filter(|call| call.is(method)).collect();
        let pairs = calls.windows(2).filter(|pair| pair[0].status == Some(429));
        pairs.map(|pair| pair[1].at - pair[0].at).collect()
    };
    let (asked, polled) = (after("getMe"), after("getUpdates"));
    assert!(asked[0] >= Duration::from_secs(1), "{asked:?}");
    assert!(polled[0] >= Duration::from_secs(2), "{polled:?}");
}

#[test]
fn a_menu_that_cannot_be_set_holds_up_nothing() {
    let stage = Stage::new();
    let menu = FaultRule::new(Fault::status(400, "Bad Request: BOT_COMMAND_INVALID"));
    stage.api.fault(menu.method("setMyCommands").forever());
    let bot = stage.run(&[]);
    bot.wait_says("the command menu could not be set");
    stage
        .api
        .wait_until(LIMIT, "a poll", |api| api.polls_in_flight(TOKEN) == 1);
    assert_goes_on(&stage, bot);
}

#[test]
fn why_telegram_cannot_be_reached_is_said_by_its_innermost_cause() {
    let stage = Stage::new();
    let plain = stage.api.url().as_str().replace("http://", "https://");
    for (url, cause) in [
        ("http://127.0.0.1:1", "Connection refused"),
        ("http://no-such-host.invalid", "failed to lookup address"),
        (plain.as_str(), "InvalidContentType"),
    ] {
        let mut command = stage.command(&[]);
        command.env("TELOXIDE_API_URL", url);
        let bot = Bot::spawn(command);
        bot.wait_says("trying again");
        let output = bot.stop().ok().output;
        let line = output.lines().find(|line| line.contains("trying again"));
        let line = line.expect("it was said");
        assert!(line.contains(cause), "{line}");
        assert!(!line.contains("client error"), "{line}");
    }
}
