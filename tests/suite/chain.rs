//! The hash chain, checked by a verifier that knows the format's description and nothing of the crate.

use sha2::{Digest, Sha256};

use crate::support::{Data, in_group};

/// Checks a log as its description says: returns how many lines it has, or which one does not fit.
fn verify(log: &[u8]) -> Result<u64, u64> {
    let mut previous = "0".repeat(64);
    let (mut line_number, mut rest) = (0, log);
    while !rest.is_empty() {
        line_number += 1;
        let end = rest
            .iter()
            .position(|byte| *byte == 0x0a)
            .ok_or(line_number)?;
        let (line, tail) = (&rest[..end], &rest[end + 1..]);
        let seal = line.len().checked_sub(75).ok_or(line_number)?;
        let (body, seal) = line.split_at(seal);
        let seal = std::str::from_utf8(seal).map_err(|_| line_number)?;
        let hash = seal
            .strip_prefix(",\"hash\":\"")
            .and_then(|seal| seal.strip_suffix("\"}"))
            .ok_or(line_number)?;
        let mut hasher = Sha256::new();
        hasher.update(previous.as_bytes());
        hasher.update(body);
        let expected: String = hasher
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        if hash != expected || body.first() != Some(&b'{') {
            return Err(line_number);
        }
        previous = expected;
        rest = tail;
    }
    Ok(line_number)
}

#[test]
fn a_verifier_written_from_the_description_agrees_with_the_program() {
    let data = Data::new();
    let updates: Vec<_> = (1..=30)
        .map(|n| in_group(n, -100, n % 3 + 1, &format!("/add Bounty {n} — ёж <&>")))
        .collect();
    data.feed(&updates).ok();
    let log = data.log_bytes(-100);
    assert_eq!(verify(&log), Ok(31), "BoardOpened and thirty more");
    data.run(&["verify"]).ok();

    for position in (0..log.len()).step_by(97) {
        let mut changed = log.clone();
        changed[position] ^= 0x04;
        let line = log[..position]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count() as u64
            + 1;
        std::fs::write(data.log(-100), &changed).expect("written");
        let run = data.run(&["verify", "--format", "json"]);
        let report: serde_json::Value = serde_json::from_str(&run.stdout).expect("JSON");
        let problem = report[0]["problem"].as_str().expect("a problem");
        assert_eq!(run.code, Some(1));
        assert!(
            problem.contains(&format!("line {line} ")),
            "byte {position}, line {line}: {problem}"
        );
        assert_eq!(verify(&changed), Err(line), "byte {position}");
    }
}

#[test]
fn keys_stand_in_the_order_of_the_format_and_the_first_event_names_the_chat() {
    let data = Data::new();
    data.feed(&[in_group(
        1,
        -100,
        456,
        "/add Fix login bug https://e.com/1 2031-01-31",
    )])
    .ok();
    let log = String::from_utf8(data.log_bytes(-100)).expect("UTF-8");
    let lines: Vec<&str> = log.lines().collect();
    let keys = [
        "seq", "id", "time", "actor", "cause", "type", "v", "data", "hash",
    ];
    for line in &lines {
        let places: Vec<_> = keys
            .iter()
            .map(|key| line.find(&format!("\"{key}\":")).expect("the key"))
            .collect();
        assert!(places.is_sorted(), "{line}");
    }
    assert!(lines[0].contains(r#""actor":{"kind":"system"},"cause":{"kind":"system"},"type":"BoardOpened","v":1,"data":{"chat_id":-100,"kind":"group","title":"Group -100"}"#));
    assert!(lines[1].contains(r#""actor":{"kind":"user","id":456,"name":"User 456"},"cause":{"kind":"feed","bot":7001,"update":1,"message":1,"date":1735603200},"type":"BountyAdded","v":1,"data":{"id":1,"text":"Fix login bug","link":"https://e.com/1","due_date_ts":1927670340,"created_at":1735603200}"#));
    assert!(lines[1].starts_with(r#"{"seq":2,"id":""#));
}
