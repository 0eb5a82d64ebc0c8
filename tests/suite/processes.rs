//! Several processes on one data directory at once, and the same input twice.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;
use std::thread;

use serde_json::Value;

use crate::support::{Data, Run, in_dm, in_group};

const GROUPS: [i64; 2] = [-100, -200];
const COMMANDS: i64 = 300;

/// Commands for two groups and a DM; each text says whose it is and which.
fn commands(user: i64) -> Vec<Value> {
    let one = |n: i64| {
        let text = format!("/add user {user} command {n}");
        match n % 5 {
            0 => in_dm(n, user, &text),
            1 | 2 => in_group(n, GROUPS[0], user, &text),
            _ => in_group(n, GROUPS[1], user, &text),
        }
    };
    (1..=COMMANDS).map(one).collect()
}

/// Feeds a few commands at a time and waits for their answers, so that the processes take turns again and again.
fn feed_by_and_by(data: &Data, bot: i64, updates: &[Value]) -> Vec<Value> {
    let mut command = data.bounty(&["feed", "--bot-id", &bot.to_string()]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let mut answers = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut calls = Vec::new();
    for few in updates.chunks(3) {
        let input: String = few.iter().map(|update| format!("{update}\n")).collect();
        stdin.write_all(input.as_bytes()).expect("written");
        for _ in few {
            let answer = answers.next().expect("an answer").expect("UTF-8");
            calls.push(serde_json::from_str(&answer).expect("a call"));
        }
    }
    drop(stdin);
    assert!(answers.next().is_none(), "one answer to each");
    assert!(child.wait().expect("ended").success());
    calls
}

fn feed(data: &Data, bot: &str, updates: &[Value]) -> Run {
    let input: String = updates.iter().map(|update| format!("{update}\n")).collect();
    data.run_with(&["feed", "--bot-id", bot], input.as_bytes())
}

/// The update numbers that a bot's events carry, in the order of the log.
fn updates_of(events: &[Value], bot: i64) -> Vec<i64> {
    let of_bot = events.iter().filter(|event| event["cause"]["bot"] == bot);
    of_bot
        .map(|event| event["cause"]["update"].as_i64().expect("a number"))
        .collect()
}

fn sent_to(updates: &[Value], chat: i64) -> Vec<i64> {
    let here = updates
        .iter()
        .filter(|update| update["message"]["chat"]["id"] == chat);
    here.map(|update| update["update_id"].as_i64().expect("a number"))
        .collect()
}

#[test]
fn two_processes_on_one_data_directory_lose_nothing_and_double_nothing() {
    let data = Data::new();
    let users = [(7_001, 1), (7_002, 2)];
    let answers = thread::scope(|scope| {
        let start = |(bot, user): (i64, i64)| {
            let data = &data;
            scope.spawn(move || feed_by_and_by(data, bot, &commands(user)))
        };
        let started = users.map(start);
        started.map(|run| run.join().expect("answers"))
    });

    for ((bot, user), calls) in users.iter().zip(&answers) {
        let sent = commands(*user);
        assert_eq!(calls.len(), sent.len(), "every command is answered");
        for chat in [GROUPS[0], GROUPS[1], *user] {
            let updates = updates_of(&data.events(chat), *bot);
            assert_eq!(updates, sent_to(&sent, chat), "chat {chat}, bot {bot}");
        }
    }
    for chat in GROUPS {
        let events = data.events(chat);
        let expected: usize = users
            .iter()
            .map(|(_, user)| sent_to(&commands(*user), chat).len())
            .sum();
        assert_eq!(events.len(), expected + 1, "BoardOpened once");
        let ids: Vec<u64> = events[1..]
            .iter()
            .map(|event| event["data"]["id"].as_u64().expect("an id"))
            .collect();
        assert!(ids.iter().copied().eq(1..=expected as u64), "{ids:?}");
        assert_answers_tell_the_log(&answers.concat(), &events, chat);
    }
    data.run(&["verify"]).ok();
    let checked = data.run(&["replay", "--check"]).ok();
    assert!(
        checked.stdout.contains("0 problems, 0 files behind"),
        "{}",
        checked.stdout
    );
}

/// Each user was told the very id under which the log has the bounty.
#[track_caller]
fn assert_answers_tell_the_log(calls: &[Value], events: &[Value], chat: i64) {
    let in_log: BTreeMap<u64, &str> = events[1..]
        .iter()
        .map(|event| {
            let data = &event["data"];
            let id = data["id"].as_u64().expect("an id");
            (id, data["text"].as_str().expect("a text"))
        })
        .collect();
    let here = calls.iter().filter(|call| call["chat_id"] == chat);
    let told: Vec<String> = here
        .map(|call| crate::support::plain(call["text"].as_str().expect("a text")))
        .collect();
    assert_eq!(told.len(), in_log.len());
    for (id, text) in in_log {
        let told_so = |answer: &&String| {
            let words: Vec<&str> = answer
                .split(|c: char| !c.is_alphanumeric() && c != '#')
                .collect();
            words.contains(&format!("#{id}").as_str())
                && answer.lines().any(|line| line.ends_with(text))
        };
        assert_eq!(told.iter().filter(told_so).count(), 1, "#{id} {text}");
    }
}

#[test]
fn the_same_input_fed_twice_changes_nothing_and_is_answered_with_the_same_text() {
    let data = Data::new();
    let updates = [
        in_group(1, -100, 1, "/start"),
        in_group(2, -100, 1, "/add Fix login bug https://e.com/1 2031-01-31"),
        in_group(3, -100, 2, "/track 1"),
        in_group(4, -100, 1, "/edit 1 Fix the login bug link:none"),
        in_group(5, -100, 2, "/untrack #1"),
        in_group(6, -100, 2, "/edit 1 Mine"),
        in_group(7, -100, 1, "/add Second"),
        in_group(8, -100, 1, "/delete 1"),
        in_group(9, -100, 1, "/delete 1"),
        in_dm(10, 5, "/add Own"),
        in_dm(11, 5, "/edit 1 due:2031-02-01"),
        in_dm(12, 5, "/delete 1"),
    ];
    let first = data.feed(&updates).ok();
    assert_eq!(first.calls().len(), updates.len());
    let logs = [data.log_bytes(-100), data.log_bytes(5)];
    let snapshots = data.snapshots();
    let second = data.feed(&updates).ok();
    assert_eq!([data.log_bytes(-100), data.log_bytes(5)], logs);
    assert_eq!(data.snapshots(), snapshots);
    let refused_anew = 5; // The refusal of an edit: it is decided anew, of a bounty that is gone now.
    for (at, (first, second)) in first.texts().iter().zip(second.texts()).enumerate() {
        assert_eq!(
            *first == second,
            at != refused_anew,
            "{first}\n---\n{second}"
        );
    }
}

#[test]
fn a_bot_of_another_id_is_another_source_of_the_same_update_numbers() {
    let data = Data::new();
    let updates = [in_group(1, -100, 1, "/add One")];
    feed(&data, "7001", &updates).ok();
    feed(&data, "7002", &updates).ok();
    assert_eq!(data.events(-100).len(), 3);
}
