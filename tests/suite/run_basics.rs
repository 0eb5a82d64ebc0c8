//! `bounty run` end to end: updates over HTTP, answers in their chats, files at the end.

use serde_json::{Value, json};

use crate::support::DATE;
use crate::support::bot::{LIMIT, Stage, TOKEN, USERNAME};
use crate::support::bot_api::updates::{
    User, anonymous_admin, bot_added, callback, caption, channel_post_as, dm, edited, group,
    in_topic, reply_to, supergroup, text_link,
};

const FORUM: i64 = -1_001_000_000_001;
const PLAIN: i64 = -42;
const CHANNEL: i64 = -1_001_000_000_900;

fn ada() -> User {
    User::new(456, "Ada").last("L.").language("en")
}

fn bob() -> User {
    User::new(4_503_599_627_370_495, "Bob").username("bob")
}

/// Each answer must contain its words, and there is no other answer.
#[track_caller]
fn assert_answers(stage: &Stage, chat: i64, words: &[&str]) {
    let texts = stage.wait_texts(chat, words.len());
    for (text, words) in texts.iter().zip(words) {
        assert!(
            text.contains(words),
            "{words:?} is not in {text:?} of {texts:#?}"
        );
    }
    assert_eq!(texts.len(), words.len(), "{texts:#?}");
}

/// Everything that can happen in a group with topics; returns what the bot is to answer.
fn play_forum(stage: &Stage) -> Vec<&'static str> {
    let (forum, ada, bob) = (supergroup(FORUM, "Forum"), ada(), bob());
    let mut expected = Vec::new();
    let mut push = |update: Value, answer: Option<&'static str>| {
        stage.push(update);
        expected.extend(answer);
    };
    let by_ada = |text: &str| stage.message(&forum, &ada, text);
    let by_bob = |text: &str| stage.message(&forum, &bob, text);

    push(by_ada("/start"), Some("Welcome! I keep the bounty board"));
    push(by_bob("/help"), Some("This group's bounty board"));
    let first = by_ada("/add Fix login bug https://github.com/example/repo/issues/1 2031-01-31");
    push(first.clone(), Some("Added #1"));
    push(in_topic(by_bob("/add In a topic"), 7), Some("Added #2"));
    let crash = by_ada("Broken build https://e.com/9");
    push(crash.clone(), None);
    push(reply_to(by_bob("/add"), &crash), Some("Added #3"));
    push(caption(by_ada("/add On a photo")), Some("Added #4"));
    let linked = text_link(by_ada("/add Read the docs"), "docs", "https://docs.e.com/x");
    push(linked, Some("Added #5"));
    push(
        anonymous_admin(by_ada("/add Of the group")),
        Some("Added #6"),
    );
    let post = channel_post_as(by_ada("/add Of a channel"), CHANNEL, "News");
    push(post, Some("Added #7"));
    push(by_ada("/bounty@OtherBot"), None);
    push(by_ada("/frobnicate"), None);
    push(by_ada("hello"), None);
    push(by_ada("/edit 1 Fix logout bug"), Some("Edited #1"));
    push(by_bob("/edit 1 Mine now"), Some("Only Ada L."));
    push(by_bob("/track 1"), Some("You now track #1"));
    push(by_bob("/track 2"), Some("You now track #2"));
    push(by_bob("/track 4"), Some("You now track #4"));
    push(by_bob("/untrack 4"), Some("You no longer track #4"));
    push(by_bob("/my"), Some("Bounties you track: 2"));
    push(by_bob("/delete 2"), Some("Deleted #2"));
    push(by_ada("/history 1"), Some("History of #1"));
    let changed = edited(first, DATE + 9, "/add Fix login bug today");
    push(changed, Some("/edit 1 Fix login bug today"));
    push(
        anonymous_admin(by_ada("/track 1")),
        Some("only a person can track"),
    );
    push(by_ada("/BOUNTY@Bounty_Bot"), Some("Bounties: 6"));
    expected
}

fn play_plain_group(stage: &Stage) -> Vec<&'static str> {
    let (plain, ada, bob) = (group(PLAIN, "Plain"), ada(), bob());
    let bot = crate::support::BOT;
    stage.push(bot_added(&plain, &ada, bot, USERNAME, DATE));
    stage.say(&plain, &bob, "/add Plain work");
    stage.push(callback("click-1", &plain, &ada, bot, 1_000_001, "old:1"));
    stage.say(&plain, &ada, "/my");
    stage.say(&plain, &ada, "/delete 1");
    stage.say(&plain, &ada, "/edit 1");
    vec![
        "Hello! I keep this group's bounty board",
        "Added #1",
        "You track no bounties here",
        "Only Bob",
        "Say which bounty, and what to change",
    ]
}

fn play_dms(stage: &Stage) -> (Vec<&'static str>, Vec<&'static str>) {
    let (ada, bob) = (ada(), bob());
    for text in [
        "/start",
        "/help",
        "/add Mine https://e.com/mine tomorrow 18:00",
        "/frobnicate",
        "/track 1",
        "/my",
        "/add Second",
        "/edit 2 Second thought",
        "/delete 2",
        "/history 2",
        "/bounty",
    ] {
        stage.say(&dm(&ada), &ada, text);
    }
    stage.say(&dm(&bob), &bob, "/add Bob's own");
    stage.say(&dm(&bob), &bob, "/bounty");
    let to_ada = vec![
        "Welcome! I keep your own bounty board",
        "Your bounty board",
        "Added #1",
        "I do not know this command",
        "All bounties here are your own",
        "Your bounties: 1",
        "Added #2",
        "Edited #2",
        "Deleted #2",
        "History of #2",
        "Your bounties: 1",
    ];
    (to_ada, vec!["Added #1", "Your bounties: 1"])
}

