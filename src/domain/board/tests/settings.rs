//! What a chat chooses for itself.

use chrono_tz::Europe;
use serde_json::{Value, json};

use super::{Given, NOW, add, added, user};
use crate::domain::board::{
    Answer, Board, BoardEvent, BountyEdited, Change, LanguageChosen, PageSize, Query, Refusal,
    TimezoneChosen, board_file, confirm, setting_change, unchanged,
};
use crate::domain::{Actor, BountyId, Cause, Checkpointed, Event, Locale, Seq};

const SIZE: PageSize = PageSize {
    entries: 20,
    units: 4_000,
    entry_overhead: 80,
};

fn language(typed: &str) -> Change {
    Change::ChooseLanguage(typed.to_owned())
}

fn timezone(typed: &str) -> Change {
    Change::ChooseTimezone(typed.to_owned())
}

fn russian() -> BoardEvent {
    BoardEvent::LanguageChosen(LanguageChosen {
        language: Locale::Russian,
    })
}

fn berlin() -> BoardEvent {
    BoardEvent::TimezoneChosen(TimezoneChosen {
        timezone: "Europe/Berlin".to_owned(),
    })
}

fn data(event: &BoardEvent) -> Value {
    serde_json::to_value(event.data()).expect("JSON")
}

#[test]
fn anyone_in_a_group_chooses_its_language_and_time_zone() {
    let given = Given::group();
    for typed in ["ru", "RU", " русский ", "Russian", "ru-RU"] {
        assert_eq!(given.when(&user(7), language(typed)), Ok(Some(russian())));
    }
    for typed in ["Europe/Berlin", "berlin", "Мюнхен"] {
        assert_eq!(given.when(&user(8), timezone(typed)), Ok(Some(berlin())));
    }
    let operator = Actor::Operator {
        name: "root".into(),
    };
    assert_eq!(given.when(&operator, language("ru")), Ok(Some(russian())));
    assert_eq!(data(&russian()), json!({"language": "ru"}));
    assert_eq!(data(&berlin()), json!({"timezone": "Europe/Berlin"}));
}

#[test]
fn what_was_chosen_before_is_no_event_and_is_shown() {
    let given = Given::group()
        .event(user(7), russian())
        .event(user(7), berlin());
    for (change, shown) in [
        (language("ru"), Answer::Language { chosen: true }),
        (timezone("Berlin"), Answer::Timezone { chosen: true }),
    ] {
        assert_eq!(given.when(&user(8), change.clone()), Ok(None));
        assert_eq!(unchanged(&given.board, &change, given.kind), shown);
    }
    assert_eq!(
        given.ask(&user(8), Query::Language, SIZE),
        Answer::Language { chosen: true }
    );
    let nothing = Given::dm(7);
    assert_eq!(
        nothing.ask(&user(7), Query::Timezone, SIZE),
        Answer::Timezone { chosen: false }
    );
    assert_eq!(
        nothing.ask(&user(7), Query::Language, SIZE),
        Answer::Language { chosen: false }
    );
}

#[test]
fn what_is_no_language_or_zone_is_refused() {
    let typed = "Klingon".to_owned();
    let given = Given::group();
    assert_eq!(
        given.when(&user(7), language(&typed)),
        Err(Refusal::UnknownLanguage {
            typed: typed.clone()
        })
    );
    assert_eq!(
        given.when(&user(7), timezone(&typed)),
        Err(Refusal::UnknownTimezone { typed })
    );
}

#[test]
fn a_choice_is_confirmed_and_audited_from_old_to_new() {
    let given = Given::group().event(user(7), russian());
    let english = BoardEvent::LanguageChosen(LanguageChosen {
        language: Locale::English,
    });
    let confirmed = |event| confirm(&given.board, event, given.kind);
    assert_eq!(confirmed(&english), Some(Answer::LanguageChosen));
    assert_eq!(confirmed(&berlin()), Some(Answer::TimezoneChosen));
    let change = setting_change(&given.board, &english).expect("a setting");
    assert_eq!(
        (change.field.as_str(), change.old, change.new),
        ("language", Some("ru".into()), Some("en".into()))
    );
    let change = setting_change(&given.board, &berlin()).expect("a setting");
    assert_eq!(
        (change.old, change.new),
        (None, Some("Europe/Berlin".into()))
    );
    assert_eq!(
        setting_change(&given.board, &added(1, "x", None, None)),
        None
    );
}

