//! Everything that can be said, with the same hostile or harmless words in the place of all user text.

use smol_str::SmolStr;

use super::{FRIDAY, NOON};
use crate::domain::board::{
    Answer, BountyView, ChatKind, CommandSet, EditLine, Entry, FieldChange, History, HistoryEntry,
    Page, Refusal, Scope,
};
use crate::domain::bridge::{
    Address, Destination, Forwarding, NotificationTargetId, NotificationTrackerId,
};
use crate::domain::{Actor, BountyId, ChatId, LinkError, Seq, Timestamp, UnixTime, UserId};
use crate::text::{Note, Say, TroubleText, Usage};

const ID: BountyId = BountyId(3);
const KINDS: [ChatKind; 2] = [ChatKind::Group, ChatKind::Private];
const SCOPES: [Scope; 3] = [Scope::Group, Scope::Own, Scope::Tracked];
const DUES: [Option<UnixTime>; 4] = [None, Some(FRIDAY), Some(NOON), Some(UnixTime::MIN)];

/// Each answer, also with the values that choose another form of its text.
pub fn answers(words: &str) -> Vec<Answer> {
    let mut answers = vec![];
    for bounty in bounties(words) {
        let changes = changes(words);
        answers.push(Answer::Edited {
            bounty: bounty.clone(),
            changes,
        });
        answers.extend(
            [
                Answer::Added,
                Answer::Deleted,
                Answer::Tracked,
                Answer::Untracked,
            ]
            .map(|of| of(bounty.clone())),
        );
    }
    for chosen in [true, false] {
        answers.extend([Answer::Language { chosen }, Answer::Timezone { chosen }]);
    }
    answers.extend([Answer::LanguageChosen, Answer::TimezoneChosen]);
    answers.extend([true, false].map(|enabled| Answer::CommandsSwitched { enabled }));
    for kind in KINDS {
        answers.push(Answer::Welcome { kind });
        for commands in [CommandSet::all(), CommandSet::default()] {
            answers.push(Answer::Help {
                kind,
                commands,
                ids: Vec::new(),
            });
        }
    }
    answers.extend([0, 1, 2, 1_000].map(|bounties| Answer::Merged { bounties }));
    answers.extend(
        SCOPES
            .into_iter()
            .flat_map(|scope| pages(scope, words))
            .map(Answer::List),
    );
    answers.extend([0, 1, 13].map(|rounds| Answer::History(history(words, rounds))));
    for (bounty, arguments) in [(Some(ID), words), (Some(ID), ""), (None, words)] {
        let arguments = arguments.to_owned();
        answers.push(Answer::MessageEdited(EditLine { bounty, arguments }));
    }
    answers.extend(refusals(words).into_iter().map(Answer::Refused));
    answers
}

fn bounties(words: &str) -> Vec<BountyView> {
    let bounty = |(link, due): (Option<&str>, _)| BountyView {
        id: ID,
        text: words.into(),
        link: link.map(Into::into),
        due,
    };
    DUES.into_iter()
        .flat_map(|due| [(None, due), (Some(words), due)])
        .map(bounty)
        .collect()
}

/// An edit of everything; with `""`, the fields of a new or deleted bounty.
fn changes(words: &str) -> Vec<FieldChange> {
    let some = || Some(words.into());
    vec![
        FieldChange::Text {
            old: words.into(),
            new: words.into(),
        },
        FieldChange::Link {
            old: some(),
            new: some(),
        },
        FieldChange::Link {
            old: None,
            new: some(),
        },
        FieldChange::Link {
            old: some(),
            new: None,
        },
        FieldChange::Due {
            old: None,
            new: Some(FRIDAY),
        },
        FieldChange::Due {
            old: Some(NOON),
            new: None,
        },
    ]
}

fn pages(scope: Scope, words: &str) -> [Page; 4] {
    let page = |total, page, pages, dated: bool| Page {
        scope,
        total,
        page,
        pages,
        entries: bounties(words)
            .into_iter()
            .filter(|bounty| total > 0 && dated == bounty.due.is_some())
            .map(|bounty| Entry {
                bounty,
                creator: (scope != Scope::Own).then(|| words.to_owned()),
            })
            .collect(),
    };
    [
        page(0, 1, 1, false),
        page(2, 1, 1, false),
        page(60, 1, 3, true),
        page(60, 3, 3, true),
    ]
}