#[test]
fn every_command_in_groups_and_dms_is_answered_in_its_chat_and_kept_in_its_files() {
    let stage = Stage::new();
    let bot = stage.run(&["--flood-limit", "0"]);
    stage.wait_polling();
    let in_forum = play_forum(&stage);
    let in_plain = play_plain_group(&stage);
    let (to_ada, to_bob) = play_dms(&stage);
    stage.wait_confirmed();
    (stage.api).wait_until(LIMIT, "both menus", |api| {
        let sets = api.commands(TOKEN);
        sets.iter()
            .any(|set| set.scope["type"] == "all_group_chats")
    });
    bot.stop().ok();

    assert_answers(&stage, FORUM, &in_forum);
    assert_answers(&stage, PLAIN, &in_plain);
    assert_answers(&stage, ada().id, &to_ada);
    assert_answers(&stage, bob().id, &to_bob);
    let written = in_forum.len() + in_plain.len() + to_ada.len() + to_bob.len();
    assert_eq!(stage.api.all_messages().len(), written);
    assert_places(&stage);
    assert_calls(&stage);
    assert_forum_files(&stage);
    assert_other_files(&stage);
    stage.assert_sound();
}

/// Answers stand in the topic they were asked in, and in groups under their question.
fn assert_places(stage: &Stage) {
    for message in stage.api.messages(FORUM) {
        let in_topic = message["plain_text"]
            .as_str()
            .is_some_and(|text| text.contains("In a topic") && text.contains("Added"));
        assert_eq!(message["message_thread_id"] == 7, in_topic, "{message}");
        assert!(
            message["reply_parameters"]["message_id"].is_i64(),
            "{message}"
        );
    }
    for message in stage.api.messages(ada().id) {
        assert!(message.get("reply_parameters").is_none(), "{message}");
    }
}

fn assert_calls(stage: &Stage) {
    let calls = stage.api.calls();
    let polls: Vec<_> = calls.iter().filter(|call| call.is("getUpdates")).collect();
    let allowed = json!([
        "message",
        "edited_message",
        "callback_query",
        "my_chat_member"
    ]);
    for poll in &polls {
        assert_eq!(poll.params["allowed_updates"], allowed, "{poll}");
    }
    assert!(polls.len() > 1);
    let clicks: Vec<_> = calls
        .iter()
        .filter(|call| call.is("answerCallbackQuery"))
        .map(|call| (&call.params["callback_query_id"], call.status))
        .collect();
    assert_eq!(clicks, [(&json!("click-1"), Some(200))]);
    let menu = |scope: &str| -> Vec<String> {
        let sets = stage.api.commands(TOKEN);
        let set = sets.iter().find(|set| set.scope["type"] == scope);
        let set = set.unwrap_or_else(|| panic!("no menu for {scope}"));
        let name = |command: &Value| command["command"].as_str().unwrap_or_default().to_owned();
        set.commands.iter().map(name).collect()
    };
    assert!(menu("all_group_chats").contains(&"track".to_owned()));
    assert!(!menu("all_private_chats").contains(&"track".to_owned()));
    assert!(menu("all_private_chats").contains(&"add".to_owned()));
}

fn assert_forum_files(stage: &Stage) {
    let board = stage.data.json(FORUM, "group.json");
    let bounties = board["bounties"].as_array().expect("bounties");
    let row = |bounty: &Value| {
        json!([
            bounty["id"],
            bounty["created_by_user_id"],
            bounty["text"],
            bounty["link"]
        ])
    };
    let rows: Vec<Value> = bounties.iter().map(row).collect();
    let issue = "https://github.com/example/repo/issues/1";
    assert_eq!(
        rows,
        [
            json!([1, 456, "Fix logout bug", issue]),
            json!([3, bob().id, "Broken build", "https://e.com/9"]),
            json!([4, 456, "On a photo", null]),
            json!([5, 456, "Read the docs", "https://docs.e.com/x"]),
            json!([6, FORUM, "Of the group", null]),
            json!([7, CHANNEL, "Of a channel", null]),
        ]
    );
    assert_eq!(bounties[0]["due_date_ts"], 1_927_670_340);
    assert_eq!(bounties[0]["created_at"], DATE);
    assert_eq!(
        (&board["group_id"], &board["next_id"]),
        (&json!(FORUM), &json!(8))
    );
    let tracked = |user: i64| stage.data.json(FORUM, &format!("{user}.json"))["tracked"].clone();
    assert_eq!(tracked(bob().id), json!([1]));
    assert_eq!(tracked(456), json!([]), "/start makes an empty list");
    let chat = stage.data.chat(FORUM);
    for service in [1_087_968_824_i64, 136_817_688] {
        assert!(!chat.join(format!("{service}.json")).exists());
    }
}

fn assert_other_files(stage: &Stage) {
    let plain = stage.data.json(PLAIN, "group.json");
    assert_eq!(plain["bounties"].as_array().map(Vec::len), Some(1));
    assert_eq!(plain["bounties"][0]["text"], "Plain work");
    let mine = stage.data.json(456, "user.json");
    assert_eq!(mine["user_id"], 456);
    assert_eq!(mine["next_id"], 3);
    let tomorrow = DATE + 42 * 3_600;
    let expected = json!([{"id": 1, "text": "Mine", "link": "https://e.com/mine",
        "due_date_ts": tomorrow, "created_at": DATE}]);
    assert_eq!(mine["bounties"], expected);
    let bobs = stage.data.json(bob().id, "user.json");
    assert_eq!(bobs["bounties"][0]["text"], "Bob's own");
}
