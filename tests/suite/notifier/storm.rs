//! Many events on many boards, while targets fail in every way and the process is killed: each event is told once or marked unknown,
//! in the order of its board, and none is missing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use bounty_ledger::domain::notifier::Status;
use bounty_ledger::domain::{ChatId, Seq};
use bounty_ledger::notify::{Boards, Delivery, DeliveryFilter, OpenNotifier, deliveries};
use serde_json::Value;

use super::lab::TRACKER;
use crate::bridge::bridge;
use crate::library::{disk, layout};
use crate::support::bot::{Bot, Stage};
use crate::support::bot_api::{Fault, FaultRule};
use crate::support::receiver::{Received, Receiver, Reply};
use crate::support::sim_disk::Rng;
use crate::support::{Data, from_environment, in_group};

/// How long everything may take on a slow machine.
const LIMIT: Duration = Duration::from_secs(600);
const CHATS: [i64; 2] = [-901, -902];
const BOARDS: usize = 100;

fn board(number: usize) -> i64 {
    -1_000 - number as i64
}

/// Two chats and a web hook that are told of all groups.
fn stage(receiver: &Receiver) -> Stage {
    let mut stage = Stage::new();
    stage.data = Data::in_memory();
    for line in [
        "provider add --name Boards",
        "bot add --name Bot --token-env TELOXIDE_TOKEN",
        "target add --name First --bot 1 --chat -901",
        "target add --name Second --bot 1 --chat -902",
        &format!(
            "target add --name Hook --type webhook --url {} --key-env HOOK_KEY",
            receiver.url("127.0.0.1", "/in")
        ),
        "notifier add --name News --provider 1 --collections * --scan-interval 1",
        "link add --notifier 1 --target 1",
        "link add --notifier 1 --target 2",
        "link add --notifier 1 --target 3",
    ] {
        bridge(&stage.data, line).ok();
    }
    stage
}

fn start(stage: &Stage) -> Bot {
    let mut command = stage.command(&["--webhook-allow", "127.0.0.1"]);
    command.env("HOOK_KEY", "secret");
    Bot::spawn(command)
}

/// The answers to the web hook's first requests: one in ten is not what it should be. Those after them are taken.
fn answers() -> Vec<Reply> {
    let mut rng = Rng::new(1);
    let answer = |_| match rng.below(40) {
        0 => Reply::Status(503),
        1 => Reply::With(429, "retry-after", "1".to_owned()),
        2 | 3 => Reply::HangUp,
        _ => Reply::Status(204),
    };
    (0..120).map(answer).collect()
}

/// The requests that the receiver took: also those whose answer was lost.
fn taken(receiver: &Receiver) -> Vec<Received> {
    let answers = answers();
    let is_taken = |number: usize| {
        let refused = answers
            .get(number)
            .is_some_and(|answer| matches!(answer, Reply::Status(503) | Reply::With(429, ..)));
        !refused
    };
    let all = receiver.received().into_iter().enumerate();
    all.filter(|(number, _)| is_taken(*number))
        .map(|(_, request)| request)
        .collect()
}

fn fault(rng: &mut Rng) -> Fault {
    match rng.below(5) {
        0 => Fault::too_many_requests(1),
        1 => Fault::status(502, "Bad Gateway"),
        2 => Fault::ResetBefore,
        3 => Fault::LostResponse,
        _ => Fault::Delay(Duration::from_millis(300)),
    }
}

#[test]
fn each_event_is_told_once_or_is_unknown_whatever_fails_and_whoever_is_killed() {
    let events = from_environment("BOUNTY_NOTIFIED_EVENTS", 2_000);
    let kills = from_environment("BOUNTY_NOTIFIER_KILLS", 4);
    let receiver = Receiver::start();
    answers()
        .into_iter()
        .for_each(|answer| receiver.reply(answer));
    let stage = stage(&receiver);
    let mut bot = start(&stage);
    wait(&bot, || {
        stage.data.path().join("notifier-1/notifier.json").exists()
    });
    let is_fed = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            feed(&stage, events);
            is_fed.store(true, Ordering::SeqCst);
        });
        let mut rng = Rng::new(7);
        for round in 0..kills {
            for chat in CHATS {
                let rule = FaultRule::new(fault(&mut rng))
                    .method("sendMessage")
                    .chat_id(chat);
                stage.api.fault(rule.times(1 + round % 2));
            }
            thread::sleep(Duration::from_millis(200 + rng.below(1_500)));
            // The one that goes away was killed in the middle of whatever it did.
            drop(std::mem::replace(&mut bot, start(&stage)));
        }
    });
    assert!(is_fed.load(Ordering::SeqCst));
    stage.api.clear_faults();
    wait_told(&stage, &bot);
    bot.stop().ok();
    check(&stage, &receiver, events);
    stage.assert_sound();
}

/// What happens to each bounty in turn: the command, and what a chat is told.
const LIFE: [(&str, &str); 5] = [
    ("/add", "added"),
    ("/edit", "edited"),
    ("/track", "now tracks"),
    ("/untrack", "no longer tracks"),
    ("/delete", "deleted"),
];

/// Has everything happen to bounties on all boards in turn, a part at a time.
fn feed(stage: &Stage, events: usize) {
    let update = |number: usize| {
        let (chat, place) = (board(number % BOARDS), number / BOARDS);
        let id = place / LIFE.len() + 1;
        let text = match LIFE[place % LIFE.len()].0 {
            "/add" => format!("/add Bounty {number}"),
            "/edit" => format!("/edit {id} Bounty {number} now"),
            other => format!("{other} {id}"),
        };
        in_group(number as i64 + 1, chat, 1, &text)
    };
    let all: Vec<Value> = (0..events).map(update).collect();
    for part in all.chunks(events.div_ceil(10)) {
        stage.data.feed(part).ok();
    }
}

