//! Any sequence of commands, against a model of the boards that shares no code with the program.

pub mod model;
pub mod steps;

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::PathBuf;
use std::sync::mpsc;

use bounty_ledger::audit::{Reader, rebuild_into};
use bounty_ledger::domain::board::{Answer, Refusal};
use bounty_ledger::domain::{Actor, Cause, ChatId};
use bounty_ledger::engine::{Engine, Outcome, Request};
use proptest::prelude::*;
use proptest::test_runner::Config;
use serde_json::{Value, json};

use crate::library::{disk, engine, files, layout, lines, request, verify};
use crate::support::Data;
use model::{Board, Expected, Who};
use steps::{Step, step};

const CHATS: [i64; 3] = [-100, -200, 1];

/// Chat, actor and step, the first two by number.
type New = (usize, usize, Step);
/// Chat, actor, update and step.
pub type Asked = (i64, Who, i64, Step);

/// One move of a test.
#[derive(Clone, Debug)]
enum Move {
    Ask(New),
    /// Many things are asked before the first is answered.
    Burst(Vec<New>),
    /// Something that was asked before comes again: the same message in the same update.
    Repeat(prop::sample::Index),
    /// The program ends and starts again.
    Restart,
    /// The snapshots are lost while the program is down.
    RestartWithoutSnapshots,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let new = || (0..CHATS.len(), 0..5_usize, step());
    let one = prop_oneof![
        20 => new().prop_map(Move::Ask),
        2 => prop::collection::vec(new(), 2..20).prop_map(Move::Burst),
        4 => any::<prop::sample::Index>().prop_map(Move::Repeat),
        1 => Just(Move::Restart),
        1 => Just(Move::RestartWithoutSnapshots),
    ];
    prop::collection::vec(one, 1..60)
}

/// Who asks in a chat: in a DM its user or the operator.
pub fn who(chat: i64, number: usize) -> Who {
    match number {
        0 => None,
        _ if chat > 0 => Some(chat),
        4 => Some(chat),
        user => i64::try_from(user).ok(),
    }
}

pub fn request_of((chat, who, update, step): &Asked) -> Request {
    let mut request = request(*chat, who.unwrap_or(1), *update, step.command());
    match who {
        Some(id) if *id < 0 => {
            let name = "The group".to_owned();
            let id = ChatId(*id);
            request.actor = Actor::Chat {
                id,
                name: name.into(),
            };
        }
        Some(_) => {}
        None => {
            let name = "root".to_owned();
            request.cause = Cause::Cli { user: name.clone() };
            request.actor = Actor::Operator { name: name.into() };
        }
    }
    request
}

/// A data directory, its engine, and what the model says they are.
struct World {
    data: Data,
    engine: Option<Engine>,
    boards: BTreeMap<i64, Board>,
    asked: Vec<Asked>,
    answers: HashMap<(i64, i64), Outcome>,
}

impl World {
    fn new() -> Self {
        let data = Data::in_memory();
        let engine = Some(engine(&data));
        Self {
            data,
            engine,
            boards: BTreeMap::new(),
            asked: Vec::new(),
            answers: HashMap::new(),
        }
    }

    fn make(&mut self, one: &Move) {
        match one {
            Move::Ask(new) => {
                let asked = self.new_update(new);
                self.ask(asked);
            }
            Move::Burst(many) => {
                let asked = many.iter().map(|new| self.new_update(new)).collect();
                self.burst(asked);
            }
            Move::Repeat(index) if !self.asked.is_empty() => {
                self.ask(index.get(&self.asked).clone());
            }
            Move::Repeat(_) => {}
            Move::Restart => self.restart(false),
            Move::RestartWithoutSnapshots => self.restart(true),
        }
    }

    fn new_update(&mut self, (chat, number, step): &New) -> Asked {
        let chat = CHATS[*chat];
        let update = i64::try_from(self.asked.len()).expect("few") + 1;
        let asked = (chat, who(chat, *number), update, step.clone());
        self.asked.push(asked.clone());
        asked
    }

    /// Asks one thing: accepted is exactly one line more, everything else leaves every log untouched.
    fn ask(&mut self, asked: Asked) {
        let before = self.logs();
        let outcome = self.engine().ask(request_of(&asked)).outcome;
        let (chat, expected) = (asked.0, self.judge(asked, outcome));
        let mut now = self.logs();
        if let Expected::Event(kind, id) = expected {
            let log = now.get_mut(&chat).expect("a log");
            let old = before.get(&chat).map_or(&[][..], Vec::as_slice);
            assert!(log.starts_with(old), "a log is only appended to");
            let new = lines(&log[old.len()..]);
            assert_eq!(new.len(), if old.is_empty() { 2 } else { 1 });
            let event: Value = serde_json::from_slice(new[new.len() - 1]).expect("JSON");
            assert_eq!(event["type"], kind);
            assert_eq!(event["data"].get("id").and_then(Value::as_u64), id);
            log.truncate(old.len());
            now.retain(|_, log| !log.is_empty());
        }
        assert!(now == before, "a log was touched");
    }

