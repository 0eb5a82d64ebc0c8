//! The snapshot files: what people and other programs read. The first keys are those of the JSON files this
//! format grew out of, to the letter; key order is part of the format.

use serde::Serialize;

use super::event::ChatKind;
use super::state::{Board, Bounty, TrackingList};
use crate::domain::{BountyId, ChatId, Seq, UnixTime, UserId};

#[derive(Serialize)]
struct GroupFile<'a> {
    group_id: ChatId,
    bounties: Vec<GroupBounty<'a>>,
    next_id: BountyId,
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

#[derive(Serialize)]
struct ListFile<'a> {
    user_id: UserId,
    tracked: &'a std::collections::BTreeSet<BountyId>,
    seq: Seq,
}

/// The bytes of `group.json` or `user.json`; `head` is the hash of the board's last event. None before the first event.
pub fn board_file(board: &Board, head: &str) -> Option<Vec<u8>> {
    let chat = board.chat_id()?;
    let (next_id, seq) = (board.next_id(), board.seq());
    match board.kind()? {
        ChatKind::Group => {
            let bounties = board.bounties().map(group_bounty).collect();
            Some(pretty(&GroupFile {
                group_id: chat,
                bounties,
                next_id,
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
                seq,
                head,
            }))
        }
    }
}

/// The bytes of a group's `{user}.json`.
pub fn list_file(user: UserId, list: &TrackingList) -> Vec<u8> {
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

/// JSON indented by two spaces, one newline at the end.
fn pretty(file: &impl Serialize) -> Vec<u8> {
    let mut bytes =
        serde_json::to_vec_pretty(file).expect("strings and integers always have a JSON form");
    bytes.push(b'\n');
    bytes
}
