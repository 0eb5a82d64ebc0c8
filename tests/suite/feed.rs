//! `bounty feed`: updates in, calls out.

use serde_json::{Value, json};

use crate::support::{Data, in_dm, in_group};

#[test]
fn a_call_is_one_line_with_its_method_first() {
    let data = Data::new();
    let run = data
        .feed(&[in_dm(1, 7, "/add Fix <b> & \"c\" https://e.com/1")])
        .ok();
    assert!(
        run.stdout
            .starts_with(r#"{"method":"sendMessage","chat_id":7,"text":"#),
        "{}",
        run.stdout
    );
    let call = &run.calls()[0];
    assert_eq!(call["parse_mode"], "HTML");
    assert!(
        call["text"]
            .as_str()
            .is_some_and(|text| text.contains("Fix &lt;b&gt; &amp; ")),
        "{call}"
    );
}

#[test]
fn answers_come_in_the_order_of_the_input() {
    let data = Data::new();
    let updates: Vec<Value> = (1..=300)
        .map(|n| in_group(n, -(100 + n % 7), 1, &format!("/add number {n}.")))
        .collect();
    let run = data.feed(&updates).ok();
    let texts = run.texts();
    assert_eq!(texts.len(), 300);
    for (index, text) in texts.iter().enumerate() {
        assert!(
            text.contains(&format!("number {}.", index + 1)),
            "{index}: {text}"
        );
    }
}

#[test]
fn a_line_that_is_no_update_is_named_and_the_rest_goes_on() {
    let data = Data::new();
    let input = format!(
        "{}\nno json\n\n{{\"foo\":1}}\n\u{feff}\n{}\n",
        in_dm(1, 7, "/add one"),
        in_dm(2, 7, "/add two")
    );
    let run = data.run_with(&["feed"], input.as_bytes());
    assert_eq!(run.code, Some(1));
    for line in ["line 2 ", "line 4 ", "line 5 "] {
        assert!(run.stderr.contains(line), "{}", run.stderr);
    }
    assert!(!run.stderr.contains("line 3 "), "an empty line is no error");
    assert_eq!(run.texts().len(), 2);

    let invalid = [
        b"\xff\xfe\n".as_slice(),
        in_dm(3, 7, "/add three").to_string().as_bytes(),
        b"\n",
    ]
    .concat();
    let run = data.run_with(&["feed"], &invalid);
    assert_eq!((run.code, run.texts().len()), (Some(1), 1));
}

#[test]
fn a_redelivered_update_changes_nothing_and_is_answered_again() {
    let data = Data::new();
    let updates = [
        in_group(1, -100, 1, "/add one https://e.com/1 31.13"),
        in_group(2, -100, 1, "/edit 1 New text tomorrow"),
        in_group(3, -100, 2, "/track 1"),
        in_group(4, -100, 2, "/start"),
        in_group(5, -100, 1, "/delete 1"),
    ];
    let first = data.feed(&updates).ok();
    let log = data.log_bytes(-100);
    let second = data.feed(&updates).ok();
    assert_eq!(first.stdout, second.stdout);
    assert_eq!(data.log_bytes(-100), log);
    let twice_in_one: Vec<Value> = [
        &in_group(9, -100, 1, "/add two"),
        &in_group(9, -100, 1, "/add two"),
    ]
    .map(Clone::clone)
    .into();
    let run = data.feed(&twice_in_one).ok();
    assert_eq!(run.texts()[0], run.texts()[1]);
    assert_eq!(data.events(-100).len(), 7);
}

#[test]
fn a_read_of_a_chat_without_a_board_makes_nothing() {
    let data = Data::new();
    let updates = [
        "/bounty",
        "/my",
        "/help",
        "/history 1",
        "/delete 1",
        "/track 1",
        "/add",
        "/add A ftp://e.com/x",
        "/add A 2001-01-01",
    ];
    let updates: Vec<Value> = (1..)
        .zip(updates)
        .map(|(n, text)| in_group(n, -100, 1, text))
        .collect();
    assert_eq!(data.feed(&updates).ok().texts().len(), updates.len());
}

#[test]
fn groups_and_dms_never_see_each_others_bounties() {
    let data = Data::new();
    data.feed(&[
        in_group(1, -100, 1, "/add of the first"),
        in_group(2, -200, 1, "/add of the second"),
        in_dm(3, 1, "/add my own"),
    ])
    .ok();
    let lists = data
        .feed(&[
            in_group(4, -100, 2, "/bounty"),
            in_group(5, -200, 2, "/bounty"),
            in_dm(6, 1, "/bounty"),
        ])
        .ok();
    let texts = lists.texts();
    assert!(
        texts[0].contains("of the first")
            && !texts[0].contains("second")
            && !texts[0].contains("my own")
    );
    assert!(texts[1].contains("of the second") && !texts[1].contains("first"));
    assert!(texts[2].contains("my own") && !texts[2].contains("of the"));
}

#[test]
fn dates_go_by_the_message_and_not_by_the_clock() {
    let data = Data::new();
    data.feed(&[in_group(1, -100, 1, "/add Fix login bug tomorrow 18:00")])
        .ok();
    let bounty = &data.json(-100, "group.json")["bounties"][0];
    assert_eq!(bounty["created_at"], 1_735_603_200);
    assert_eq!(bounty["due_date_ts"], 1_735_603_200 + 86_400 + 18 * 3_600);
    let berlin = data
        .run_with(
            &["feed", "--tz", "Europe/Berlin"],
            format!("{}\n", in_group(2, -100, 1, "/add b tomorrow 18:00")).as_bytes(),
        )
        .ok();
    assert!(
        berlin.texts()[0].contains("Wed 1 Jan 2025 18:00 Europe/Berlin"),
        "{:?}",
        berlin.texts()
    );
    assert_eq!(
        data.json(-100, "group.json")["bounties"][1]["due_date_ts"],
        1_735_603_200 + 86_400 + 17 * 3_600
    );
}

#[test]
fn an_edited_message_changes_nothing_and_gives_the_line_to_send() {
    let data = Data::new();
    let mut edited = in_group(1, -100, 1, "/add Fix logout bug");
    let message = edited["message"].take();
    let edited = json!({"update_id": 2, "edited_message": message});
    data.feed(&[in_group(1, -100, 1, "/add Fix login bug")])
        .ok();
    let answer = data.feed(&[edited]).ok();
    assert!(
        answer.texts()[0].contains("/edit 1 Fix logout bug"),
        "{:?}",
        answer.texts()
    );
    assert!(
        answer.texts()[0].contains("What this line leaves out stays"),
        "{:?}",
        answer.texts()
    );
    assert_eq!(data.events(-100).len(), 2);
}

#[test]
fn a_refused_add_that_is_edited_is_answered_with_the_add_to_send_anew() {
    let data = Data::new();
    let mut edited = in_group(1, -100, 1, "/add Buy milk");
    let message = edited["message"].take();
    let edited = json!({"update_id": 2, "edited_message": message});
    let answer = data.feed(&[in_group(1, -100, 1, "/add"), edited]).ok();
    let text = &answer.texts()[1];
    assert!(text.ends_with("/add Buy milk"), "{text}");
}

#[test]
fn log_lines_are_json_when_asked_for_and_hold_no_text_of_a_user() {
    let data = Data::new();
    data.feed(&[in_group(1, -100, 1, "/add a secret wish")])
        .ok();
    let log = data.log(-100);
    let torn = [data.log_bytes(-100), b"{\"seq\":3".to_vec()].concat();
    std::fs::write(log, torn).expect("written");
    let input = format!("{}\n", in_group(2, -100, 1, "/add another secret wish"));
    let run = data
        .run_with(&["feed", "--log-format", "json"], input.as_bytes())
        .ok();
    let line: Value =
        serde_json::from_str(run.stderr.lines().next().expect("a warning")).expect("JSON");
    assert_eq!(line["level"], "WARN");
    assert!(
        line["kept_in"]
            .as_str()
            .is_some_and(|path| path.contains("events.jsonl.torn-")),
        "{line}"
    );
    assert!(!run.stderr.contains("secret"));
}