/// Every kind of entry by every kind of actor, so many times over.
pub fn history(words: &str, rounds: u64) -> History {
    let name = SmolStr::from(words);
    let actors = [
        Actor::User {
            id: UserId(456),
            name: name.clone(),
        },
        Actor::User {
            id: UserId(456),
            name: SmolStr::default(),
        },
        Actor::Chat {
            id: ChatId(-100),
            name: name.clone(),
        },
        Actor::Operator { name },
        Actor::System {},
    ];
    let added = FieldChange::Text {
        old: SmolStr::default(),
        new: words.into(),
    };
    let events = [
        ("BountyAdded", vec![added]),
        ("BountyEdited", changes(words)),
        (
            "BountyDeleted",
            vec![FieldChange::Text {
                old: words.into(),
                new: SmolStr::default(),
            }],
        ),
        ("Tracked", vec![]),
        ("SomethingNew", vec![]),
    ];
    let round = actors.into_iter().zip(events);
    let entries: Vec<HistoryEntry> = (0..rounds)
        .flat_map(|_| round.clone())
        .map(|(actor, (event, changes))| HistoryEntry {
            seq: Seq(7),
            time: Timestamp::from_millis(NOON * 1_000),
            actor,
            event,
            changes,
        })
        .collect();
    History {
        id: ID,
        seq: Seq(entries.len() as u64),
        head: "0123456789abcdef".repeat(4),
        entries,
    }
}

fn refusals(words: &str) -> Vec<Refusal> {
    let link = |error| Refusal::Link {
        link: words.to_owned(),
        error,
    };
    let mut refusals = vec![
        Refusal::UnknownBounty {
            id: ID,
            deleted: false,
        },
        Refusal::UnknownBounty {
            id: ID,
            deleted: true,
        },
        Refusal::NotCreator {
            id: ID,
            creator: words.to_owned(),
        },
        Refusal::TextTooLong { characters: 1_234 },
        Refusal::TextMissing,
        link(LinkError::Scheme),
        link(LinkError::Invalid),
        link(LinkError::TooLong),
        Refusal::DueInPast { due: NOON - 86_400 },
        Refusal::DueOutOfRange,
        Refusal::TooManyBounties,
        Refusal::TooMuchText,
        Refusal::NothingChanged { id: ID },
        Refusal::AlreadyTracked { id: ID },
        Refusal::NotTracked { id: ID },
        Refusal::TrackingInPrivate,
        Refusal::ChatCannotTrack,
        Refusal::OperatorCannot,
        Refusal::UnknownLanguage {
            typed: words.to_owned(),
        },
        Refusal::UnknownTimezone {
            typed: words.to_owned(),
        },
    ];
    for scope in SCOPES {
        refusals.extend([1, 3].map(|pages| Refusal::NoSuchPage {
            scope,
            page: 9,
            pages,
        }));
    }
    refusals
}

/// Everything that is no answer.
pub fn others(words: &str) -> Vec<Say<'static>> {
    let troubles = [
        TroubleText::Damaged,
        TroubleText::Foreign,
        TroubleText::Busy,
        TroubleText::Storage,
        TroubleText::Flood { seconds: 1 },
        TroubleText::Flood { seconds: 40 },
        TroubleText::TooSoon { seconds: 1 },
        TroubleText::TooSoon { seconds: 40 },
        TroubleText::Internal,
    ];
    let usages = [
        Usage::Add,
        Usage::AddOnlyLink,
        Usage::Link {
            link: words.to_owned(),
            error: LinkError::Scheme,
        },
        Usage::Edit,
        Usage::Delete,
        Usage::Track,
        Usage::Untrack,
        Usage::History,
        Usage::List,
        Usage::Mine,
        Usage::DueNotUnderstood {
            words: words.to_owned(),
        },
    ];
    let mut says = vec![
        Say::UnknownCommand,
        Say::NoCommand,
        Say::Greeting,
        Say::EditedMessage,
    ];
    says.extend(troubles.map(Say::Trouble));
    says.extend(usages.map(Say::Usage));
    // Few, in tests alone: what is said borrows it.
    let target = words.to_owned().leak();
    says.push(Say::TestMessage { target });
    says
}

pub fn notes(words: &str) -> Vec<Note> {
    vec![
        Note::DueNotUnderstood {
            words: words.to_owned(),
        },
        Note::AddEdited,
        Note::ZoneAssumed { guess: None },
        Note::ZoneAssumed {
            guess: Some(chrono_tz::Europe::Moscow),
        },
        Note::Forwarded(forwardings(words)),
        Note::Partial,
    ]
}

/// A chat, a web hook, and more than are named.
pub fn forwardings(words: &str) -> Vec<Forwarding> {
    let to = |number: u64| match number % 2 {
        0 => Destination::Chat(ChatId(-5)),
        _ => Destination::WebHook(Address::Plain("https://e.com/private-path".to_owned())),
    };
    let forwarding = |number: u64| Forwarding {
        tracker: NotificationTrackerId(1),
        target: NotificationTargetId(number),
        name: format!("{words}{}", number / 2),
        to: to(number),
    };
    (0..20).map(forwarding).collect()
}
