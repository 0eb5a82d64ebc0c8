//! Logs and directories behind symbolic links, and what a link that leads nowhere is: a volume that is not mounted, not an empty board.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use super::{CHAT, OTHER};
use crate::support::{Data, in_group};

/// Two boards, one of them behind a link at `link`, which leads to the path that is answered.
fn linked(link: impl Fn(&Data) -> PathBuf) -> (Data, PathBuf) {
    let data = Data::new();
    data.feed(&[
        in_group(1, CHAT, 1, "/add One"),
        in_group(2, CHAT, 1, "/add Two"),
        in_group(3, OTHER, 1, "/add Other"),
    ])
    .ok();
    let volume = data.path().with_file_name("volume");
    fs::create_dir(&volume).expect("made");
    let (link, target) = (link(&data), volume.join("target"));
    fs::rename(&link, &target).expect("renamed");
    symlink(&target, &link).expect("linked");
    (data, target)
}

fn unmount(target: &Path) {
    let volume = target.parent().expect("a directory");
    fs::rename(volume, volume.with_file_name("unmounted")).expect("renamed");
}

fn mount(target: &Path) {
    let volume = target.parent().expect("a directory");
    fs::rename(volume.with_file_name("unmounted"), volume).expect("renamed");
}

#[test]
fn a_link_that_leads_nowhere_is_named_and_nothing_begins_anew_behind_it() {
    let places: [fn(&Data) -> PathBuf; 2] = [|data| data.log(CHAT), |data| data.chat(CHAT)];
    for place in places {
        let (data, target) = linked(place);
        data.run(&["verify"]).ok();
        unmount(&target);
        let other = data.log_bytes(OTHER);
        let backup = data.path().with_file_name("backup").display().to_string();
        for args in [
            &["verify"][..],
            &["audit"],
            &["audit", "--summary", "chat"],
            &["replay", "--check"],
            &["replay"],
            &["backup", &backup],
            &["repair", "-100"],
            &["repair", "-100", "--apply"],
            &["show", "-100"],
        ] {
            let run = data.run(args);
            let said = format!("{}{}", run.stdout, run.stderr);
            assert_eq!(run.code, Some(1), "{args:?}: {said}");
            let link = place(&data).display().to_string();
            for words in [&link, &target.display().to_string(), "mount or restore"] {
                assert!(said.contains(words), "{args:?}: {words} in {said}");
            }
            if !args.contains(&"-100") {
                assert!(
                    said.contains("-200") || said.contains("2 chats"),
                    "{args:?}: the other is told: {said}"
                );
            }
        }
        assert!(place(&data).is_symlink(), "the link is gone");
        assert!(!target.exists(), "something began anew behind the link");
        assert!(data.log_bytes(OTHER) == other, "the other was changed");
        let run = data.feed(&[
            in_group(11, CHAT, 1, "/add Lost?"),
            in_group(12, OTHER, 1, "/add Served"),
        ]);
        assert_eq!(run.code, Some(1));
        assert!(
            run.texts()[0].contains("nothing was changed"),
            "{:?}",
            run.texts()
        );
        assert!(run.texts()[1].contains("#2"), "{:?}", run.texts());
        assert!(run.stderr.contains("mount or restore"), "{}", run.stderr);
        mount(&target);
        let run = data.feed(&[in_group(13, CHAT, 1, "/add Three")]).ok();
        assert!(run.texts()[0].contains("#3"), "{:?}", run.texts());
        data.run(&["verify"]).ok();
    }
}

#[test]
fn nothing_is_made_where_a_link_leads_nowhere() {
    let (data, target) = linked(|data| data.log(CHAT));
    fs::remove_file(&target).expect("removed");
    assert_eq!(data.run(&["repair", "-100", "--apply"]).code, Some(1));
    assert_eq!(
        data.feed(&[in_group(11, CHAT, 1, "/add Lost?")]).code,
        Some(1)
    );
    assert!(!target.exists(), "a log began anew");
    assert!(data.log(CHAT).is_symlink());
}

#[test]
fn a_repaired_log_stays_where_its_link_leads() {
    let (data, target) = linked(|data| data.log(CHAT));
    let log = fs::read_to_string(&target).expect("a log");
    fs::write(&target, log.replace("Two", "Owt")).expect("written");
    data.run(&["repair", "-100", "--apply"]).ok();
    assert!(data.log(CHAT).is_symlink(), "the link is gone");
    let repaired = fs::read_to_string(&target).expect("a log");
    assert!(repaired.contains("BoardRepaired"), "{repaired}");
    data.run(&["verify"]).ok();
    let names = fs::read_dir(target.parent().expect("a directory")).expect("a directory");
    assert_eq!(names.count(), 1, "nothing is left beside it");
    data.feed(&[in_group(11, CHAT, 1, "/add Next")]).ok();
}
