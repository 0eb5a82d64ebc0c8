//! A checkpoint that is not what was written, or does not fit its log, is as good as none.

use std::fs;

use serde_json::{Value, json};

use super::{CHAT, LIVING, OTHER, board, change_line, checkpoint, checkpoint_of, engine, fill};
use super::{first_answer, forge, is_accepted};
use crate::library::{add, count, engine_with_checkpoints, verify};
use crate::support::{Data, in_group};

/// Where the log of [`with_damage`] ends for who reads it whole.
const READABLE: Option<u64> = Some(1);

/// A board whose log is damaged at line 3. Who reads the log sees that at once, who begins at the checkpoint does not.
fn with_damage() -> (Data, Vec<u8>) {
    let data = board();
    change_line(&data, 3);
    assert_eq!(first_answer(&data), LIVING, "the checkpoint is used");
    let content = fs::read(checkpoint(&data)).expect("a checkpoint");
    (data, content)
}

#[track_caller]
fn assert_ignored(data: &Data, content: &[u8], what: &str) {
    fs::write(checkpoint(data), content).expect("written");
    assert_eq!(first_answer(data), READABLE, "{what}");
}

#[test]
fn a_checkpoint_with_any_byte_changed_is_ignored() {
    let (data, content) = with_damage();
    for at in 0..content.len() {
        let mut changed = content.clone();
        changed[at] ^= 1 << (at % 8);
        assert_ignored(&data, &changed, &format!("byte {at}"));
    }
}

#[test]
fn a_checkpoint_cut_at_any_length_or_with_more_behind_it_is_ignored() {
    let (data, content) = with_damage();
    for len in 0..content.len() {
        assert_ignored(&data, &content[..len], &format!("{len} bytes"));
    }
    assert_ignored(&data, &[&content[..], b"\n"].concat(), "a newline more");
}

#[test]
fn a_checkpoint_that_says_another_place_event_log_format_or_program_is_ignored() {
    let (data, content) = with_damage();
    let first = content.split(|byte| *byte == b'\n').next();
    let header: Value = serde_json::from_slice(first.expect("a line")).expect("JSON");
    let before = header["offset"].as_u64().expect("a number") - 1;
    let other_hash = json!("a".repeat(64));
    for (key, other) in [
        ("checkpoint", json!(2)),
        ("program", json!("0.0.1")),
        ("origin", other_hash.clone()),
        ("seq", json!(5)),
        ("offset", json!(before)),
        ("head", other_hash.clone()),
    ] {
        fs::write(checkpoint(&data), &content).expect("written");
        let field = |value: &Value| format!("\"{key}\":{value}");
        forge(&data, &field(&header[key]), &field(&other));
        assert_eq!(first_answer(&data), READABLE, "{key}");
    }
}

#[test]
fn a_checkpoint_of_another_chat_is_ignored_and_claims_nothing() {
    let data = board();
    fill(&data, OTHER);
    fs::copy(checkpoint_of(&data, OTHER), checkpoint(&data)).expect("copied");
    super::keep_lines(&data, 4);
    data.delete_snapshots();
    let engine = engine(&data);
    assert_eq!(count(&engine, CHAT), Some(2));
    assert!(is_accepted(&engine, CHAT, 50, add("Goes on")));
    engine.close();
    assert!(verify(&data, CHAT).problem.is_none());
}

#[test]
fn a_checkpoint_behind_its_log_gives_the_board_of_today() {
    let data = board();
    let older = fs::read(checkpoint(&data)).expect("a checkpoint");
    let first = engine(&data);
    assert!(is_accepted(&first, CHAT, 50, add("Later")));
    first.close();
    fs::write(checkpoint(&data), older).expect("written");
    let second = engine(&data);
    assert_eq!(count(&second, CHAT), Some(3));
    assert!(is_accepted(&second, CHAT, 50, add("Later")), "told again");
    assert_eq!(count(&second, CHAT), Some(3));
    assert!(is_accepted(&second, CHAT, 51, add("Last")));
    second.close();
    data.run(&["replay", "--check"]).ok();
}

#[test]
fn a_log_that_is_not_long_is_verified_whole_and_gets_no_checkpoint() {
    let (data, _) = with_damage();
    let engine = engine_with_checkpoints(&data, 1 << 20);
    assert_eq!(count(&engine, CHAT), READABLE);
    engine.close();
    let data = Data::new();
    data.feed(&[in_group(1, CHAT, 1, "/add One")]).ok();
    assert!(!checkpoint(&data).exists());
}
