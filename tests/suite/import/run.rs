//! What `bounty run` makes of an old world.

use super::Old;
use crate::library::files;
use crate::support::bot::Stage;

#[test]
fn a_start_says_which_chats_wait_for_their_import_and_how_it_is_done() {
    let (stage, old) = (Stage::new(), Old::new());
    crate::support::copy_tree(&old.dir(), &stage.data.path());
    let bot = stage.run(&[]);
    bot.wait_says("bounty import json-files");
    bot.wait_says("chats=2");
    bot.stop().ok();
    let left = files(&stage.data.path());
    for (path, content) in files(&old.dir()) {
        let name = path.strip_prefix(old.dir()).expect("below");
        assert_eq!(left[&stage.data.path().join(name)], content, "{name:?}");
    }
}
