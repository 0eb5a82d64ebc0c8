//! What today's rules say of what the old worlds held: some of it cannot be carried, some is carried and named.

use serde::Serialize;

use crate::domain::board::{BOARD_BOUNTIES, BOARD_TEXT_BYTES, TEXT_LIMIT};
use crate::domain::{BountyId, LINK_LIMIT, Timestamp, UnixTime, normalise_link};
use crate::store::LINE_LIMIT;

use super::board::{BoardRows, BountyRow};

/// What an event's line needs beside the texts in it.
const LINE_OVERHEAD: usize = 4_096;
/// The years 1 to 9999, in Unix seconds.
const YEARS: std::ops::RangeInclusive<UnixTime> = -62_135_596_800..=253_402_300_799;
/// An id above this leaves no room for new ones.
const HIGHEST_ID: u64 = 1 << 52;

/// An id as a bounty can have it.
pub fn bounty_id(number: i64) -> Result<BountyId, String> {
    let id = u64::try_from(number).ok();
    let id = id.filter(|id| (1..=HIGHEST_ID).contains(id)).map(BountyId);
    id.ok_or_else(|| format!("its id {number} is no bounty's id"))
}

/// A moment as a log can hold it.
pub fn moment(field: &str, seconds: UnixTime) -> Result<UnixTime, String> {
    let is_date = YEARS.contains(&seconds);
    let explain = || format!("{field} {seconds} is no date in the years 1 to 9999");
    is_date.then_some(seconds).ok_or_else(explain)
}

/// Whether the texts of a bounty fit into a line of a log.
pub fn refuse_long(bounty: &BountyRow) -> Result<(), String> {
    let texts = (&bounty.text, &bounty.link, &bounty.name);
    refuse_large("its texts are", &texts)
}

/// Whether this fits into a line of a log; `what` begins the sentence.
pub fn refuse_large(what: &str, data: &impl Serialize) -> Result<(), String> {
    let bytes = serde_json::to_vec(data).map_or(LINE_LIMIT, |json| json.len());
    refuse_bytes(what, bytes)
}

/// Whether something of so many bytes fits into a line of a log.
pub fn refuse_bytes(what: &str, bytes: usize) -> Result<(), String> {
    if bytes + LINE_OVERHEAD > LINE_LIMIT {
        return Err(format!(
            "{what} larger than a line of a log may be ({bytes} bytes)"
        ));
    }
    Ok(())
}

/// What a user could not enter today.
pub fn remarks(bounty: &BountyRow, now: Timestamp) -> Vec<String> {
    let mut remarks = Vec::new();
    if bounty.text.trim().is_empty() {
        remarks.push("its text is empty".to_owned());
    }
    if bounty.text.chars().count() > TEXT_LIMIT {
        remarks.push(format!("its text is longer than {TEXT_LIMIT} characters"));
    }
    if bounty.due.is_some_and(|due| due <= now.seconds()) {
        remarks.push("its due date is past".to_owned());
    }
    if let Some(link) = &bounty.link {
        if normalise_link(link).is_err() {
            remarks.push("its link is no http or https address".to_owned());
        } else if link.chars().count() > LINK_LIMIT {
            remarks.push(format!("its link is longer than {LINK_LIMIT} characters"));
        }
    }
    remarks
}

/// What a board could not hold today.
pub fn board_remarks(rows: &BoardRows) -> Vec<String> {
    let bytes: u64 = rows.bounties.iter().map(|row| row.text.len() as u64).sum();
    let mut remarks = Vec::new();
    if rows.bounties.len() > BOARD_BOUNTIES {
        remarks.push(format!(
            "more than {BOARD_BOUNTIES} bounties: none can be added before some are deleted"
        ));
    }
    if bytes > BOARD_TEXT_BYTES {
        remarks.push(format!(
            "more than {BOARD_TEXT_BYTES} bytes of text: none can be added before some are deleted"
        ));
    }
    remarks
}
