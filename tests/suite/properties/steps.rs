//! What is asked in these tests, and how it is put to the engine.

use bounty_ledger::domain::board::{Change, Command, DueWish, EditParts, NewBounty, Query};
use bounty_ledger::domain::{BountyId, due};
use proptest::prelude::*;

/// One thing asked.
#[derive(Clone, Debug)]
pub enum Step {
    Start,
    Add(Words, Link, Due),
    Edit(u64, Option<Words>, Wish<Link>, Wish<Due>),
    Delete(u64),
    Track(u64),
    Untrack(u64),
    List,
    Mine,
    Help,
    History(u64),
}

/// What an edit wants of a field.
#[derive(Clone, Copy, Debug)]
pub enum Wish<T> {
    Keep,
    Clear,
    Set(T),
}

/// Texts as typed, by number.
#[derive(Clone, Copy, Debug)]
pub struct Words(usize);
#[derive(Clone, Copy, Debug)]
pub struct Link(usize);
#[derive(Clone, Copy, Debug)]
pub struct Due(usize);

const TEXTS: [&str; 7] = [
    "Fix login bug",
    "Купить чай 🦊\u{202e}",
    "  two\nlines\t\"\\ ",
    "=1+1 <b>&amp;\u{0}\u{7f}",
    "../../etc/passwd {\"seq\":1}",
    "",
    " \n ",
];
/// As typed, and as kept; none when it is refused.
const LINKS: [(Option<&str>, Option<&str>); 4] = [
    (None, None),
    (Some("https://e.com/1"), Some("https://e.com/1")),
    (Some("HTTP://E.com"), Some("http://e.com/")),
    (Some("ftp://e.com/x"), None),
];
const DUES: [(Option<&str>, Option<i64>); 4] = [
    (None, None),
    (Some("2031-01-31"), Some(1_927_670_340)),
    (Some("1.2.2031"), Some(1_927_756_740)),
    (Some("2001-01-01"), None),
];

impl Words {
    /// The text that a board keeps; none when it refuses it.
    pub fn kept(self) -> Option<String> {
        let text = match self.0 {
            7 => "ё".repeat(1_000),
            8 => "x".repeat(1_001),
            at => TEXTS[at].trim().to_owned(),
        };
        (!text.is_empty() && self.0 != 8).then_some(text)
    }

    fn typed(self) -> String {
        match self.0 {
            7 => format!(" {} ", "ё".repeat(1_000)),
            8 => "x".repeat(1_001),
            at => TEXTS[at].to_owned(),
        }
    }
}

impl Link {
    /// The link that a board keeps; none when it refuses it.
    pub fn kept(self) -> Option<Option<String>> {
        let (typed, kept) = LINKS[self.0];
        (typed.is_none() || kept.is_some()).then(|| kept.map(str::to_owned))
    }

    fn typed(self) -> Option<String> {
        LINKS[self.0].0.map(str::to_owned)
    }
}

impl Due {
    pub fn kept(self) -> Option<Option<i64>> {
        let (typed, kept) = DUES[self.0];
        (typed.is_none() || kept.is_some()).then_some(kept)
    }

    fn typed(self) -> Option<due::DueExpr> {
        DUES[self.0]
            .0
            .map(|typed| due::parse(&[typed]).expect("a date"))
    }
}

impl Step {
    pub fn command(&self) -> Command {
        let change = match self {
            Self::Start => Change::Start,
            Self::Add(text, link, due) => Change::Add(NewBounty {
                text: text.typed(),
                link: link.typed(),
                due: due.typed(),
            }),
            Self::Edit(id, text, link, due) => Change::Edit(
                BountyId(*id),
                EditParts {
                    text: text.map(Words::typed),
                    link: match link {
                        Wish::Keep => None,
                        Wish::Clear => Some(None),
                        Wish::Set(link) => link.typed().map(Some),
                    },
                    due: match due {
                        Wish::Keep => None,
                        Wish::Clear => Some(DueWish::Clear),
                        Wish::Set(due) => due.typed().map(DueWish::Set),
                    },
                },
            ),
            Self::Delete(id) => Change::Delete(BountyId(*id)),
            Self::Track(id) => Change::Track(BountyId(*id)),
            Self::Untrack(id) => Change::Untrack(BountyId(*id)),
            Self::List => return Command::Query(Query::List { page: 1 }),
            Self::Mine => return Command::Query(Query::Mine { page: 1 }),
            Self::Help => return Command::Query(Query::Help),
            Self::History(id) => return Command::Query(Query::History(BountyId(*id))),
        };
        Command::Change(change)
    }
}

/// Any step; commands that are accepted are the likeliest.
pub fn step() -> impl Strategy<Value = Step> {
    let id = || 0..6_u64;
    let words = || prop_oneof![8 => 0..4_usize, 3 => 4..9_usize].prop_map(Words);
    let link = || prop_oneof![5 => 0..3_usize, 1 => Just(3)].prop_map(Link);
    let due = || prop_oneof![5 => 0..3_usize, 1 => Just(3)].prop_map(Due);
    let edit = (id(), prop::option::of(words()), wish(link()), wish(due()))
        .prop_map(|(id, text, link, due)| Step::Edit(id, text, link, due));
    prop_oneof![
        6 => (words(), link(), due()).prop_map(|(text, link, due)| Step::Add(text, link, due)),
        6 => edit,
        2 => id().prop_map(Step::Delete),
        3 => id().prop_map(Step::Track),
        2 => id().prop_map(Step::Untrack),
        1 => Just(Step::Start),
        1 => prop_oneof![Just(Step::List), Just(Step::Mine), Just(Step::Help), id().prop_map(Step::History)],
    ]
}

fn wish<T: Clone + std::fmt::Debug + 'static>(
    value: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Wish<T>> {
    prop_oneof![2 => Just(Wish::Keep), 1 => Just(Wish::Clear), 3 => value.prop_map(Wish::Set)]
}
