//! Two bots of different language, form, page size and limits in one group: each reply follows the config of its bot.

use serde_json::{Value, json};

use super::{GROUP, TOKENS, Troupe};
use crate::support::DATE;
use crate::support::bot::Bot;
use crate::support::bot_api::updates::{User, dm, group, text_message};

const ADA: i64 = 1;
const ONE: &str = TOKENS[0];
const TWO: &str = TOKENS[1];

/// Bot 1 answers in English, richly, ten entries a page; bot 2 in Russian, plainly, two a page, and reads every 20 s at most. What
/// config 2 does not enable is answered by config 3, which is rich and comes after it.
fn run() -> (Troupe, Bot) {
    let troupe = Troupe::new();
    for line in [
        "config edit 1 --default-count 10",
        "config add --name Russian --commands bounty,add --locale ru --response-mode text --default-count 2 --limit read=20",
        "config add --name Rest --commands help,bounty,my --locale ru --default-count 5",
        "tracker add --name Russian --provider 1 --config 2",
        "tracker add --name Rest --provider 1 --config 3",
        "listener add --tracker 1 --bot 1",
        "listener add --tracker 3 --bot 2",
        "listener add --tracker 2 --bot 2",
    ] {
        troupe.bridge(line);
    }
    let bot = troupe.run(&[]);
    troupe.wait_polled([true, true, false]);
    (troupe, bot)
}

/// What Ada, whose Telegram is French, reads after she wrote this at that second: the message as it was sent.
fn answer(troupe: &Troupe, chat: &Value, token: &str, second: i64, text: &str) -> Value {
    let stage = &troupe.stage;
    let id = chat["id"].as_i64().expect("an id");
    let before = stage.texts(id).len();
    let ada = User::new(ADA, "Ada").language("fr");
    let message = text_message(chat, &ada, stage.message_id(), DATE + second, text);
    stage.api.push(token, message);
    stage.wait_texts(id, before + 1);
    stage.sends(id).last().expect("a message").params.clone()
}

fn text(sent: &Value) -> &str {
    sent["text"].as_str().expect("a text")
}

fn is_rich(sent: &Value) -> bool {
    sent["parse_mode"] == json!("HTML")
}

#[test]
fn two_bots_in_one_group_answer_each_by_its_own_config() {
    let (troupe, bot) = run();
    let here = group(GROUP, "Group");
    for number in 1..=5 {
        let added = answer(
            &troupe,
            &here,
            ONE,
            0,
            &format!("/add Number {number} & more"),
        );
        assert!(text(&added).starts_with("Added <b>#"), "{added}");
        assert!(is_rich(&added));
    }
    let rich = answer(&troupe, &here, ONE, 1, "/bounty");
    assert!(text(&rich).starts_with("<b>Bounties: 5</b>"), "{rich}");
    assert_eq!(text(&rich).matches("Number").count(), 5);
    let plain = answer(&troupe, &here, TWO, 2, "/bounty");
    assert!(!is_rich(&plain), "{plain}");
    assert!(
        text(&plain).starts_with("5 задач\n\n#1 Number 1 & more"),
        "{plain}"
    );
    assert_eq!(text(&plain).matches("Number").count(), 2);
    let late = answer(&troupe, &here, TWO, 5, "/bounty 2");
    assert!(text(&late).contains("через 17 секунд"), "{late}");
    assert!(!is_rich(&late));
    // Config 2 has no /help, so config 3 answers, which has another form and no limit.
    let help = answer(&troupe, &here, TWO, 6, "/help");
    assert!(
        is_rich(&help) && text(&help).contains("Доска задач"),
        "{help}"
    );
    // No config of bot 2 enables /delete; the first of its configs says how it is answered.
    let unknown = answer(&troupe, &here, TWO, 7, "/delete@two_bot 1");
    assert!(
        text(&unknown).contains("Такой команды я не знаю"),
        "{unknown}"
    );
    assert!(!is_rich(&unknown));
    bot.stop().ok();
}

#[test]
fn plain_text_is_asked_for_once_by_a_reading_command() {
    let (troupe, bot) = run();
    let here = group(GROUP, "Group");
    let added = answer(&troupe, &here, ONE, 0, "/add Support --text");
    assert!(text(&added).contains("Support --text"), "{added}");
    assert!(is_rich(&added));
    let plain = answer(&troupe, &here, ONE, 1, "/bounty --text");
    assert!(!is_rich(&plain), "{plain}");
    assert!(
        text(&plain).starts_with("Bounties: 1\n\n#1 Support --text"),
        "{plain}"
    );
    assert!(is_rich(&answer(&troupe, &here, ONE, 2, "/bounty")));
    bot.stop().ok();
}

#[test]
fn what_the_chat_chose_holds_for_both_bots_and_the_users_language_only_in_private() {
    let (troupe, bot) = run();
    let here = group(GROUP, "Group");
    // Enabled by no config of bot 2, and still answered, by its first.
    let chosen = answer(&troupe, &here, TWO, 0, "/timezone Berlin");
    assert!(
        text(&chosen).contains("Europe/Berlin") && !is_rich(&chosen),
        "{chosen}"
    );
    let added = answer(&troupe, &here, ONE, 1, "/add Call tomorrow");
    assert!(text(&added).contains("Europe/Berlin"), "{added}");
    let chosen = answer(&troupe, &here, ONE, 2, "/language ru");
    assert!(text(&chosen).contains("по-русски"), "{chosen}");
    assert!(text(&answer(&troupe, &here, ONE, 3, "/delete")).contains("Укажите номер"));
    answer(&troupe, &here, ONE, 4, "/language en");
    assert!(text(&answer(&troupe, &here, TWO, 40, "/bounty")).starts_with("Bounties: 1"));
    let late = answer(&troupe, &here, TWO, 41, "/bounty");
    assert!(text(&late).contains("again in 19 seconds"), "{late}");

    let mut ada = User::new(ADA, "Ada").language("fr");
    let private = dm(&ada);
    // Ada's language is none that the bots speak.
    assert!(text(&answer(&troupe, &private, TWO, 50, "/help")).contains("Ваша доска"));
    assert!(text(&answer(&troupe, &private, ONE, 50, "/help")).contains("Your bounty board"));
    ada.language = Some("ru-RU".to_owned());
    for (count, (said, told)) in (3..).zip([
        ("/help", "Ваша доска"),
        ("/delete", "Укажите номер"),
        ("/foo", "Такой команды я не знаю"),
        ("/delete 9", "Задачи #9 здесь нет"),
    ]) {
        let message = troupe.stage.message(&private, &ada, said);
        troupe.stage.api.push(ONE, message);
        let answer = &troupe.stage.wait_texts(ADA, count)[count - 1];
        assert!(answer.contains(told), "{said}: {answer}");
    }
    bot.stop().ok();
}
