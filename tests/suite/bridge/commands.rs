//! The command line, as people and programs see it.

use serde_json::{Value, json as value};

use super::{bridge, json, log, snapshot, two_bots};
use crate::support::Data;

#[test]
fn a_bot_is_set_up_command_by_command_and_each_says_what_it_did() {
    let data = Data::new();
    let said = |line: &str| bridge(&data, line).ok().stdout;
    assert_eq!(
        said("provider add --name Boards"),
        "Added provider 1 \"Boards\"\n"
    );
    let added = said("bot add --name One --token-env TOKEN_ONE");
    assert_eq!(added, "Added bot 1 \"One\"\n");
    said("config add --name Plain");
    let edited = said("config edit 1 --locale RU --limit write=30");
    assert_eq!(
        edited,
        "Edited config 1: locale \"en\" -> \"ru\"; rate_limits - -> write=30\n"
    );
    said("tracker add --name Main --provider 1 --config 1");
    assert_eq!(
        said("listener add --tracker 1 --bot 1"),
        "Added listener 1\n"
    );
    let off = said("tracker disable 1");
    assert_eq!(off, "Edited tracker 1: enabled true -> false\n");
    assert_eq!(
        said("tracker remove 1"),
        "Removed tracker 1 \"Main\" and its listeners\n"
    );
    assert_eq!(snapshot(&data)["command_tracker_listener"], value!([]));
}

#[test]
fn every_entity_is_listed_and_shown_to_people_and_to_programs() {
    let data = two_bots();
    let table = bridge(&data, "config list").ok().stdout;
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(
        lines[0].starts_with("id  name     provider_type  locale"),
        "{table}"
    );
    assert!(
        lines[2].starts_with("2   Русский  bounty         ru"),
        "{table}"
    );
    for entity in ["provider", "bot", "config", "tracker", "listener"] {
        let listed = json(&data, &format!("{entity} list"));
        assert_eq!(listed[0]["id"], 1, "{entity}");
        assert_eq!(json(&data, &format!("{entity} show 1")), listed[0]);
        let shown = bridge(&data, &format!("{entity} show 1")).ok().stdout;
        assert!(shown.contains("created_at"), "{shown}");
    }
    let limits = &json(&data, "config show 2")["rate_limits"];
    assert_eq!(limits, &value!({"write": 30}));
    let bot = json(&data, "bot show 2");
    assert_eq!(bot["bot_username"], "two_bot");
    let path = bot["token"]["file"].as_str().expect("a path");
    assert!(path.starts_with('/'), "the bot runs elsewhere: {path}");
}

#[test]
fn an_edit_records_only_what_it_names() {
    let data = two_bots();
    let done = json(&data, "config edit 2 --default-count 20");
    let expected = value!({"id": 2, "default_count": 20});
    assert_eq!(
        (&done["type"], &done["data"]),
        (&value!("CommandConfigEdited"), &expected)
    );
    let last: Value =
        serde_json::from_str(log(&data).lines().last().expect("a line")).expect("JSON");
    assert_eq!((&last["data"], &last["seq"]), (&expected, &done["seq"]));
    assert_eq!(last["cause"]["kind"], "cli");
    assert_eq!(last["actor"]["kind"], "operator");
}

#[test]
fn the_stream_begins_with_its_name_and_the_users_of_the_bridge() {
    let data = two_bots();
    let events: Vec<Value> = log(&data)
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let types: Vec<_> = events[..4]
        .iter()
        .map(|event| event["type"].as_str())
        .collect();
    let expected = [
        "BridgeOpened",
        "UserAdded",
        "UserAdded",
        "ServiceProviderAdded",
    ];
    assert_eq!(types, expected.map(Some));
    assert!(
        events[..3]
            .iter()
            .all(|event| event["actor"]["kind"] == "system")
    );
    let users = snapshot(&data)["user"].clone();
    assert_eq!((&users[0]["id"], &users[1]["id"]), (&value!(0), &value!(1)));
    assert_eq!(snapshot(&data)["service_provider"][0]["user_id"], 1);
}

#[test]
fn refusals_exit_1_change_nothing_and_say_what_to_do() {
    let data = two_bots();
    bridge(&data, "provider add --name Photos --type immich").ok();
    let before = log(&data);
    for (line, told) in [
        (
            "tracker add --name X --provider 2 --config 1",
            "is of type immich",
        ),
        ("tracker edit 1 --provider 2", "choose two of one type"),
        (
            "config add --name X --commands add,search",
            "its commands are add, bounty",
        ),
        ("listener add --tracker 1 --bot 1", "as listener 1"),
        ("config edit 1 --default-count 21", "takes 1 to 20"),
        ("config edit 1 --default-count -1", "takes 1 to 20"),
        ("config edit 1 --locale de", "takes en, ru"),
        ("config edit 1 --response-mode rich", "takes media, text"),
        (
            "config edit 1 --limit write=1.5",
            "no whole number of seconds",
        ),
        ("config edit 1 --limit all=1", "limits are for read, write"),
        ("config edit 1 --limit =1", "give it with --limit"),
        ("config edit 1 --commands /", "give it with --commands"),
        ("config edit 1 --locale=", "in \"\"; --locale takes"),
        (
            "bot edit 1 --update-mode webhook",
            "webhooks are not there yet",
        ),
        ("bot add --name X", "--token-env NAME"),
        ("config remove 1", "is needed by tracker 1 \"Main\""),
        (
            "provider remove 1",
            "tracker 1 \"Main\", tracker 2 \"Second\"",
        ),
        (
            "bot remove 1",
            "is needed by listener 1 (of tracker \"Main\")",
        ),
        ("bot remove 9", "`bounty bridge bot list`"),
        ("bot show 9", "`bounty bridge bot list`"),
        ("config edit 1 --name English", "nothing to change"),
        ("config edit 1", "`bounty bridge config edit --help`"),
        ("listener remove 9", "`bounty bridge listener list`"),
        ("provider edit 1 --config [1]", "takes a JSON object"),
    ] {
        let run = bridge(&data, line);
        assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{line}");
        let told = data.in_commands(told);
        assert!(run.stderr.contains(&told), "{line}: {}", run.stderr);
    }
    assert_eq!(log(&data), before);
}

