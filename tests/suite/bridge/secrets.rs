//! No token in any form, in any file or message.

use std::fs;
use std::path::Path;

use super::{bridge, two_bots};
use crate::support::{Data, Run};

const KEY: &str = "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";

fn token() -> String {
    format!("7001:{KEY}")
}

/// Every byte that is in files below this directory.
fn bytes_below(dir: &Path) -> Vec<u8> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        found.extend(entry.file_name().into_encoded_bytes());
        if entry.path().is_dir() {
            found.extend(bytes_below(&entry.path()));
        } else {
            found.extend(fs::read(entry.path()).expect("readable"));
        }
    }
    found
}

fn has(text: &[u8], secret: &str) -> bool {
    text.windows(secret.len())
        .any(|part| part == secret.as_bytes())
}

/// The forms in which a token could be written.
fn forms() -> [String; 3] {
    let token = token();
    [
        KEY.to_owned(),
        token.replace(':', "%3A"),
        KEY.to_lowercase(),
    ]
}

fn is_silent(data: &Data, run: &Run, line: &[&str]) {
    for form in forms() {
        assert!(
            !has(run.stdout.as_bytes(), &form),
            "{line:?}: {}",
            run.stdout
        );
        assert!(
            !has(run.stderr.as_bytes(), &form),
            "{line:?}: {}",
            run.stderr
        );
        assert!(!has(&bytes_below(&data.path()), &form), "{line:?}");
    }
}

#[test]
fn a_token_typed_anywhere_is_refused_and_never_repeated() {
    let data = two_bots();
    let token = token();
    let (with_equals, url) = (
        format!("--token={token}"),
        format!("https://e.com/bot{token}/getMe"),
    );
    let config = format!("{{\"note\": \"{token}\"}}");
    let broken = format!("{{\"note\": {token}");
    let key = format!("{{\"api_key\": \"{KEY}\"}}");
    let limit = format!("{token}=1");
    let hook = &["target", "add", "--type", "webhook", "--name", "x"][..];
    let lines: [&[&str]; 27] = [
        &["bot", "add", "--name", "x", "--token", &token],
        &["bot", "add", "--name", "x", &with_equals],
        &["bot", "add", "--name", "x", &token],
        &["bot", "add", "--name", "x", "--token-env", &token],
        &["bot", "add", "--name", "x", "--token-file", &token],
        &["bot", "add", "--name", &token, "--token-env", "A"],
        &["bot", "edit", "1", "--icon", &token],
        &["bot", "edit", "1", "--username", &token],
        &["bot", "edit", "1", "--update-mode", &token],
        &["bot", "edit", &token, "--name", "x"],
        &["bot", "remove", &token],
        &["provider", "add", "--name", "x", "--config", &config],
        &["provider", "add", "--name", "x", "--config", &broken],
        &["provider", "add", "--name", "x", "--config", &key],
        &["provider", "add", "--name", "x", "--type", &token],
        &["provider", "add", "--name", &url],
        &["config", "edit", "1", "--commands", &token],
        &["config", "edit", "1", "--locale", &token],
        &["config", "edit", "1", "--limit", &limit],
        &[hook, &["--url", &url, "--key-env", "A"]].concat(),
        &[hook, &["--url-env", &token, "--key-env", "A"]].concat(),
        &[hook, &["--url", "https://e.com", "--key", &token]].concat(),
        &[hook, &["--url", "https://e.com", "--key-file", &token]].concat(),
        &[
            "notifier",
            "add",
            "--name",
            "x",
            "--provider",
            "1",
            "--collections",
            &token,
        ],
        &[
            "notifier",
            "add",
            "--name",
            "x",
            "--provider",
            "1",
            "--collections",
            "1",
            "--events",
            &token,
        ],
        &[
            "link",
            "add",
            "--notifier",
            "1",
            "--target",
            "1",
            "--quiet-zone",
            &token,
        ],
        &[&token],
    ];
    for line in lines {
        let args = [&["bridge"], line].concat();
        let run = data.run(&args);
        assert!(matches!(run.code, Some(1 | 2)), "{line:?}: {run:?}");
        assert!(!run.stderr.is_empty(), "{line:?}");
        is_silent(&data, &run, line);
    }
}

#[test]
fn what_a_reference_leads_to_is_not_written_either() {
    let data = two_bots();
    let secret = data.path().with_file_name("one.token");
    fs::write(&secret, token()).expect("written");
    let file = secret.to_str().expect("UTF-8");
    bridge(&data, &format!("bot edit 1 --token-file {file}")).ok();
    let lines: [&[&str]; 6] = [
        &["bridge", "check"],
        &["bridge", "bot", "show", "1", "--format", "json"],
        &["bridge", "bot", "list"],
        &["audit", "--bridge"],
        &["verify"],
        &["replay", "--check"],
    ];
    for line in lines {
        let mut command = data.bounty(line);
        let output = command.env("TOKEN_ONE", token()).output().expect("runs");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        let run = Run {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        };
        is_silent(&data, &run.ok(), line);
    }
}

#[test]
fn the_refusal_of_a_token_explains_references() {
    let data = Data::new();
    let run = bridge(&data, &format!("bot add --name x --token {}", token()));
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr.contains("--token-env NAME or --token-file PATH"),
        "{}",
        run.stderr
    );
}
