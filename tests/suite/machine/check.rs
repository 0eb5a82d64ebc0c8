//! What a world leaves at its end.

use bounty_ledger::domain::ChatId;
use bounty_ledger::store::Layout;
use serde_json::{Value, json};

use super::counts::Counts;
use super::world::{CHATS, World};
use crate::properties::model::Board;
use crate::support::law::{assert_once, assert_sound, logs};
use crate::support::scenario::ROOT;

impl World {
    /// Ends all processes and looks at what they leave.
    pub fn end(mut self) -> Counts {
        while let Some(process) = self.slots.pop() {
            process.engine.close();
        }
        let well = self.start_well();
        self.slots.push(well);
        for chat in CHATS {
            self.look(chat);
        }
        self.replace(0, true);
        self.check("at the end");
        self.slots.clear();
        self.disk.crash(true, self.rng.next());
        self.disk = self.disk.process(None);
        self.assert_kept("a power cut at the end");
        self.counts
    }

    /// What the disk has is what the model says.
    fn check(&self, at: &str) {
        assert_sound(&self.disk, at);
        assert_once(&logs(&self.disk), at);
        for (board, model) in &self.boards {
            let content = self.content(*board);
            let known = self.logs.get(board).cloned().unwrap_or_default();
            let lines = content.iter().filter(|byte| **byte == b'\n').count() as u64;
            // The first write may have been cut behind its first line.
            if model.lines() == 0 && lines == 1 {
                continue;
            }
            assert!(content == known, "{at}: {board} has more than was told");
            assert_eq!(lines, model.lines(), "{at}: {board}");
            if model.lines() > 0 {
                self.check_snapshots(*board, model, at);
            }
        }
    }

    fn check_snapshots(&self, board: i64, model: &Board, at: &str) {
        let name = if board < 0 { "group.json" } else { "user.json" };
        let file = self.json(board, name);
        assert_eq!(file["bounties"], model.bounties(board), "{at}: {board}");
        assert_eq!(file["next_id"], json!(model.next_id()), "{at}: {board}");
        assert_eq!(file["seq"], json!(model.lines()), "{at}: {board}");
        for (user, ids) in model.lists().filter(|_| board < 0) {
            assert_eq!(
                self.json(board, &format!("{user}.json"))["tracked"],
                ids,
                "{at}: {board}"
            );
        }
    }

    fn json(&self, board: i64, name: &str) -> Value {
        let path = Layout::new(ROOT).chat(ChatId(board)).join(name);
        let content = self
            .disk
            .content(&path)
            .unwrap_or_else(|| panic!("{} is not there", path.display()));
        serde_json::from_slice(&content).expect("JSON")
    }
}
