//! What `bounty run` makes of an old world.

use serde_json::json;

use super::{GROUP, Old};
use crate::library::files;
use crate::support::bot::Stage;
use crate::support::bot_api::updates::{User, group};

#[test]
fn a_start_says_which_chats_wait_for_their_import_and_how_it_is_done() {
    let (stage, old) = (Stage::new(), Old::new());
    let list = json!({"user_id": 456, "tracked": []});
    old.put("-200/456.json", &list);
    crate::support::copy_tree(&old.dir(), &stage.data.path());
    let bot = stage.run(&[]);
    bot.wait_says("bounty import json-files");
    bot.wait_says("chats=3");
    bot.stop().ok();
    let left = files(&stage.data.path());
    for (path, content) in files(&old.dir()) {
        let name = path.strip_prefix(old.dir()).expect("below");
        assert_eq!(left[&stage.data.path().join(name)], content, "{name:?}");
    }
}

#[test]
fn a_running_bot_goes_on_with_what_is_imported_beside_it() {
    let (stage, old) = (Stage::new(), Old::new());
    let bot = stage.run(&[]);
    let say = |text: &str| {
        let message = stage.message(&group(GROUP, "Workshop"), &User::new(9, "Bob"), text);
        stage.push(message);
    };
    say("/add Before");
    stage.wait_texts(GROUP, 1);
    super::import(&stage.data, "json-files", &old.dir(), &[]).ok();
    say("/add After");
    let texts = stage.wait_texts(GROUP, 2);
    assert!(texts[1].contains("Added #9"), "{texts:?}");
    say("/bounty");
    let texts = stage.wait_texts(GROUP, 3);
    for text in ["Before", "Fix login bug", "By the group", "After"] {
        assert!(texts[2].contains(text), "{text}: {texts:?}");
    }
    bot.stop().ok();
    super::assert_whole(&stage.data, || {
        super::import(&stage.data, "json-files", &old.dir(), &[])
    });
}
