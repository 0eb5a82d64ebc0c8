//! A group becomes a supergroup while `bounty run` is at work: its board goes on under the new id.

use serde_json::{Value, json};

use crate::support::bot::{Bot, Stage};
use crate::support::bot_api::updates::{
    User, callback, group, migrated_from, migrated_to, supergroup,
};
use crate::support::bot_api::{Fault, FaultRule};
use crate::support::{BOT, DATE};

/// How a change of id becomes known.
#[derive(Clone, Copy, Debug)]
enum Told {
    /// By a service message in the old chat.
    To,
    /// By a service message in the new chat.
    From,
}

/// A group with its id before and after.
struct Moving {
    old: i64,
    new: i64,
}

fn ada() -> User {
    User::new(456, "Ada")
}

impl Moving {
    fn new(number: i64) -> Self {
        Self {
            old: -50 - number,
            new: -1_001_000_000_050 - number,
        }
    }

    fn before(&self) -> Value {
        group(self.old, "Before")
    }

    fn after(&self) -> Value {
        supergroup(self.new, "After")
    }

    /// Two bounties, the second one tracked.
    fn begin(&self, stage: &Stage) {
        for text in ["/add First", "/add Second", "/track 2"] {
            stage.say(&self.before(), &ada(), text);
        }
    }

    fn tell(&self, stage: &Stage, told: Told) {
        let id = stage.message_id();
        stage.push(match told {
            Told::To => migrated_to(&self.before(), &ada(), id, DATE, self.new),
            Told::From => migrated_from(&self.after(), &ada(), id, DATE, self.old),
        });
    }

    /// The board is at its new id alone, whole, with these bounties.
    fn assert_moved(&self, stage: &Stage, next_id: i64) {
        let data = &stage.data;
        assert!(!data.chat(self.old).exists(), "{}", self.old);
        let note = data.path().join("moved").join(self.old.to_string());
        let note = std::fs::read_to_string(note).expect("a note");
        assert_eq!(note.trim(), self.new.to_string());
        let board = data.json(self.new, "group.json");
        assert_eq!(
            (&board["group_id"], &board["next_id"]),
            (&json!(self.new), &json!(next_id))
        );
        assert_eq!(data.json(self.new, "456.json")["tracked"], json!([2]));
        let events = data.events(self.new);
        assert_eq!(events[0]["data"]["chat_id"], self.old, "the whole history");
        let moves: Vec<_> = events
            .iter()
            .filter(|event| event["type"] == "ChatMigrated")
            .collect();
        assert_eq!(moves.len(), 1, "{moves:?}");
        assert_eq!(moves[0]["data"], json!({"from": self.old, "to": self.new}));
    }
}

/// All of the updates are handled and the process has ended.
fn end(stage: &Stage, bot: Bot) {
    stage.wait_confirmed();
    bot.stop().ok();
}

#[test]
fn told_in_either_chat_in_any_order_or_twice_the_board_goes_on_under_the_new_id() {
    use Told::{From, To};
    let ways: [&[Told]; 6] = [
        &[To],
        &[From],
        &[To, From],
        &[From, To],
        &[To, To, From, From],
        &[From, From, To, To],
    ];
    let stage = Stage::new();
    let bot = stage.run(&[]);
    stage.wait_polling();
    let groups: Vec<Moving> = (0..6).map(Moving::new).collect();
    for (group, way) in groups.iter().zip(ways) {
        group.begin(&stage);
        for told in way {
            group.tell(&stage, *told);
        }
        for text in ["/add Third", "/my", "/history 1"] {
            stage.say(&group.after(), &ada(), text);
        }
    }
    end(&stage, bot);
    for (group, way) in groups.iter().zip(ways) {
        let texts = stage.wait_texts(group.new, 3);
        assert!(texts[0].contains("Added #3"), "{way:?}: {texts:#?}");
        assert!(texts[1].contains("#2 Second"), "{way:?}: {texts:#?}");
        assert!(texts[2].contains("Ada added it"), "{way:?}: {texts:#?}");
        assert_eq!(texts.len(), 3, "{way:?}: {texts:#?}");
        assert_eq!(stage.texts(group.old).len(), 3, "{way:?}");
        group.assert_moved(&stage, 4);
        let events = stage.data.events(group.new);
        assert_eq!(events.len(), 6, "{way:?}");
        assert_eq!(events[4]["cause"]["kind"], "update");
        assert_eq!(events[4]["cause"]["bot"], BOT);
    }
    stage.assert_sound();
}

#[test]
fn a_new_id_that_a_refused_answer_tells_moves_the_board_and_the_answer() {
    let stage = Stage::new();
    let moving = Moving::new(7);
    let bot = stage.run(&[]);
    moving.begin(&stage);
    stage.wait_texts(moving.old, 3);
    stage.api.migrate(moving.old, moving.new);
    stage.say(&moving.before(), &ada(), "/add Third");
    assert!(stage.wait_texts(moving.new, 1)[0].contains("Added #3"));
    let answer = |chat| stage.sends(chat).pop().expect("an answer").params;
    assert!(answer(moving.old)["reply_parameters"].is_object());
    assert_eq!(answer(moving.new)["reply_parameters"], Value::Null);
    stage.say(&moving.after(), &ada(), "/add Fourth");
    assert!(stage.wait_texts(moving.new, 2)[1].contains("Added #4"));
    moving.tell(&stage, Told::From);
    moving.tell(&stage, Told::To);
    stage.say(&moving.after(), &ada(), "/bounty");
    assert!(stage.wait_texts(moving.new, 3)[2].contains("Bounties: 4"));
    end(&stage, bot);
    moving.assert_moved(&stage, 5);
    stage.assert_sound();
}

