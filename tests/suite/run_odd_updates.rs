//! Updates that no bot expects: none of them stops `bounty run`.

use std::time::Duration;

use crate::support::DATE;
use crate::support::bot::{LIMIT, Stage, TOKEN};
use crate::support::bot_api::Call;
use crate::support::bot_api::updates::{User, group};

const PLAIN: i64 = -42;

#[test]
fn an_update_without_a_number_does_not_make_it_ask_without_a_pause_and_goes_with_the_next() {
    let stage = Stage::new();
    let bot = stage.run(&[]);
    stage.wait_polling();
    let before = stage.api.calls().len();
    let nameless = r#"{"update_id":"?","message_reaction":{}}"#;
    stage.api.push_raw(TOKEN, 500, nameless.to_owned());
    let polls = || -> Vec<Call> {
        let calls = stage.api.calls().split_off(before);
        calls
            .into_iter()
            .filter(|call| call.is("getUpdates"))
            .collect()
    };
    (stage.api).wait_until(LIMIT, "two more polls", |_| polls().len() >= 2);
    // The first of them answered the same as the one before it.
    let pairs = polls();
    assert!(
        pairs[1].at - pairs[0].at >= Duration::from_millis(500),
        "{pairs:#?}"
    );
    stage.say(&group(PLAIN, "Plain"), &User::new(1, "Ada"), "/add Work");
    stage.wait_texts(PLAIN, 1);
    stage.wait_confirmed();
    bot.stop().ok();
}

#[test]
fn updates_that_cannot_be_read_are_named_and_passed_over_and_odd_ones_are_carried_out() {
    let stage = Stage::new();
    let (ada, chat) = (User::new(456, "Ada"), group(PLAIN, "Plain"));
    let raw = |id: i64, fields: &str| {
        let from = ada.to_json();
        format!(
            r#"{{"update_id":{id},"message":{{"message_id":{id},"date":{DATE},"chat":{chat},"from":{from},{fields}}}}}"#
        )
    };
    let garbage = r#"{"update_id":500,"message":{"message_id":[],"date":"never"}}"#;
    stage.api.push_raw(TOKEN, 500, garbage.to_owned());
    let half = raw(501, r#""text":"/add Half a smile \ud83d here""#);
    stage.api.push_raw(TOKEN, 501, half);
    let odd = r#""text":"/add On 5 May","entities":[{"type":"date_time","offset":5,"length":8,"unix_time":"?"}]"#;
    stage.api.push_raw(TOKEN, 502, raw(502, odd));
    let unknown = r#"{"update_id":503,"message_reaction_of_the_future":{"x":1}}"#;
    stage.api.push_raw(TOKEN, 503, unknown.to_owned());
    stage
        .api
        .push_raw(TOKEN, 504, raw(504, r#""text":"/bounty""#));

    let bot = stage.run(&[]);
    let texts = stage.wait_texts(PLAIN, 3);
    for (text, words) in texts.iter().zip(["Added #1", "Added #2", "Bounties: 2"]) {
        assert!(text.contains(words), "{texts:#?}");
    }
    stage.wait_confirmed();
    let ended = bot.stop().ok();
    let complaint = ended
        .output
        .lines()
        .find(|line| line.contains("update=500"));
    let complaint = complaint.unwrap_or_else(|| panic!("500 is not named: {}", ended.output));
    assert!(complaint.contains("ERROR"), "{complaint}");
    assert!(!ended.output.contains("update=503"), "{}", ended.output);
    let board = stage.data.json(PLAIN, "group.json");
    assert_eq!(board["bounties"][0]["text"], "Half a smile \u{fffd} here");
    assert_eq!(board["bounties"][1]["text"], "On 5 May");
    stage.assert_sound();
}
