//! The commonest events' `data`, read in the form in which it is written. The others are left to the full parser.

use smol_str::SmolStr;

use super::event::{BoardEvent, BountyAdded, BountyDeleted, BountyEdited, Tracked, Untracked};
use crate::domain::{BountyId, Cursor};

/// The event whose `type` comes next, behind its opening quote; none when it is in another form.
pub fn decode(line: &mut Cursor<'_>) -> Option<BoardEvent> {
    let event = if line.skip(b"BountyAdded\"") {
        BoardEvent::BountyAdded(added(id(line)?, line)?)
    } else if line.skip(b"BountyEdited\"") {
        BoardEvent::BountyEdited(edited(id(line)?, line)?)
    } else if line.skip(b"BountyDeleted\"") {
        BoardEvent::BountyDeleted(BountyDeleted { id: id(line)? })
    } else if line.skip(b"Tracked\"") {
        BoardEvent::Tracked(Tracked { id: id(line)? })
    } else if line.skip(b"Untracked\"") {
        BoardEvent::Untracked(Untracked { id: id(line)? })
    } else {
        return None;
    };
    line.literal(b"}")?;
    Some(event)
}

/// The version and the first field of the `data`, which all of them have.
fn id(line: &mut Cursor<'_>) -> Option<BountyId> {
    line.literal(b",\"v\":1,\"data\":{\"id\":")?;
    line.unsigned().map(BountyId)
}

fn added(id: BountyId, data: &mut Cursor<'_>) -> Option<BountyAdded> {
    data.literal(b",\"text\":")?;
    let text = data.string()?.into();
    data.literal(b",\"link\":")?;
    let link = data.nullable(text_of)?;
    data.literal(b",\"due_date_ts\":")?;
    let due_date_ts = data.nullable(Cursor::signed)?;
    data.literal(b",\"created_at\":")?;
    let created_at = data.signed()?;
    Some(BountyAdded {
        id,
        text,
        link,
        due_date_ts,
        created_at,
    })
}

fn edited(id: BountyId, data: &mut Cursor<'_>) -> Option<BountyEdited> {
    let text = if data.skip(b",\"text\":") {
        Some(text_of(data)?)
    } else {
        None
    };
    let link = if data.skip(b",\"link\":") {
        Some(data.nullable(text_of)?)
    } else {
        None
    };
    let due_date_ts = if data.skip(b",\"due_date_ts\":") {
        Some(data.nullable(Cursor::signed)?)
    } else {
        None
    };
    Some(BountyEdited {
        id,
        text,
        link,
        due_date_ts,
    })
}

fn text_of(data: &mut Cursor<'_>) -> Option<SmolStr> {
    data.string().map(SmolStr::from)
}
