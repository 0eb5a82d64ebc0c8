//! One disk, its processes, what the model says of the boards, and what happens.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use bounty_ledger::domain::ChatId;
use bounty_ledger::engine::Outcome;
use bounty_ledger::store::{Disk, Layout};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::counts::Counts;
use super::process::Process;
use crate::properties::model::Board;
use crate::properties::steps::step;
use crate::properties::{Asked, who};
use crate::support::scenario::ROOT;
use crate::support::sim_disk::{Rng, SimDisk};

/// Two groups, a DM, and the ids that the groups may have one day.
pub const CHATS: [i64; 5] = [-100, -555, 1, -1_100, -1_555];
const PROCESSES: usize = 3;

/// A change that was refused because of a fault, or not answered: it may be in the log when its process is dead.
pub struct Doubt {
    pub board: i64,
    /// The asking that left it.
    pub turn: u64,
    pub process: u64,
    pub asked: Asked,
}

pub struct World {
    pub disk: SimDisk,
    pub slots: Vec<Process>,
    pub rng: Rng,
    steps: TestRunner,
    last_process: u64,
    pub boards: BTreeMap<i64, Board>,
    /// The logs as far as the model knows them.
    pub logs: BTreeMap<i64, Vec<u8>>,
    /// The logs of boards that were merged into others, by the chats that have them.
    pub kept: BTreeMap<i64, Vec<Vec<u8>>>,
    /// The chats' new ids.
    pub moved: BTreeMap<i64, i64>,
    /// The move that is under way, and perhaps half done.
    pub half_moved: Option<(i64, i64)>,
    pub doubts: Vec<Doubt>,
    pub asked: Vec<Asked>,
    pub answers: HashMap<i64, Outcome>,
    /// Somebody waited for a log in vain: its holder cannot undo a failed write.
    pub waited: bool,
    pub turn: u64,
    pub counts: Counts,
}

