//! A chat's own language and time zone: events of its own stream, which every reply follows.

use std::fs;

use serde_json::{Value, json};

use crate::support::{DATE, Data, in_dm, in_group};

const GROUP: i64 = -100;

/// The sender's Telegram has this language.
fn speaking(mut update: Value, language: &str) -> Value {
    update["message"]["from"]["language_code"] = language.into();
    update
}

fn feed(data: &Data, updates: &[Value]) -> Vec<String> {
    data.feed(updates).ok().texts()
}

fn last(data: &Data, update: Value) -> String {
    feed(data, &[update]).pop().expect("an answer")
}

#[track_caller]
fn assert_russian(text: &str) {
    assert!(text.contains(|c: char| ('а'..='я').contains(&c)), "{text}");
}

#[track_caller]
fn assert_english(text: &str) {
    assert!(!text.contains(|c: char| ('а'..='я').contains(&c)), "{text}");
}

#[test]
fn the_chats_choice_comes_before_the_users_language_which_counts_in_a_dm_alone() {
    let data = Data::new();
    assert_russian(&last(&data, speaking(in_dm(1, 7, "/help"), "ru")));
    assert_english(&last(&data, speaking(in_dm(2, 7, "/help"), "de")));
    assert_english(&last(&data, speaking(in_group(3, GROUP, 7, "/help"), "ru")));
    assert!(!data.log(7).exists() && !data.log(GROUP).exists());
    let chosen = last(&data, speaking(in_dm(4, 7, "/language en"), "ru"));
    assert!(chosen.contains("English"), "{chosen}");
    assert_english(&last(&data, speaking(in_dm(5, 7, "/bounty"), "ru")));
    assert_russian(&last(&data, in_group(6, GROUP, 8, "/language Русский")));
    assert_eq!(data.events(GROUP)[1]["data"], json!({"language": "ru"}));
    assert_eq!(data.events(GROUP)[1]["actor"]["id"], 8);
}

#[test]
fn every_kind_of_reply_follows_the_chats_language() {
    let data = Data::new();
    feed(&data, &[in_group(1, GROUP, 1, "/language ru")]);
    let edited = json!({"update_id": 90, "edited_message": {
        "message_id": 90, "date": DATE, "edit_date": DATE, "text": "/delete 3",
        "chat": {"id": GROUP, "type": "supergroup", "title": "G"},
        "from": {"id": 1, "is_bot": false, "first_name": "Ada", "language_code": "en"},
    }});
    let button = json!({"update_id": 91, "callback_query": {
        "id": "1", "chat_instance": "1", "data": "v0",
        "from": {"id": 1, "is_bot": false, "first_name": "Ada", "language_code": "en"},
        "message": {"message_id": 5, "date": DATE, "chat": {"id": GROUP, "type": "supergroup", "title": "G"}},
    }});
    let updates = [
        in_group(2, GROUP, 1, "/add Вход завтра"),
        in_group(3, GROUP, 1, "/bounty"),
        in_group(4, GROUP, 1, "/history 1"),
        in_group(5, GROUP, 1, "/delete 9"),
        in_group(6, GROUP, 1, "/delete"),
        in_group(7, GROUP, 1, "/unknown@bounty_bot"),
        in_group(8, GROUP, 1, "/help"),
        in_group(9, GROUP, 1, "/start"),
        edited,
        button,
    ];
    let texts = feed(&data, &updates);
    assert_eq!(texts.len(), updates.len());
    texts.iter().for_each(|text| assert_russian(text));
    assert!(texts[1].starts_with("1 задача"), "{}", texts[1]);
    assert!(
        texts[0].contains("срок: ср, 1 января 2025, 23:59 UTC (завтра)"),
        "{}",
        texts[0]
    );
    let shell = data.shell(&["--chat", "-100"], "/bounty\n/delete\n").ok();
    assert!(shell.stdout.contains("1 задача"), "{}", shell.stdout);
    assert!(shell.stdout.contains("Укажите номер"), "{}", shell.stdout);
}

