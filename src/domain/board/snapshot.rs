//! The snapshot files: what people and other programs read. The first keys are those of the JSON files this
//! format grew out of, to the letter; key order is part of the format.

use serde::Serialize;

use super::event::{BoardEvent, ChatKind};
use super::state::{Board, Bounty, TrackingList};
use crate::domain::stream::pretty;
use crate::domain::{
    Aggregate, BotId, BountyId, ChatId, Checkpointed, Locale, Recorded, Seq, StreamId, UnixTime,
    UserId,
};

#[derive(Serialize)]
struct GroupFile<'a> {
    group_id: ChatId,
    bounties: Vec<GroupBounty<'a>>,
    next_id: BountyId,
    #[serde(flatten)]
    chosen: Chosen<'a>,
    seq: Seq,
    head: &'a str,
}

#[derive(Serialize)]
struct GroupBounty<'a> {
    id: BountyId,
    created_by_user_id: i64,
    text: &'a str,
    link: Option<&'a str>,
    due_date_ts: Option<UnixTime>,
    created_at: UnixTime,
}

#[derive(Serialize)]
struct UserFile<'a> {
    user_id: ChatId,
    bounties: Vec<UserBounty<'a>>,
    next_id: BountyId,
    #[serde(flatten)]
    chosen: Chosen<'a>,
    seq: Seq,
    head: &'a str,
}

#[derive(Serialize)]
struct UserBounty<'a> {
    id: BountyId,
    text: &'a str,
    link: Option<&'a str>,
    due_date_ts: Option<UnixTime>,
    created_at: UnixTime,
}

/// What the chat chose; what it did not choose has no key.
#[derive(Serialize)]
struct Chosen<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<Locale>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timezone: Option<&'a str>,
    /// The bots that do not answer here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    commands_disabled: Vec<BotId>,
}

#[derive(Serialize)]
struct ListFile<'a> {
    user_id: UserId,
    tracked: &'a std::collections::BTreeSet<BountyId>,
    seq: Seq,
}

impl Checkpointed for Board {}

impl Aggregate for Board {
    type Event = BoardEvent;

    fn stream(&self) -> Option<StreamId> {
        self.chat_id().map(StreamId::Chat)
    }

    fn seq(&self) -> Seq {
        self.seq()
    }

    fn evolve(&mut self, record: &Recorded<BoardEvent>) {
        self.evolve(record);
    }

    fn snapshots(&self) -> Vec<(String, Seq)> {
        let Some(kind) = self.kind() else {
            return Vec::new();
        };
        let lists = self.lists().filter(|_| kind == ChatKind::Group);
        lists
            .map(|(user, list)| (list_file_name(user), list.seq))
            .chain([(board_file_name(kind).to_owned(), self.seq())])
            .collect()
    }

    fn snapshot(&self, name: &str, head: &str) -> Option<Vec<u8>> {
        let kind = self.kind()?;
        if name == board_file_name(kind) {
            return board_file(self, head);
        }
        let user = name.strip_suffix(".json")?.parse().ok()?;
        let list = self.list(user).filter(|_| kind == ChatKind::Group)?;
        Some(list_file(user, list))
    }
}

/// The name of the board's own file: it depends on whose board it is.
pub fn board_file_name(kind: ChatKind) -> &'static str {
    match kind {
        ChatKind::Group => "group.json",
        ChatKind::Private => "user.json",
    }
}

/// The name of the file of what a user tracks in a group.
fn list_file_name(user: UserId) -> String {
    format!("{user}.json")
}

/// The bytes of `group.json` or `user.json`; `head` is the hash of the board's last event. None before the first event.
pub fn board_file(board: &Board, head: &str) -> Option<Vec<u8>> {
    let chat = board.chat_id()?;
    let (next_id, seq) = (board.next_id(), board.seq());
    let chosen = Chosen {
        language: board.settings().language,
        timezone: board.settings().timezone.as_deref(),
        commands_disabled: board.settings().mute_bots(),
    };
    match board.kind()? {
        ChatKind::Group => {
            let bounties = board.bounties().map(group_bounty).collect();
            Some(pretty(&GroupFile {
                group_id: chat,
                bounties,
                next_id,
                chosen,
                seq,
                head,
            }))
        }
        ChatKind::Private => {
            let bounties = board.bounties().map(user_bounty).collect();
            Some(pretty(&UserFile {
                user_id: chat,
                bounties,
                next_id,
                chosen,
                seq,
                head,
            }))
        }
    }
}

/// The bytes of a group's `{user}.json`.
fn list_file(user: UserId, list: &TrackingList) -> Vec<u8> {
    pretty(&ListFile {
        user_id: user,
        tracked: &list.ids,
        seq: list.seq,
    })
}

fn group_bounty(bounty: &Bounty) -> GroupBounty<'_> {
    GroupBounty {
        id: bounty.id,
        created_by_user_id: bounty.created_by,
        text: &bounty.text,
        link: bounty.link.as_deref(),
        due_date_ts: bounty.due,
        created_at: bounty.created_at,
    }
}

fn user_bounty(bounty: &Bounty) -> UserBounty<'_> {
    UserBounty {
        id: bounty.id,
        text: &bounty.text,
        link: bounty.link.as_deref(),
        due_date_ts: bounty.due,
        created_at: bounty.created_at,
    }
}