impl World {
    pub fn new(seed: u64) -> Self {
        let rng_seed: Vec<u8> = seed.to_le_bytes().repeat(4);
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &rng_seed);
        let disk = SimDisk::new(seed);
        let mut world = Self {
            disk: if seed.is_multiple_of(2) {
                disk.with_group_flush()
            } else {
                disk
            },
            slots: Vec::new(),
            rng: Rng::new(seed),
            steps: TestRunner::new_with_rng(Config::default(), rng),
            last_process: 0,
            boards: BTreeMap::new(),
            logs: BTreeMap::new(),
            kept: BTreeMap::new(),
            moved: BTreeMap::new(),
            half_moved: None,
            doubts: Vec::new(),
            asked: Vec::new(),
            answers: HashMap::new(),
            waited: false,
            turn: 0,
            counts: Counts::default(),
        };
        for _ in 0..PROCESSES {
            let process = world.start();
            world.slots.push(process);
        }
        world
    }

    /// Lets so many things happen, then looks at everything.
    pub fn live(mut self, steps: usize) -> Counts {
        for _ in 0..steps {
            match self.rng.below(200) {
                0..=139 => self.ask_one(),
                140..=159 => self.ask_many(),
                160..=179 => self.ask_again(),
                180..=186 => self.kill(),
                187..=193 => self.restart(),
                194..=196 => self.cut_power(),
                _ => self.move_group(),
            }
            self.bury_the_dead();
        }
        self.end()
    }

    fn number(&mut self) -> u64 {
        self.last_process += 1;
        self.last_process
    }

    fn start(&mut self) -> Process {
        let number = self.number();
        Process::start(&self.disk, number, &mut self.rng)
    }

    pub fn start_well(&mut self) -> Process {
        let number = self.number();
        Process::start_well(&self.disk, number)
    }

    pub fn slot(&mut self) -> usize {
        usize::try_from(self.rng.below(self.slots.len() as u64)).expect("few")
    }

    /// A process ends as well as it can, then another one takes its place.
    pub fn replace(&mut self, slot: usize, well: bool) {
        let old = self.slots.remove(slot);
        old.engine.close();
        let process = if well {
            self.start_well()
        } else {
            self.start()
        };
        self.slots.insert(slot, process);
    }

    /// The dead are started again, as whoever watches them does; and so are those that hold a log for too long.
    pub fn bury_the_dead(&mut self) {
        let waited = std::mem::take(&mut self.waited);
        for slot in 0..self.slots.len() {
            let disk = &self.slots[slot].disk;
            if !disk.is_alive() || waited && disk.fired() {
                self.counts.deaths += u64::from(!disk.is_alive());
                self.replace(slot, false);
            }
        }
    }

    pub fn kill(&mut self) {
        let slot = self.slot();
        self.slots[slot].disk.kill();
    }

    /// It ends well: what it was asked is done and its snapshots are written, as far as the disk lets it.
    fn restart(&mut self) {
        let slot = self.slot();
        self.counts.restarts += 1;
        self.replace(slot, false);
    }

    /// Everything that was not flushed may be lost, and some snapshots with it.
    pub fn cut_power(&mut self) {
        self.counts.power_cuts += 1;
        self.disk.crash(true, self.rng.next());
        self.slots.clear();
        self.disk = self.disk.process(None);
        self.assert_kept("a power cut");
        if self.rng.coin() {
            self.lose_snapshots();
        }
        for _ in 0..PROCESSES {
            let process = self.start();
            self.slots.push(process);
        }
    }

    fn lose_snapshots(&mut self) {
        let files = self.disk.files(Path::new(ROOT)).into_keys();
        for path in files.filter(|path| path.extension().is_some_and(|end| end == "json")) {
            if self.rng.coin() {
                self.disk.remove_file(&path).expect("removed");
            }
        }
    }

    pub fn ask_one(&mut self) {
        let (slot, asked) = (self.slot(), self.new_update());
        if self.is_half_moved(asked.0) {
            return;
        }
        self.ask(slot, vec![asked]);
    }

    /// What is asked at once under an old and a new id is in no order: a group has one id at a time.
    fn ask_many(&mut self) {
        let (slot, mut ids) = (self.slot(), BTreeMap::new());
        let many: Vec<Asked> = (0..2 + self.rng.below(12))
            .map(|_| self.new_update())
            .collect();
        let of_one_id = many
            .into_iter()
            .filter(|asked| *ids.entry(self.board_of(asked.0)).or_insert(asked.0) == asked.0);
        let many = of_one_id.collect();
        self.ask(slot, many);
    }

    /// Something that was asked before comes again, perhaps to another process.
    fn ask_again(&mut self) {
        if self.asked.is_empty() {
            return;
        }
        let at = usize::try_from(self.rng.below(self.asked.len() as u64)).expect("few");
        let (slot, asked) = (self.slot(), self.asked[at].clone());
        self.ask(slot, vec![asked]);
    }

    fn new_update(&mut self) -> Asked {
        let chat = CHATS[usize::try_from(self.rng.below(CHATS.len() as u64)).expect("few")];
        let number = 1 + usize::try_from(self.rng.below(4)).expect("few");
        let update = i64::try_from(self.asked.len()).expect("few") + 1;
        let step = step().new_tree(&mut self.steps).expect("a step").current();
        let asked = (chat, who(chat, number), update, step);
        self.asked.push(asked.clone());
        asked
    }

    /// Whether it is not known which board this chat has now.
    fn is_half_moved(&self, chat: i64) -> bool {
        self.half_moved
            .is_some_and(|(from, to)| chat == from || chat == to)
    }

    pub fn board_of(&self, chat: i64) -> i64 {
        self.moved.get(&chat).copied().unwrap_or(chat)
    }

    /// Every log begins with what is known of it.
    pub fn assert_kept(&self, at: &str) {
        for (board, known) in &self.logs {
            let is_kept = if self.is_half_moved(*board) {
                let files = self.disk.files(Path::new(ROOT));
                files.values().any(|content| content.starts_with(known))
            } else {
                self.content(*board).starts_with(known)
            };
            assert!(is_kept, "{at}: {board} lost events");
        }
    }

    pub fn content(&self, board: i64) -> Vec<u8> {
        self.disk.content(&log_path(board)).unwrap_or_default()
    }
}

fn log_path(board: i64) -> PathBuf {
    Layout::new(ROOT).chat(ChatId(board)).join(Layout::LOG)
}