fn wait(bot: &Bot, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < LIMIT, "{}", bot.output());
        thread::sleep(Duration::from_millis(50));
    }
}

/// Waits until every board was read to its end and no target waits.
fn wait_told(stage: &Stage, bot: &Bot) {
    let boards = Boards::new(disk(), layout(&stage.data));
    let stream = std::cell::RefCell::new(OpenNotifier::new(disk(), layout(&stage.data), TRACKER));
    wait(bot, || {
        let mut stream = stream.borrow_mut();
        // It may be in use for a moment.
        let _ = stream.refresh();
        let state = stream.state();
        let all = boards.lengths().expect("listed");
        let read: BTreeMap<ChatId, u64> = state
            .collections()
            .map(|(chat, known)| (chat, known.at.offset))
            .collect();
        all == read && state.queues().all(|(_, queue)| queue.is_empty())
    });
}

fn check(stage: &Stage, receiver: &Receiver, events: usize) {
    let all = deliveries(&*disk(), &layout(&stage.data), &DeliveryFilter::default()).expect("read");
    assert!(all.damages.is_empty());
    let expected: BTreeMap<ChatId, Vec<Seq>> = (0..BOARDS)
        .map(|number| {
            let count = (events - number).div_ceil(BOARDS) as u64;
            (ChatId(board(number)), (2..count + 2).map(Seq).collect())
        })
        .collect();
    for target in 1..=3 {
        let of_it = all
            .found
            .iter()
            .filter(|delivery| delivery.target.0 == target);
        let of_it: Vec<&Delivery> = of_it.collect();
        let mut told: BTreeMap<ChatId, Vec<Seq>> = BTreeMap::new();
        for delivery in &of_it {
            let seqs = delivery
                .batch
                .told
                .iter()
                .flat_map(|told| told.seqs.clone());
            told.entry(delivery.batch.collection)
                .or_default()
                .extend(seqs);
        }
        assert_eq!(told, expected, "target {target}");
        let unknown = of_it
            .iter()
            .filter(|delivery| status(delivery) == Some(Status::Unknown))
            .count();
        println!(
            "target {target}: {} deliveries, {unknown} unknown",
            of_it.len()
        );
        let arrived = match target {
            3 => arrived_at_hook(receiver),
            _ => arrived_in_chat(stage, CHATS[target as usize - 1]),
        };
        check_arrived(&of_it, &arrived);
    }
    assert!(
        all.found.iter().any(|delivery| delivery.attempts > 1),
        "something was sent again"
    );
}

fn status(delivery: &Delivery) -> Option<Status> {
    delivery.ended.map(|(_, status)| status)
}

/// What arrived, in order: board and event.
type Arrived = Vec<(ChatId, Seq)>;

/// What was delivered arrived once, what is unknown once at most, nothing else did; in order on each board.
fn check_arrived(deliveries: &[&Delivery], arrived: &Arrived) {
    let unique: BTreeSet<_> = arrived.iter().copied().collect();
    assert_eq!(unique.len(), arrived.len(), "something arrived twice");
    let mut last = BTreeMap::new();
    for (chat, seq) in arrived {
        assert!(
            last.insert(*chat, *seq).is_none_or(|before| before < *seq),
            "{chat} {seq}"
        );
    }
    for delivery in deliveries {
        let of_it = delivery
            .batch
            .told
            .iter()
            .flat_map(|told| told.seqs.clone());
        let is_there = |seq| unique.contains(&(delivery.batch.collection, seq));
        match status(delivery) {
            Some(Status::Delivered) => assert!(of_it.clone().all(is_there), "{delivery:?}"),
            Some(Status::Unknown) => {}
            other => panic!("{other:?} {delivery:?}"),
        }
    }
}

/// What a message tells: the board is in its title, what happened stands before the bounty's id.
fn told_in(text: &str) -> Arrived {
    let (title, told) = text.split_once('\n').expect("a title");
    let chat = title.rsplit(' ').next().expect("a name").parse();
    let chat = ChatId(chat.expect("the board's id"));
    let parts: Vec<&str> = told.split(" #").collect();
    let event = |pair: &[&str]| {
        let is_told = |(_, told): &(&str, &str)| pair[0].ends_with(&format!(" {told}"));
        let step = LIFE
            .iter()
            .position(is_told)
            .expect("something that happens");
        let id = pair[1].lines().next().expect("an id");
        let id: usize = id.parse().expect("a number");
        (chat, Seq(((id - 1) * LIFE.len() + step) as u64 + 2))
    };
    parts.windows(2).map(event).collect()
}

fn arrived_in_chat(stage: &Stage, chat: i64) -> Arrived {
    let texts = stage.texts(chat);
    texts.iter().flat_map(|text| told_in(text)).collect()
}

/// A receiver knows by its key what it has already.
fn arrived_at_hook(receiver: &Receiver) -> Arrived {
    let mut keys = BTreeSet::new();
    let mut arrived = Vec::new();
    for request in taken(receiver) {
        if !keys.insert(request.header("idempotency-key").to_owned()) {
            continue;
        }
        let event: Value = serde_json::from_slice(&request.body).expect("JSON");
        let chat = ChatId(event["data"]["chat_id"].as_i64().expect("a chat"));
        for entry in event["data"]["entries"].as_array().expect("entries") {
            let seqs = entry["seqs"].as_array().expect("events").iter();
            arrived.extend(seqs.map(|seq| (chat, Seq(seq.as_u64().expect("a number")))));
        }
    }
    arrived
}
