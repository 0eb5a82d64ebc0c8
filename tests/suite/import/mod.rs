//! `bounty import`: what other bots kept becomes events, once, whatever happens meanwhile.

mod bounty_sqlite;
mod database;
mod golden;
mod interrupted;
mod json_bad;
mod json_files;
mod json_in_use;
mod notify_bridge;
mod notify_run;
mod run;
mod sqlite_bad;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::library::files;
use crate::support::{DATE, Data, Run};

const GROUP: i64 = -100_123;
const DM: i64 = 123;

/// A directory that a bot of JSON files left behind, beside the data directory.
struct Old {
    data: Data,
}

impl Old {
    fn empty() -> Self {
        let data = Data::in_memory();
        fs::create_dir(data.path().with_file_name("old")).expect("made");
        Self { data }
    }

    /// A group of three bounties, two tracking lists, and a DM.
    fn new() -> Self {
        let old = Self::empty();
        let group = json!({"group_id": GROUP, "next_id": 9, "bounties": [
            bounty(1, 456, "Fix login bug"), bounty(3, 457, "Купить чай"), bounty(7, GROUP, "By the group")]});
        old.put("-100123/group.json", &group);
        old.put(
            "-100123/456.json",
            &json!({"user_id": 456, "tracked": [1, 7]}),
        );
        old.put("-100123/457.json", &json!({"user_id": 457, "tracked": []}));
        let mut own = bounty(1, 0, "My own");
        own.as_object_mut()
            .expect("an object")
            .remove("created_by_user_id");
        old.put("123/user.json", &json!({"user_id": DM, "bounties": [own]}));
        old
    }

    fn dir(&self) -> PathBuf {
        self.data.path().with_file_name("old")
    }

    fn put(&self, name: &str, content: &Value) {
        self.put_bytes(name, content.to_string().as_bytes());
    }

    fn put_bytes(&self, name: &str, content: &[u8]) {
        let path = self.dir().join(name);
        fs::create_dir_all(path.parent().expect("a directory")).expect("made");
        fs::write(path, content).expect("written");
    }

    fn import(&self, args: &[&str]) -> Run {
        import(&self.data, "json-files", &self.dir(), args)
    }

    /// The report of an import, as JSON.
    fn report(&self, args: &[&str]) -> Value {
        let args = [&["--format", "json"], args].concat();
        serde_json::from_str(&self.import(&args).stdout).expect("JSON")
    }
}

fn import(data: &Data, kind: &str, source: &Path, args: &[&str]) -> Run {
    let source = source.display().to_string();
    data.run(&[&["import", kind, source.as_str()], args].concat())
}

/// A bounty as the JSON files have it.
fn bounty(id: i64, creator: i64, text: &str) -> Value {
    json!({"id": id, "created_by_user_id": creator, "text": text, "link": format!("https://e.com/{id}"),
           "due_date_ts": null, "created_at": DATE + id})
}

/// So many events were new.
#[track_caller]
fn assert_written(run: &Run, events: u64) {
    let plural = if events == 1 { "" } else { "s" };
    let words = format!("Written: {events} event{plural}.");
    assert!(run.stdout.contains(&words), "{words} {}", run.stdout);
}

/// Everything is as it should be, and another import changes no file.
#[track_caller]
fn assert_whole(data: &Data, again: impl Fn() -> Run) {
    data.run(&["verify"]).ok();
    let check = data.run(&["replay", "--check"]).ok();
    assert!(
        check.stdout.contains(" 0 problems, 0 files behind"),
        "{}",
        check.stdout
    );
    let before = files(&data.path());
    let run = again().ok();
    assert_written(&run, 0);
    assert!(
        files(&data.path()) == before,
        "a second import changed something"
    );
}