#[test]
fn due_dates_are_read_and_shown_in_the_chats_zone() {
    let data = Data::new();
    let shown = last(&data, in_group(1, GROUP, 1, "/timezone Нью-Йорк"));
    assert!(shown.contains("America/New_York"), "{shown}");
    assert!(
        shown.contains("30 Dec 2024 19:00"),
        "the time there: {shown}"
    );
    let added = last(
        &data,
        in_group(2, GROUP, 1, "/add Call home tomorrow 18:00"),
    );
    // Seen from New York it is still the 30th.
    let due = "due Tue 31 Dec 2024 18:00 America/New_York (in 23 hours)";
    assert!(added.contains(due), "{added}");
    assert!(!added.contains("No time zone"), "{added}");
    assert_eq!(data.events(GROUP)[2]["data"]["due_date_ts"], 1_735_686_000);
    let listed = last(&data, in_group(3, GROUP, 1, "/bounty"));
    assert!(listed.contains("31 Dec 2024 18:00"), "{listed}");
    assert!(listed.contains("times in America/New_York"), "{listed}");
    let changed = last(&data, in_group(4, GROUP, 1, "/timezone UTC+3"));
    assert!(changed.contains("UTC+3"), "{changed}");
    let listed = last(&data, in_group(5, GROUP, 1, "/bounty"));
    assert!(
        listed.contains("1 Jan 2025 02:00"),
        "the same moment: {listed}"
    );
}

#[test]
fn the_zone_of_the_first_due_date_is_told_once_with_how_to_change_it() {
    let data = Data::new();
    let first = speaking(in_group(2, GROUP, 1, "/add Two tomorrow"), "ru");
    let texts = feed(
        &data,
        &[
            in_group(1, GROUP, 1, "/add One"),
            first.clone(),
            in_group(3, GROUP, 1, "/edit 1 tomorrow"),
        ],
    );
    let is_told = |text: &String| text.contains("No time zone was chosen");
    assert_eq!(
        texts.iter().map(is_told).collect::<Vec<_>>(),
        [false, true, false]
    );
    assert!(texts[1].contains("read in UTC"), "{}", texts[1]);
    assert!(texts[1].contains("/timezone Europe/Moscow"), "{}", texts[1]);
    assert_eq!(
        last(&data, first.clone()),
        texts[1],
        "the same update again"
    );
    let types: Vec<Value> = data
        .events(GROUP)
        .iter()
        .map(|event| event["type"].clone())
        .collect();
    assert_eq!(
        types,
        ["BoardOpened", "BountyAdded", "BountyAdded", "BountyEdited"],
        "an offer, no choice"
    );
    feed(&data, &[in_group(5, GROUP, 1, "/timezone Moscow")]);
    assert!(!is_told(&last(&data, first)), "it was chosen since");
}

#[test]
fn what_is_shown_or_chosen_before_is_no_event() {
    let data = Data::new();
    feed(
        &data,
        &[
            in_group(1, GROUP, 1, "/language"),
            in_group(2, GROUP, 1, "/timezone --text"),
        ],
    );
    assert!(!data.chat(GROUP).exists(), "reading makes nothing");
    feed(&data, &[in_group(3, GROUP, 1, "/timezone Paris")]);
    let log = data.log_bytes(GROUP);
    let texts = feed(
        &data,
        &[
            in_group(4, GROUP, 1, "/timezone Europe/Paris"),
            in_group(5, GROUP, 1, "/timezone"),
            in_group(6, GROUP, 1, "/timezone Nowhere"),
            in_group(7, GROUP, 1, "/language Klingon"),
        ],
    );
    assert!(
        texts[..2].iter().all(|text| text.contains("Europe/Paris")),
        "{texts:?}"
    );
    assert!(
        texts[2].contains("“Nowhere”") && texts[3].contains("“Klingon”"),
        "{texts:?}"
    );
    assert_eq!(data.log_bytes(GROUP), log);
}

