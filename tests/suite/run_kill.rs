//! `bounty run` killed again and again under load: every update is applied exactly once, in order.

use std::collections::BTreeMap;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::support::bot::{Bot, Stage, TOKEN};
use crate::support::bot_api::updates::{User, dm, group, supergroup};
use crate::support::{BOT, DATE};

const ROUNDS: usize = 25;
const PER_ROUND: usize = 80;
const CHATS: i64 = 20;
/// A slow machine may need long for what the kills left.
const PATIENCE: Duration = Duration::from_secs(300);
/// How long an update may be confirmed after without its answer being out.
const ANSWERS_WAIT: Duration = Duration::from_secs(2);

/// Numerical Recipes' generator: the same "random" moments in every run.
struct Lcg(u64);

impl Lcg {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// Groups, supergroups and DMs.
fn chat(index: i64, user: &User) -> Value {
    match index % 3 {
        0 => group(-1_000 - index, "Group"),
        1 => supergroup(-1_001_000_000_000 - index, "Supergroup"),
        _ => dm(user),
    }
}

/// What was sent: per chat the update ids, whose place is the number in the text.
type Sent = BTreeMap<i64, Vec<i64>>;

/// The next update goes to a random chat; its text carries its number there.
fn push_next(stage: &Stage, random: &mut Lcg, sent: &mut Sent) {
    let index = random.below(CHATS as u64) as i64;
    let user = User::new(100 + index, "Ada");
    let chat = chat(index, &user);
    let updates = sent
        .entry(chat["id"].as_i64().expect("a chat's id"))
        .or_default();
    let number = updates.len() + 1;
    updates.push(stage.say(&chat, &user, &format!("/add Work, number {number}.")));
}

#[test]
fn killed_at_random_moments_every_update_is_applied_exactly_once_and_in_order() {
    let stage = Stage::new();
    let (mut load, mut moments) = (Lcg(1), Lcg(2));
    let mut sent = Sent::new();
    for round in 0..ROUNDS {
        let bot = start(&stage);
        // Every third round it is killed while it starts, else while it works.
        if round % 3 != 0 {
            bot.wait_says("the bot runs");
        }
        thread::scope(|scope| {
            scope.spawn(|| {
                for _ in 0..PER_ROUND {
                    push_next(&stage, &mut load, &mut sent);
                    thread::sleep(Duration::from_micros(700));
                }
            });
            thread::sleep(Duration::from_millis(5 + moments.below(116)));
            bot.kill();
        });
    }
    let kills = stage.api.calls().len();
    let bot = start(&stage);
    stage
        .api
        .wait_until(PATIENCE, "every update confirmed", |api| {
            api.unconfirmed(TOKEN) == 0
        });
    bot.stop().ok();

    assert_eq!(
        sent.values().map(Vec::len).sum::<usize>(),
        ROUNDS * PER_ROUND
    );
    for (chat, updates) in &sent {
        assert_applied(&stage, *chat, updates);
    }
    assert_answered(&stage, &sent, kills);
    stage.assert_sound();
}

fn start(stage: &Stage) -> Bot {
    stage.run(&["--flood-limit", "0"])
}

/// The log has one event for each update, in the order sent, and numbers them without a gap.
fn assert_applied(stage: &Stage, chat: i64, updates: &[i64]) {
    let events = stage.data.events(chat);
    assert_eq!(events[0]["type"], "BoardOpened");
    let added = &events[1..];
    let causes: Vec<i64> = added
        .iter()
        .map(|event| event["cause"]["update"].as_i64().expect("an update"))
        .collect();
    assert_eq!(causes, updates, "chat {chat}");
    for (number, event) in (1..).zip(added) {
        assert_eq!(event["type"], "BountyAdded");
        assert_eq!(event["cause"]["bot"], BOT);
        assert_eq!(event["cause"]["date"], DATE);
        assert_eq!(event["data"]["id"], number, "chat {chat}");
        assert_eq!(event["data"]["text"], format!("Work, number {number}."));
    }
}

/// Every update was answered, unless a confirmation did not wait for its answers: on a machine that slow one may be lost.
fn assert_answered(stage: &Stage, sent: &Sent, kills: usize) {
    let mut calls = stage.api.calls();
    calls.truncate(kills);
    calls.retain(|call| call.is("getUpdates"));
    let is_slow = |pair: &[crate::support::bot_api::Call]| pair[1].at - pair[0].at >= ANSWERS_WAIT;
    if calls.windows(2).any(is_slow) {
        return;
    }
    for (chat, updates) in sent {
        let texts = stage.texts(*chat);
        for number in 1..=updates.len() {
            let (id, text) = (format!("Added #{number}\n"), format!("number {number}."));
            let is_answer = |answer: &&String| answer.contains(&id) && answer.contains(&text);
            assert!(
                texts.iter().any(|answer| is_answer(&answer)),
                "{number} in {chat} was not answered: {texts:#?}"
            );
        }
    }
}
