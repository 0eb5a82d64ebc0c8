//! Histories.

use super::every;
use super::{FRIDAY, NOON, plain};
use crate::domain::board::{Answer, FieldChange, History, HistoryEntry};
use crate::domain::{Actor, BountyId, Seq, Timestamp, UserId};
use crate::text::html::units;

fn entry(seq: u64, actor: Actor, event: &'static str, changes: Vec<FieldChange>) -> HistoryEntry {
    let time =
        Timestamp::from_millis((NOON + 60 * i64::try_from(seq).expect("a small number")) * 1_000);
    HistoryEntry {
        seq: Seq(seq),
        time,
        actor,
        event,
        changes,
    }
}

fn ada() -> Actor {
    Actor::User {
        id: UserId(456),
        name: "Ada L.".into(),
    }
}

fn text(old: &str, new: &str) -> FieldChange {
    FieldChange::Text {
        old: old.into(),
        new: new.into(),
    }
}

fn history(entries: Vec<HistoryEntry>) -> Answer {
    let head = "0123456789abcdef".repeat(4);
    Answer::History(History {
        id: BountyId(3),
        entries,
        seq: Seq(17),
        head,
    })
}

#[test]
fn a_history_tells_who_changed_what_and_ends_with_seq_and_head() {
    let root = Actor::Operator {
        name: "root".into(),
    };
    let due = FieldChange::Due {
        old: None,
        new: Some(FRIDAY),
    };
    let link = FieldChange::Link {
        old: Some("https://e.com/1".into()),
        new: None,
    };
    let deleted = vec![
        text("New text", ""),
        FieldChange::Due {
            old: Some(FRIDAY),
            new: None,
        },
    ];
    let answer = history(vec![
        entry(2, ada(), "BountyAdded", vec![text("", "Fix login bug")]),
        entry(
            5,
            ada(),
            "BountyEdited",
            vec![text("Fix login bug", "New\ntext"), link, due],
        ),
        entry(6, Actor::System {}, "Tracked", vec![]),
        entry(9, root, "BountyDeleted", deleted),
    ]);
    assert_eq!(
        plain(&answer),
        "History of #3, times in UTC\n\
         \nTue 28 Jan 2031 12:02 Ada L. added it (seq 2)\ntext: Fix login bug\n\
         \nTue 28 Jan 2031 12:05 Ada L. edited it (seq 5)\ntext: Fix login bug → New text\n\
         link: https://e.com/1 → none\ndue: none → Fri 31 Jan 2031 23:59\n\
         \nTue 28 Jan 2031 12:06 the program began to track it (seq 6)\n\
         \nTue 28 Jan 2031 12:09 operator root deleted it (seq 9)\ntext: New text\n\
         due: Fri 31 Jan 2031 23:59\n\
         \nThe board is at seq 17, head\n\
         0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
    );
}

#[test]
fn a_long_history_leaves_out_the_oldest_and_says_how_many() {
    let edit = |seq| {
        entry(
            seq,
            ada(),
            "BountyEdited",
            vec![text("a", &"😀".repeat(500))],
        )
    };
    let shown = plain(&history((1..=100).map(edit).collect()));
    assert!(
        units(&shown) <= 4_096 && units(&shown) > 3_300,
        "{} units",
        units(&shown)
    );
    let entries = shown.matches("edited it").count();
    let left_out = format!("\n\n{} older changes do not fit here;", 100 - entries);
    assert!(shown.contains(&left_out), "{shown}");
    assert!(
        shown.contains("(seq 100)") && !shown.contains("(seq 1)"),
        "{shown}"
    );
    assert!(shown.ends_with(&"0123456789abcdef".repeat(4)));
    assert!(shown.contains("😀…"), "a long text is shortened");
}

#[test]
fn the_newest_change_is_always_shown() {
    let long = "😀".repeat(2_000);
    for rounds in 1..20 {
        let shown = plain(&Answer::History(every::history(&long, rounds)));
        assert!(
            shown.contains("made a change (SomethingNew) (seq 7)"),
            "{shown}"
        );
    }
}
