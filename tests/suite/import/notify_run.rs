//! The bots of an imported notification bridge answer before any manual step.

use super::database::Database;
use super::notify_bridge::{KIND, TOKENS, old_shape};
use crate::support::bot::{Bot, LIMIT, Stage};
use crate::support::bot_api::updates::{User, group};

const GROUP: i64 = -42;

#[test]
fn imported_bots_answer_by_their_own_settings_before_any_manual_step() {
    let (stage, old) = (Stage::new(), Database::new(KIND, &old_shape()));
    stage.api.add_bot(TOKENS[1], 7002, "second_bot");
    stage.api.add_bot(TOKENS[2], 7003, "third_bot");
    super::import(&stage.data, KIND, &old.path(), &[]).ok();
    let mut command = stage.command(&[]);
    command.env_remove("TELOXIDE_TOKEN");
    let bot = Bot::spawn(command);
    stage.api.wait_until(LIMIT, "all bots are polled", |api| {
        TOKENS.iter().all(|token| api.polls_in_flight(token) > 0)
    });
    let say = |token: &str, text: &str| {
        let message = stage.message(&group(GROUP, "Family"), &User::new(1, "Ada"), text);
        stage.api.push(token, message);
    };
    // The first answers in Russian, what it had enabled, within its limits.
    say(TOKENS[0], "/add Один");
    let texts = stage.wait_texts(GROUP, 1);
    assert!(
        texts[0].contains("Добавлено") || texts[0].contains("#1"),
        "{texts:?}"
    );
    assert!(
        texts[0].chars().any(|letter| ('а'..='я').contains(&letter)),
        "{texts:?}"
    );
    say(TOKENS[0], "/add Слишком скоро");
    let texts = stage.wait_texts(GROUP, 2);
    assert!(texts[1].contains("30"), "{texts:?}");
    say(TOKENS[0], "/help");
    // The others answer everything, in English.
    say(TOKENS[1], "/add Two");
    let texts = stage.wait_texts(GROUP, 3);
    assert!(texts[2].contains("Added #2"), "{texts:?}");
    say(TOKENS[2], "/bounty");
    let texts = stage.wait_texts(GROUP, 4);
    assert!(texts[3].contains("Two"), "{texts:?}");
    bot.stop().ok();
    assert_eq!(
        stage.texts(GROUP).len(),
        4,
        "/help is not enabled for the first"
    );
}