#[test]
fn two_chats_that_name_each_other_as_their_new_id_keep_nobody_waiting() {
    let stage = Stage::new();
    let moving = Moving::new(12);
    let bot = stage.run(&[]);
    moving.begin(&stage);
    stage.wait_texts(moving.old, 3);
    let sent = || {
        let calls = stage.api.calls().into_iter();
        calls.filter(|call| call.is("sendMessage")).count()
    };
    let before = sent();
    stage.api.migrate(moving.old, moving.new);
    stage.api.migrate(moving.new, moving.old);
    stage.say(&moving.before(), &ada(), "/add Third");
    end(&stage, bot);
    let sent = sent() - before;
    assert!((2..10).contains(&sent), "{sent}");
}

#[test]
fn a_new_id_is_followed_also_when_something_unknown_stands_beside_it() {
    let stage = Stage::new();
    let moving = Moving::new(11);
    let bot = stage.run(&[]);
    moving.begin(&stage);
    stage.wait_texts(moving.old, 3);
    let upgraded = Fault::status_with(
        400,
        "Bad Request: group chat was upgraded to a supergroup chat",
        json!({"migrate_to_chat_id": moving.new, "x": true}),
    );
    let refused = FaultRule::new(upgraded).chat_id(moving.old);
    stage.api.fault(refused.forever());
    stage.say(&moving.before(), &ada(), "/add Third");
    assert!(stage.wait_texts(moving.new, 1)[0].contains("Added #3"));
    end(&stage, bot);
    moving.assert_moved(&stage, 4);
    stage.assert_sound();
}

#[test]
fn what_was_said_before_the_move_and_comes_after_it_is_carried_out_under_the_new_id() {
    let stage = Stage::new();
    let moving = Moving::new(8);
    let bot = stage.run(&[]);
    moving.begin(&stage);
    moving.tell(&stage, Told::From);
    stage.say(&moving.before(), &ada(), "/add Late");
    let texts = stage.wait_texts(moving.new, 1);
    assert!(texts[0].contains("Added #3"), "{texts:?}");
    end(&stage, bot);
    moving.assert_moved(&stage, 4);
    stage.assert_sound();
}

#[test]
fn a_board_that_began_under_the_new_id_is_merged_and_the_chat_is_told() {
    let stage = Stage::new();
    let moving = Moving::new(9);
    let bot = stage.run(&[]);
    moving.begin(&stage);
    stage.say(&moving.after(), &User::new(9, "Bob"), "/add Begun anew");
    stage.wait_texts(moving.new, 1);
    moving.tell(&stage, Told::To);
    let texts = stage.wait_texts(moving.new, 2);
    assert!(texts[1].contains("This group has a new id"), "{texts:?}");
    moving.tell(&stage, Told::From);
    stage.say(&moving.after(), &ada(), "/bounty");
    let texts = stage.wait_texts(moving.new, 3);
    assert!(texts[2].contains("#3 Begun anew"), "{texts:?}");
    end(&stage, bot);
    assert_eq!(stage.texts(moving.new).len(), 3, "told once");
    moving.assert_moved(&stage, 4);
    let bounty = &stage.data.json(moving.new, "group.json")["bounties"][2];
    assert_eq!(bounty["created_by_user_id"], 9);
    stage.assert_sound();
}

#[test]
fn a_merge_that_a_refused_answer_brings_about_is_told_too() {
    let stage = Stage::new();
    let moving = Moving::new(10);
    let bot = stage.run(&[]);
    moving.begin(&stage);
    stage.wait_texts(moving.old, 3);
    stage.say(&moving.after(), &User::new(9, "Bob"), "/add Begun anew");
    stage.wait_texts(moving.new, 1);
    stage.api.migrate(moving.old, moving.new);
    stage.say(&moving.before(), &ada(), "/add Third");
    let texts = stage.wait_texts(moving.new, 3);
    let says = |words: &str| texts.iter().any(|text| text.contains(words));
    assert!(
        says("Third") && says("This group has a new id"),
        "{texts:#?}"
    );
    end(&stage, bot);
    moving.assert_moved(&stage, 5);
    stage.assert_sound();
}

#[test]
fn a_button_of_the_old_chat_is_outdated_and_no_message_of_the_new_one_is_changed() {
    let stage = Stage::new();
    let moving = Moving::new(13);
    let bot = stage.run(&[]);
    moving.begin(&stage);
    stage.wait_texts(moving.old, 3);
    moving.tell(&stage, Told::To);
    stage.push(callback(
        "a",
        &moving.before(),
        &ada(),
        BOT,
        7,
        "1:page:board:1",
    ));
    end(&stage, bot);
    let calls = stage.api.calls();
    assert!(!calls.iter().any(|call| call.is("editMessageText")));
    let told = calls.iter().find(|call| call.is("answerCallbackQuery"));
    let told = told.expect("an answer").params["text"].as_str();
    assert_eq!(
        told,
        Some("This button is outdated. Please send the command again.")
    );
}
