//! Targets, notifiers and links on the command line.

use serde_json::{Value, json as value};

use super::{bridge, json, log, snapshot, two_bots};
use crate::support::Data;

/// Two bots, target 1 (chat -300 by bot 1), target 2 (a web hook), notifier 1 (of chats -100 and -200), links 1 and 2.
pub fn notified() -> Data {
    let data = two_bots();
    for line in [
        "target add --name Team --bot 1 --chat -300 --topic 7 --chat-action typing",
        "target add --name Hook --type webhook --url https://example.com/in --key-env HOOK_KEY",
        "notifier add --name News --provider 1 --collections -200,-100",
        "link add --notifier 1 --target 1",
        "link add --notifier 1 --target 2 --quiet-hours 22:00-08:00 --quiet-zone Europe/Berlin",
    ] {
        bridge(&data, line).ok();
    }
    data
}

#[test]
fn notifications_are_set_up_command_by_command_and_each_says_what_it_did() {
    let data = notified();
    let said = |line: &str| bridge(&data, line).ok().stdout;
    assert_eq!(
        said("target add --name B --bot 2 --chat 7"),
        "Added target 3 \"B\"\n"
    );
    assert_eq!(said("link add --notifier 1 --target 3"), "Added link 3\n");
    let edited = said("notifier edit 1 --collections * --events added,overdue --locale ru");
    let expected = "Edited notifier 1: collection_ids -200,-100 -> *; event_types \
        added,edited,deleted,tracked,untracked -> added,overdue; locale \"en\" -> \"ru\"\n";
    assert_eq!(edited, expected);
    let edited = said("target edit 1 --topic none --chat-action none");
    let expected = "Edited target 1: chat_action \"typing\" -> -; config bot_id=1 chat_id=-300 \
        topic_id=7 -> bot_id=1 chat_id=-300 topic_id=-\n";
    assert_eq!(edited, expected);
    let off = said("link disable 1");
    assert_eq!(off, "Edited link 1: enabled true -> false\n");
    let quiet = said("link edit 2 --quiet-hours none");
    let expected =
        "Edited link 2: quiet_hours_end \"08:00\" -> -; quiet_hours_start \"22:00\" -> -\n";
    assert_eq!(quiet, expected);
    let removed = said("notifier remove 1");
    assert_eq!(removed, "Removed notifier 1 \"News\" and its links\n");
    assert_eq!(snapshot(&data)["notification_tracker_target"], value!([]));
    assert_eq!(said("target remove 3"), "Removed target 3 \"B\"\n");
}

#[test]
fn the_entities_are_listed_and_shown_to_people_and_to_programs() {
    let data = notified();
    let table = bridge(&data, "target list").ok().stdout;
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 3, "{table}");
    assert!(lines[1].starts_with("1   Team  telegram  bot_id=1 chat_id=-300 topic_id=7 "));
    assert!(lines[1].ends_with(" typing"), "{table}");
    for entity in ["target", "notifier", "link"] {
        let listed = json(&data, &format!("{entity} list"));
        assert_eq!(listed[0]["id"], 1, "{entity}");
        assert_eq!(json(&data, &format!("{entity} show 1")), listed[0]);
    }
    let hook = json(&data, "target show 2");
    assert_eq!(hook["config"]["key"], value!({"env": "HOOK_KEY"}));
    let notifier = json(&data, "notifier show 1");
    assert_eq!(notifier["collection_ids"], value!([-200, -100]));
    assert_eq!(
        json(&data, "link show 2")["quiet_hours_zone"],
        "Europe/Berlin"
    );
}

#[test]
fn the_names_that_the_entities_had_elsewhere_are_understood() {
    let data = notified();
    for (old, new) in [
        ("notification-target", "target"),
        ("notification-tracker", "notifier"),
        ("notification-tracker-target", "link"),
        ("tracker-target", "link"),
        ("service-provider", "provider"),
        ("telegram-bot", "bot"),
        ("command-config", "config"),
        ("command-tracker", "tracker"),
        ("command-tracker-listener", "listener"),
    ] {
        let [old, new] = [old, new].map(|word| json(&data, &format!("{word} list")));
        assert_eq!(old, new);
        assert_ne!(new, value!([]));
    }
}