#[test]
fn the_first_due_date_in_a_chat_without_a_zone_is_told_once() {
    let due = Some(NOW + 86_400);
    let given = Given::group()
        .bounty(7, "without one")
        .event(user(7), added(2, "with one", None, due))
        .event(user(7), added(3, "another", None, due));
    let style = |given: &Given, seq| given.board.settings().style(Some(Seq(seq)));
    assert!(!style(&given, 2).zone_assumed);
    assert!(style(&given, 3).zone_assumed);
    assert!(!style(&given, 4).zone_assumed);
    assert!(!given.board.settings().style(None).zone_assumed);
    let chosen = given.event(user(7), berlin());
    assert!(!style(&chosen, 3).zone_assumed);
    assert_eq!(style(&chosen, 3).zone, Some(Europe::Berlin));

    let edited = BoardEvent::BountyEdited(BountyEdited {
        id: BountyId(1),
        text: None,
        link: None,
        due_date_ts: Some(due),
    });
    let given = Given::group().bounty(7, "x").event(user(7), edited);
    assert!(style(&given, 3).zone_assumed);
    assert!(!Given::group().board.settings().style(None).zone_assumed);

    let mut given = Given::group();
    let import = Cause::Import {
        source: "chat -5".to_owned(),
        file: "events.jsonl".to_owned(),
        key: "bounty 1".to_owned(),
    };
    given.apply(user(7), import, added(1, "brought over", None, due));
    assert!(!style(&given, 2).zone_assumed);
    let given = given.event(user(7), added(2, "the first here", None, due));
    assert!(style(&given, 3).zone_assumed);
}

#[test]
fn a_snapshot_has_only_the_settings_that_were_chosen() {
    let keys = |board: &Board| {
        let file = board_file(board, "head").expect("a file");
        let text = String::from_utf8(file).expect("UTF-8");
        let key = |line: &str| Some(line.strip_prefix("  \"")?.split_once('"')?.0.to_owned());
        text.lines().filter_map(key).collect::<Vec<String>>()
    };
    let given = Given::group();
    assert_eq!(
        keys(&given.board),
        ["group_id", "bounties", "next_id", "seq", "head"]
    );
    let given = given.event(user(7), berlin()).event(user(7), russian());
    assert_eq!(
        keys(&given.board),
        [
            "group_id", "bounties", "next_id", "language", "timezone", "seq", "head"
        ]
    );
    let given = Given::dm(7).event(user(7), russian());
    assert_eq!(
        keys(&given.board),
        ["user_id", "bounties", "next_id", "language", "seq", "head"]
    );
}

#[test]
fn a_checkpoint_keeps_the_settings_and_one_without_them_is_none() {
    let given = Given::group()
        .event(user(7), russian())
        .event(user(7), berlin())
        .event(user(7), added(1, "x", None, Some(NOW + 86_400)));
    let state = given.board.to_checkpoint();
    assert_eq!(Board::from_checkpoint(&state).as_ref(), Some(&given.board));
    let mut older: Value = serde_json::from_slice(&state).expect("JSON");
    older.as_object_mut().expect("an object").remove("settings");
    let older = serde_json::to_vec(&older).expect("JSON");
    assert_eq!(Board::from_checkpoint(&older), None);
}

#[test]
fn a_zone_that_this_program_does_not_know_is_none_and_is_kept() {
    let unknown = BoardEvent::TimezoneChosen(TimezoneChosen {
        timezone: "Mars/Olympus".to_owned(),
    });
    let given = Given::group().event(user(7), unknown);
    assert_eq!(given.board.settings().zone(), None);
    let file = board_file(&given.board, "head").expect("a file");
    assert!(String::from_utf8_lossy(&file).contains("Mars/Olympus"));
    assert!(given.when(&user(7), add("still works")).is_ok());
}