    /// Asks all at once, so that commands share writes: the same comes of it as one after the other.
    fn burst(&mut self, asked: Vec<Asked>) {
        let answers: Vec<_> = asked
            .iter()
            .map(|asked| {
                let (sender, receiver) = mpsc::channel();
                let reply = move |reply| sender.send(reply).expect("somebody waits");
                self.engine().submit(request_of(asked), reply);
                receiver
            })
            .collect();
        for (asked, answer) in asked.into_iter().zip(answers) {
            let outcome = answer.recv().expect("an answer").outcome;
            self.judge(asked, outcome);
        }
        for (chat, log) in self.logs() {
            assert_eq!(lines(&log).len() as u64, self.boards[&chat].lines());
        }
    }

    /// Compares an answer with the model's.
    fn judge(&mut self, (chat, who, update, step): Asked, outcome: Outcome) -> Expected {
        let board = self.boards.entry(chat).or_default();
        let expected = board.take(chat, who, update, &step);
        let refusal = match &outcome {
            Outcome::Answer(Answer::Refused(refusal)) => Some(refusal),
            Outcome::Answer(_) => None,
            Outcome::Silent | Outcome::Off | Outcome::Trouble(_) => panic!("{step:?}: {outcome:?}"),
        };
        let not_creator = matches!(refusal, Some(Refusal::NotCreator { .. }));
        let fits = match &expected {
            Expected::Event(..) | Expected::Nothing => refusal.is_none(),
            Expected::Refused => refusal.is_some() && !not_creator,
            Expected::NotCreator => not_creator,
            Expected::Silent => false,
            Expected::Again(update) => outcome == self.answers[&(chat, *update)],
        };
        assert!(
            fits,
            "{step:?} by {who:?} in {chat}: {expected:?}, but {outcome:?}"
        );
        if matches!(expected, Expected::Event(..)) {
            self.answers.insert((chat, update), outcome);
        }
        expected
    }

    fn engine(&self) -> &Engine {
        self.engine.as_ref().expect("it runs")
    }

    /// Every log by its chat.
    fn logs(&self) -> BTreeMap<i64, Vec<u8>> {
        let log = |chat| Some((chat, fs::read(self.data.log(chat)).ok()?));
        CHATS.into_iter().filter_map(log).collect()
    }

    fn restart(&mut self, without_snapshots: bool) {
        self.engine.take().expect("it runs").close();
        self.check();
        if without_snapshots {
            self.data.delete_snapshots();
        }
        self.engine = Some(engine(&self.data));
    }

    /// With the engine closed: what is on disk is what the model says, and what the logs give.
    fn check(&self) {
        for (chat, board) in &self.boards {
            if board.lines() == 0 {
                assert!(!self.data.chat(*chat).exists(), "no event, no directory");
                continue;
            }
            let verdict = verify(&self.data, *chat);
            assert!(verdict.problem.is_none(), "{verdict:?}");
            assert_eq!(verdict.end.seq.0, board.lines());
            self.check_ids(*chat);
            if self.is_published(*chat) {
                self.check_snapshots(*chat, board);
            }
        }
    }

    /// A board that nobody changed since its snapshots were lost has none.
    fn is_published(&self, chat: i64) -> bool {
        files(&self.data.chat(chat)).len() > 1
    }

    fn check_ids(&self, chat: i64) {
        let events = self.data.events(chat);
        let added = events.iter().filter(|event| event["type"] == "BountyAdded");
        let ids: Vec<u64> = added
            .map(|event| event["data"]["id"].as_u64().expect("an id"))
            .collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "{ids:?}");
    }

    fn check_snapshots(&self, chat: i64, board: &Board) {
        let name = if chat < 0 { "group.json" } else { "user.json" };
        let file = self.data.json(chat, name);
        assert_eq!(file["bounties"], board.bounties(chat));
        assert_eq!(file["next_id"], json!(board.next_id()));
        assert_eq!(file["seq"], json!(board.lines()));
        let lists = board.lists().filter(|_| chat < 0);
        for (user, ids) in lists {
            assert_eq!(
                self.data.json(chat, &format!("{user}.json"))["tracked"],
                ids
            );
        }
        let out = self.data.path().with_file_name("out");
        let (disk, layout) = (disk(), layout(&self.data));
        let reader = Reader::new(&*disk, &layout);
        rebuild_into(&reader, ChatId(chat), &out).expect("rebuilt");
        let relative = |dir: PathBuf| -> BTreeMap<PathBuf, Vec<u8>> {
            let below = files(&dir).into_iter();
            below
                .map(|(path, content)| {
                    (path.strip_prefix(&dir).expect("below").to_owned(), content)
                })
                .filter(|(path, _)| path.extension().is_some_and(|end| end == "json"))
                .collect()
        };
        assert_eq!(
            relative(self.data.chat(chat)),
            relative(out.join(chat.to_string())),
            "live snapshots are the replayed ones byte for byte"
        );
        fs::remove_dir_all(out).expect("removed");
    }
}

proptest! {
    #![proptest_config(Config { cases: 192, failure_persistence: None, ..Config::default() })]

    #[test]
    fn any_sequence_of_commands_leaves_what_a_simple_model_says(moves in moves()) {
        let mut world = World::new();
        moves.iter().for_each(|one| world.make(one));
        world.restart(false);
    }
}