#[test]
fn refusals_exit_1_change_nothing_and_say_what_to_do() {
    let data = notified();
    let before = log(&data);
    for (line, told) in [
        (
            "target edit 1 --chat-action dancing",
            "it takes typing, upload_photo, record_video",
        ),
        (
            "target edit 2 --chat-action typing",
            "nothing that a target of type webhook has",
        ),
        (
            "target edit 2 --url https://ada:pw@example.com/",
            "--url-env NAME or --url-file PATH",
        ),
        (
            "target edit 2 --url https://example.com/?token=x",
            "--url-env NAME",
        ),
        (
            "target edit 2 --url ftp://example.com/",
            "takes an http or https address",
        ),
        (
            "target edit 2 --key hunter2hunter2",
            "--key-env NAME or --key-file PATH",
        ),
        ("target edit 2 --timeout 0", "it takes 1 to 60"),
        (
            "target add --name X --type webhook --url https://e.com",
            "--key-env NAME",
        ),
        (
            "target add --name X --bot 1",
            "the chat is missing; give it with --chat",
        ),
        (
            "target add --name X --chat 5",
            "the bot is missing; give it with --bot",
        ),
        (
            "target add --name X --bot 9 --chat 5",
            "`bounty bridge bot list`",
        ),
        (
            "target remove 1",
            "is needed by link 1 (of notifier \"News\")",
        ),
        ("bot remove 1", "target 1 \"Team\""),
        ("provider remove 1", "notifier 1 \"News\""),
        (
            "notifier add --name X --provider 1",
            "every group with \"*\"",
        ),
        ("notifier edit 1 --collections album", "album is no board"),
        (
            "notifier edit 1 --events moved",
            "it takes added, edited, deleted",
        ),
        ("notifier edit 1 --scan-interval -5", "it takes 1 to 86400"),
        ("notifier edit 1 --locale de", "takes en, ru"),
        (
            "link add --notifier 1 --target 1",
            "tells target 1 \"Team\" already, by link 1",
        ),
        ("link edit 1 --quiet-hours 25:00-08:00", "like 22:00-08:00"),
        ("link edit 1 --quiet-zone Mars", "Europe/Berlin"),
        ("link show 9", "`bounty bridge link list`"),
        ("link enable 1", "nothing to change"),
    ] {
        let run = bridge(&data, line);
        assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{line}");
        let told = data.in_commands(told);
        assert!(run.stderr.contains(&told), "{line}: {}", run.stderr);
    }
    for line in [
        "link edit 1 --quiet-hours 22:00",
        "target edit 1 --topic first",
    ] {
        assert_eq!(bridge(&data, line).code, Some(2), "{line}");
    }
    assert_eq!(log(&data), before);
}

#[test]
fn the_audit_tells_who_linked_a_board_to_another_chat() {
    let data = notified();
    let told = data.run(&[
        "audit",
        "--bridge",
        "--type",
        "NotificationTrackerTargetAdded",
    ]);
    let told = told.ok().stdout;
    let line = told.lines().next().expect("a line");
    assert!(
        line.contains("link 1") && line.contains("operator "),
        "{line}"
    );
    assert!(
        line.ends_with("notification_tracker_id 1; quiet_hours_zone \"UTC\"; target_id 1"),
        "{line}"
    );
}

#[test]
fn check_says_who_is_told_what_and_what_is_missing_for_it() {
    let data = notified();
    for line in [
        "target add --name Idle --type webhook --url-env HOOK_URL --key-file missing.key",
        "target add --name Room --type matrix",
        "notifier add --name Off --provider 1 --collections 5 --disabled",
        "notifier add --name Alone --provider 1 --collections *",
        "link disable 2",
    ] {
        bridge(&data, line).ok();
    }
    let told = bridge(&data, "check").ok().stdout;
    for line in [
        "notifier 1 \"News\": follows -200, -100; tells added, edited, deleted, tracked, untracked\n",
        "  target 1 \"Team\"  chat -300 topic 7 by bot 1\n",
        "notifier 2 \"Off\": is off, it would follow 5;",
        "target 1 \"Team\": its bot's token is in the variable TOKEN_ONE, which is not set here",
        "target 2 \"Hook\": its key is in the variable HOOK_KEY, which is not set here",
        "target 3 \"Idle\": its address is in the variable HOOK_URL, which is not set here",
        "target 3 \"Idle\": its key is in the file ",
        "no effect: target 3 \"Idle\" is told nothing; `bounty bridge link add --target 3",
        "no effect: target 4 \"Room\" is of type matrix, which this program keeps but does not serve",
        "no effect: notifier 2 \"Off\" is disabled; `bounty bridge notifier enable 2`",
        "no effect: notifier 3 \"Alone\" tells nobody; `bounty bridge link add --notifier 3",
        "no effect: link 2 (of notifier \"News\") is disabled; `bounty bridge link enable 2`",
    ] {
        let line = data.in_commands(line);
        assert!(told.contains(&line), "{line}\n{told}");
    }
    let report = json(&data, "check");
    let news = &report["notifiers"][0];
    assert_eq!(
        (&news["follows"], &news["targets"][0]["link"]),
        (&value!([-200, -100]), &value!(1))
    );
    assert_eq!(news["targets"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_bot_that_only_writes_has_an_effect() {
    let data = two_bots();
    bridge(&data, "bot add --name Writer --token-env W").ok();
    let unheard = "bot 3 \"Writer\" listens for nothing";
    assert!(bridge(&data, "check").ok().stdout.contains(unheard));
    bridge(&data, "target add --name T --bot 3 --chat -1").ok();
    assert!(!bridge(&data, "check").ok().stdout.contains(unheard));
}

#[test]
fn a_bridge_with_notifications_is_verified_replayed_and_read_again() {
    let data = notified();
    bridge(&data, "notifier remove 1").ok();
    data.run(&["verify"]).ok();
    data.run(&["replay", "--check"]).ok();
    let file = snapshot(&data);
    assert_eq!(file["next_id"]["notification_tracker"], 2);
    let names: Vec<&Value> = file["notification_target"]
        .as_array()
        .into_iter()
        .flatten()
        .collect();
    assert_eq!(names.len(), 2);
}
