//! `bounty shell`: the board in a terminal, through a pipe.

use crate::support::Data;

#[test]
fn a_dm_with_user_1_is_the_default() {
    let data = Data::new();
    let run = data
        .shell(&[], "/start\n/add Fix login bug\n/bounty\n")
        .ok();
    assert!(
        run.stdout.contains("Added #1\nFix login bug"),
        "{}",
        run.stdout
    );
    assert_eq!(
        data.json(1, "user.json")["bounties"][0]["text"],
        "Fix login bug"
    );
    assert_eq!(data.events(1)[2]["cause"]["kind"], "shell");
}

#[test]
fn exit_ends_it_from_a_pipe_as_in_a_terminal() {
    let data = Data::new();
    let run = data.shell(&[], "/add One\nexit\n/add Two\n").ok();
    assert!(run.stdout.starts_with("Added #1\nOne"), "{}", run.stdout);
    assert!(!run.stdout.contains("Two"), "{}", run.stdout);
}

#[test]
fn in_a_group_only_the_creator_and_the_operator_change_a_bounty() {
    let data = Data::new();
    data.shell(
        &["--chat", "-5", "--user", "7", "--name", "Ada L."],
        "/add Fix login bug\n",
    )
    .ok();
    let other = data
        .shell(
            &["--chat", "-5", "--user", "8", "--name", "Bob"],
            "/delete 1\n/edit 1 x\n/track 1\n",
        )
        .ok();
    assert_eq!(
        other.stdout.matches("Ada L.").count(),
        2,
        "{}",
        other.stdout
    );
    data.shell(
        &["--chat", "-5", "--operator"],
        "/edit 1 Better text\n/add no\n",
    )
    .ok();
    let history = data.run(&["history", "-5", "1"]).ok();
    assert!(history.stdout.contains("operator"), "{}", history.stdout);
    assert_eq!(
        data.events(-5)
            .last()
            .map(|event| event["actor"]["kind"].clone()),
        Some("operator".into())
    );
    assert_eq!(
        data.json(-5, "group.json")["bounties"][0]["text"],
        "Better text"
    );
    assert_eq!(data.json(-5, "8.json")["tracked"], serde_json::json!([1]));
}

#[test]
fn wrong_usage_is_exit_2_and_says_what_to_write() {
    let data = Data::new();
    for args in [
        &["--chat", "5", "--user", "7"][..],
        &["--user", "-7"],
        &["--chat", "0"],
        &["--operator", "--name", "x"],
    ] {
        let run = data.shell(args, "");
        assert_eq!(run.code, Some(2), "{args:?}: {}", run.stderr);
        assert!(!run.stderr.is_empty());
    }
    assert_eq!(data.run(&["no-such-command"]).code, Some(2));
}

#[test]
fn what_cannot_be_read_on_the_command_line_is_told_with_what_to_write() {
    let data = Data::new();
    data.shell(&[], "/add One\n").ok();
    let none = "0".repeat(64);
    let wrong_head = format!("0:1{}", &none[1..]);
    for (args, words) in [
        (&["shell", "--chat", "0"][..], "--chat 0 is no chat"),
        (&["audit", "--user", "abc"], "write a Telegram id"),
        (&["audit", "--bounty", "one"], "like 12 or #12"),
        (&["history", "1", "one"], "like 12 or #12"),
        (&["show", "1", "--tz", "Berlin"], "such as Europe/Berlin"),
        (
            &["verify", "1", "--expect", &wrong_head],
            "no event has the seq 0",
        ),
    ] {
        let run = data.run(args);
        assert_eq!(run.code, Some(2), "{args:?}: {}", run.stderr);
        assert!(run.stderr.contains(words), "{args:?}: {}", run.stderr);
    }
    data.run(&["audit", "--bounty", "#1"]).ok();
    data.run(&["history", "1", "#1"]).ok();
    data.run(&["verify", "1", "--expect", &format!("0:{none}")])
        .ok();
}

#[test]
fn a_file_where_output_should_go_is_told_of_without_blaming_the_data() {
    let data = Data::new();
    data.shell(&[], "/add One\n").ok();
    let file = data.path().with_file_name("file");
    std::fs::write(&file, "in the way").expect("written");
    let file = file.to_str().expect("UTF-8");
    for args in [&["replay", "--out", file][..], &["backup", file]] {
        let run = data.run(args);
        assert_eq!(run.code, Some(1), "{args:?}");
        let said = run.stdout + &run.stderr;
        assert!(
            said.contains(file) && said.contains("where the output goes"),
            "{args:?}: {said}"
        );
    }
}
