//! Where the benchmarks run: the directory, the amount of work, the program that is measured, the data made once.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use tempfile::TempDir;

use crate::ask::{BOT, update_line};
use crate::fixture;
use crate::peers::raw;
use crate::table::Sample;
use crate::workload::{Op, Workload};

/// What every row needs.
pub struct Lab {
    dir: TempDir,
    /// The program that is measured, once a row needed it.
    bounty: OnceCell<PathBuf>,
    /// A smoke run does this part of the work.
    part: usize,
    fixtures: RefCell<HashMap<(usize, usize), PathBuf>>,
}

impl Lab {
    /// Works in a new directory inside of `parent`, removed at the end.
    pub fn new(parent: &Path, quick: bool) -> anyhow::Result<Self> {
        std::fs::create_dir_all(parent)?;
        Ok(Self {
            dir: tempfile::Builder::new()
                .prefix("bounty-bench-")
                .tempdir_in(parent)?,
            bounty: OnceCell::new(),
            part: if quick { 10 } else { 1 },
            fixtures: RefCell::default(),
        })
    }

    /// This much of something; a tenth in a smoke run.
    pub fn count(&self, full: usize) -> usize {
        (full / self.part).max(1)
    }

    /// A new directory. It is removed with all others at the end: for minutes after files were removed ext4 without a journal
    /// passes over their inodes one by one whenever a file is made, and what is measured next would pay for that.
    pub fn fresh(&self) -> anyhow::Result<TempDir> {
        Ok(tempfile::Builder::new()
            .disable_cleanup(true)
            .tempdir_in(&self.dir)?)
    }

    /// The release build of `bounty` on this data directory; the first time it is made, which takes minutes.
    pub fn bounty(&self, data: &Path) -> anyhow::Result<Command> {
        let program = match self.bounty.get() {
            Some(program) => program,
            None => {
                let built = build()?;
                self.bounty.get_or_init(|| built)
            }
        };
        let mut command = Command::new(program);
        command.arg("--data").arg(data).env("RUST_LOG", "error");
        Ok(command)
    }

    /// A data directory with this many chats of this many events each, snapshots and all; made once.
    pub fn fixture(&self, chats: usize, events: usize) -> anyhow::Result<PathBuf> {
        if let Some(made) = self.fixtures.borrow().get(&(chats, events)) {
            return Ok(made.clone());
        }
        eprintln!("making {chats} chats of {events} events");
        let data = self.dir.path().join(format!("{chats}x{events}"));
        fixture::write(&data, chats, events)?;
        let status = self
            .bounty(&data)?
            .arg("replay")
            .stdout(Stdio::null())
            .status()?;
        ensure!(
            status.success(),
            "`bounty replay` failed on the generated logs"
        );
        // Their age as in a service that runs for long: nothing left to write back.
        rustix::fs::sync();
        self.fixtures
            .borrow_mut()
            .insert((chats, events), data.clone());
        Ok(data)
    }

    /// Starts `bounty feed`, gives it one command and waits for the answer; then lets it end.
    pub fn feed_one(&self, data: &Path, op: &Op) -> anyhow::Result<Duration> {
        let bot = BOT.to_string();
        let mut command = self.bounty(data)?;
        let begun = Instant::now();
        let mut child = command
            .args(["feed", "--bot-id", &bot])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (mut input, output) = (child.stdin.take(), child.stdout.take());
        let pipe = input.as_mut().context("no pipe")?;
        pipe.write_all(update_line(op).as_bytes())?;
        let mut answer = String::new();
        BufReader::new(output.context("no pipe")?).read_line(&mut answer)?;
        let elapsed = begun.elapsed();
        drop(input);
        ensure!(child.wait()?.success(), "`bounty feed` failed");
        ensure!(answer.contains("Added"), "no bounty was added: {answer}");
        Ok(elapsed)
    }
}

/// The machine in words, with what a flush of its disk takes now.
pub fn machine(lab: &Lab) -> anyhow::Result<String> {
    let (dir, ops) = (lab.fresh()?, Workload::new(1).take(lab.count(1_000)));
    let sample = Sample::of_run(raw::appends(dir.path(), &ops)?);
    let [median, late] = sample.latency.context("no flush was measured")?;
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    Ok(format!(
        "{} cores, Linux {}, fdatasync of an append: median {:.2} ms, p99 {:.2} ms; load average before: {}\n",
        std::thread::available_parallelism()?,
        rustix::system::uname().release().to_string_lossy(),
        Sample::millis(median).value,
        Sample::millis(late).value,
        load.split(' ').next().unwrap_or("unknown"),
    ))
}

/// Empties the page cache and the caches of names. False where that is not allowed: then everything is warm.
pub fn drop_caches() -> bool {
    rustix::fs::sync();
    std::fs::write("/proc/sys/vm/drop_caches", "3").is_ok()
}

/// "cold cache" or "warm cache".
pub fn cache() -> &'static str {
    if drop_caches() {
        "cold cache"
    } else {
        "warm cache"
    }
}

/// The release build of the program, beside the one of this program.
fn build() -> anyhow::Result<PathBuf> {
    let here = std::env::current_exe()?;
    let profile = here.parent().context("no directory above this program")?;
    let target = profile.parent().context("no target directory")?;
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml");
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args([
            "build",
            "--release",
            "--locked",
            "--quiet",
            "--manifest-path",
            manifest,
        ])
        .arg("--target-dir")
        .arg(target)
        .status()
        .context("cannot run cargo")?;
    ensure!(
        status.success(),
        "the program that is measured could not be built"
    );
    Ok(target.join("release").join("bounty"))
}