#[test]
fn settings_are_in_snapshots_when_they_are_set_and_replayed_byte_for_byte() {
    let data = Data::new();
    feed(
        &data,
        &[in_group(1, GROUP, 1, "/add One"), in_dm(2, 7, "/add One")],
    );
    for file in [data.json(GROUP, "group.json"), data.json(7, "user.json")] {
        let file = file.as_object().expect("an object").clone();
        assert!(!file.contains_key("language") && !file.contains_key("timezone"));
    }
    feed(
        &data,
        &[
            in_group(3, GROUP, 1, "/language ru"),
            in_group(4, GROUP, 1, "/timezone Omsk"),
        ],
    );
    let group = data.json(GROUP, "group.json");
    assert_eq!(
        (&group["language"], &group["timezone"]),
        (&json!("ru"), &json!("Asia/Omsk"))
    );
    let written = data.snapshots();
    data.delete_snapshots();
    data.run(&["replay"]).ok();
    assert_eq!(data.snapshots(), written);
    data.run(&["replay", "--check"]).ok();
}

#[test]
fn an_audit_shows_who_chose_what_from_old_to_new() {
    let data = Data::new();
    feed(
        &data,
        &[
            in_group(1, GROUP, 7, "/language ru"),
            in_group(2, GROUP, 8, "/language en"),
            in_group(3, GROUP, 8, "/timezone Berlin"),
        ],
    );
    let table = data.run(&["audit"]).ok().stdout;
    let lines: Vec<&str> = table.lines().collect();
    assert!(
        lines[1].contains("User 7") && lines[1].ends_with("language - -> ru"),
        "{table}"
    );
    assert!(
        lines[2].contains("User 8") && lines[2].ends_with("language ru -> en"),
        "{table}"
    );
    assert!(lines[3].ends_with("timezone - -> Europe/Berlin"), "{table}");
    let csv = data
        .run(&["audit", "--format", "csv", "--type", "LanguageChosen"])
        .ok()
        .stdout;
    assert!(
        csv.lines()
            .next()
            .is_some_and(|head| head.ends_with(",setting,setting_old,setting_new"))
    );
    assert!(
        csv.lines()
            .nth(2)
            .is_some_and(|row| row.ends_with(",language,ru,en")),
        "{csv}"
    );
}

#[test]
fn a_group_keeps_its_settings_under_its_new_id_and_takes_over_what_it_had_not_chosen() {
    let (old, new) = (-555, -100_555);
    let data = Data::new();
    feed(
        &data,
        &[
            in_group(1, old, 1, "/language ru"),
            in_group(2, new, 1, "/language en"),
            in_group(3, new, 2, "/timezone Berlin"),
        ],
    );
    let told = json!({"update_id": 10, "message": {
        "message_id": 10, "date": DATE, "chat": {"id": old, "type": "group", "title": "G"},
        "from": {"id": 1, "is_bot": false, "first_name": "User 1"}, "migrate_to_chat_id": new,
    }});
    let merged = last(&data, told);
    assert_russian(&merged);
    let group = data.json(new, "group.json");
    assert_eq!(
        (&group["language"], &group["timezone"]),
        (&json!("ru"), &json!("Europe/Berlin"))
    );
    let events = data.events(new);
    let taken = events.last().expect("an event");
    assert_eq!(taken["type"], "TimezoneChosen");
    assert_eq!(
        (&taken["actor"]["id"], &taken["cause"]["kind"]),
        (&json!(2), &json!("import"))
    );
    data.run(&["replay", "--check"]).ok();
}

#[test]
fn a_damaged_record_is_told_of_in_the_chats_language() {
    let data = Data::new();
    feed(
        &data,
        &[
            in_group(1, GROUP, 1, "/language ru"),
            in_group(2, GROUP, 1, "/add One"),
        ],
    );
    let mut log = data.log_bytes(GROUP);
    let at = log.len() - 100;
    log[at] ^= 1;
    fs::write(data.log(GROUP), log).expect("damaged");
    let run = data.feed(&[
        in_group(3, GROUP, 1, "/add Two"),
        in_group(4, GROUP, 1, "/bounty"),
        in_group(5, GROUP, 1, "/delete"),
    ]);
    let texts = run.texts();
    assert_eq!(texts.len(), 3, "{run:?}");
    texts.iter().for_each(|text| assert_russian(text));
}