#[test]
fn a_refused_first_command_makes_no_files() {
    let data = Data::new();
    let run = bridge(&data, "listener add --tracker 1 --bot 1");
    assert_eq!(run.code, Some(1));
    assert!(!data.path().exists());
    std::fs::create_dir(data.path()).expect("made");
    let run = bridge(&data, "bot list").ok();
    assert!(run.stdout.is_empty() && run.stderr.contains("no bot yet"));
    assert_eq!(json(&data, "bot list"), value!([]));
    assert!(!data.path().join("bridge").exists());
}

#[test]
fn check_says_which_bots_are_polled_what_answers_and_what_has_no_effect() {
    let data = two_bots();
    bridge(&data, "listener add --tracker 2 --bot 1").ok();
    for line in [
        "bot add --name Idle --token-env TOKEN_ONE",
        "provider add --name Photos",
        "config add --name Unused",
        "config add --name Empty --commands=",
    ] {
        bridge(&data, line).ok();
    }
    let report = json(&data, "check");
    let bots = report["bots"].as_array().expect("an array");
    let polled: Vec<_> = bots
        .iter()
        .map(|bot| bot["active_listeners"].as_u64())
        .collect();
    assert_eq!(polled, [Some(2), Some(1), Some(0)]);
    assert_eq!(bots[0]["commands"]["add"]["config"], 1);
    assert_eq!(
        bots[1]["commands"]["add"],
        value!({"config": 2, "tracker": 2, "provider": 1})
    );
    assert_eq!(bots[1]["commands"].get("delete"), None);

    bridge(&data, "tracker disable 1").ok();
    let report = json(&data, "check");
    assert_eq!(report["bots"][0]["commands"]["add"]["config"], 2);
    assert_eq!(report["bots"][0]["commands"].get("delete"), None);
    let told = bridge(&data, "check").ok().stdout;
    for line in [
        "bot 1 \"One\": polled, it listens for tracker 2 \"Second\"",
        "bot 3 \"Idle\": not polled, it listens for no enabled tracker",
        "its token is in the variable TOKEN_ONE, which is not set here",
        "no effect: tracker 1 \"Main\" is disabled; `bounty bridge tracker enable 1`",
        "bot 1 \"One\" and bot 3 \"Idle\" have the same token",
        "no effect: provider 2 \"Photos\" has no tracker; `bounty bridge tracker add",
        "no effect: config 3 \"Unused\" has no tracker; `bounty bridge tracker add",
        "no effect: config 4 \"Empty\" enables no command; `bounty bridge config edit 4",
    ] {
        let line = data.in_commands(line);
        assert!(told.contains(&line), "{line}\n{told}");
    }
}

#[test]
fn the_audit_tells_who_changed_which_setting_from_what_to_what() {
    let data = two_bots();
    bridge(&data, "config edit 1 --locale ru").ok();
    let told = data
        .run(&["audit", "--bridge", "--type", "CommandConfigEdited"])
        .ok();
    assert!(told.stdout.contains("config 1"), "{}", told.stdout);
    assert!(told.stdout.contains("operator "), "{}", told.stdout);
    assert!(
        told.stdout.ends_with("locale \"en\" -> \"ru\"\n"),
        "{}",
        told.stdout
    );
    let events = data
        .run(&["audit", "--bridge", "--format", "json"])
        .ok()
        .lines_json();
    assert_eq!(events.len(), log(&data).lines().count());
    assert_eq!(events[0]["chat"], "bridge");
    let csv = data
        .run(&["audit", "--bridge", "--format", "csv"])
        .ok()
        .stdout;
    assert!(
        csv.ends_with(",CommandConfigEdited,command_config,1,locale,en,ru\n"),
        "{csv}"
    );
    let unknown = data.run(&["audit", "--bridge", "--type", "BountyAdded"]);
    assert_eq!(unknown.code, Some(2));
    assert!(unknown.stderr.contains("CommandTrackerListenerAdded"));
    // Whoever changes the bridge has no Telegram id.
    let by_user = data.run(&["audit", "--bridge", "--user", "1"]);
    assert_eq!(by_user.code, Some(2));
}

#[test]
fn what_has_no_switch_says_what_has_one() {
    let data = Data::new();
    for (line, instead) in [
        ("listener disable 1", "bounty bridge tracker disable ID"),
        ("listener edit 1 --bot 2", "bounty bridge listener add"),
        ("bot enable 1", "bounty bridge tracker enable ID"),
        ("config disable", "bounty bridge tracker disable ID"),
        ("provider disable 1", "bounty bridge notifier disable ID"),
        ("target disable 1", "bounty bridge link disable ID"),
    ] {
        let run = bridge(&data, line);
        assert_eq!(run.code, Some(2), "{line}");
        assert!(run.stderr.contains(instead), "{line}: {}", run.stderr);
        let (entity, _) = line.split_once(' ').expect("two words");
        let help = bridge(&data, &format!("{entity} --help")).ok().stdout;
        assert!(
            !help.contains("  enable") && !help.contains("  disable"),
            "{help}"
        );
    }
}
