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
