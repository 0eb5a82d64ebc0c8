//! What comes behind a flush of the whole file system, before anybody is told.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use super::feeding::Load;
use super::{skip, tool};
use crate::support::{Data, run_with};

#[test]
fn a_flush_of_the_file_system_is_followed_by_one_that_empties_the_disks_cache() {
    let test = "a_flush_of_the_file_system_is_followed_by_one_that_empties_the_disks_cache";
    let traced = ["-qq", "-f", "-o", "/dev/null", "-e", "trace=none", "true"];
    if let Err(lack) = tool("strace", &traced) {
        return skip(test, &lack);
    }
    let data = Data::new();
    let trace = data.path().with_file_name("trace");
    let mut command = Command::new("strace");
    command
        .args([
            "-f",
            "-qq",
            "-e",
            "signal=none",
            "-e",
            "trace=fsync,?syncfs",
        ])
        .arg("-o")
        .arg(&trace)
        .arg(env!("CARGO_BIN_EXE_bounty"))
        .arg("feed")
        .env("BOUNTY_DATA", data.path());
    let load = Load::new(600, 40);
    run_with(command, load.lines(0).as_bytes()).ok();
    let calls = fs::read_to_string(&trace).expect("what strace saw");
    let mut pending: BTreeMap<&str, String> = BTreeMap::new();
    let mut flushes = 0;
    for line in calls.lines() {
        // "THREAD CALL(FILE) = 0", or the same begun and resumed.
        let (thread, call) = line.split_once(' ').expect("a thread");
        let Some((name, rest)) = call.trim_start().split_once('(') else {
            continue;
        };
        let file = rest.split([')', ' ']).next().unwrap_or_default();
        let before = pending.remove(thread);
        if name == "syncfs" {
            assert_eq!(before, None, "{line}");
            pending.insert(thread, file.to_owned());
            flushes += 1;
        } else if let Some(flushed) = before {
            assert_eq!((name, file), ("fsync", flushed.as_str()), "{line}");
        }
    }
    assert!(pending.is_empty(), "{calls}");
    if flushes == 0 {
        let reason = "the temporary files are on a file system whose logs are flushed one by one";
        skip(test, &super::Lack::Right(reason.to_owned()));
    }
}
