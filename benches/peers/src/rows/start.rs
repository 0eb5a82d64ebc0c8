//! A start on the data of many chats.

use crate::fixture::late_add;
use crate::lab::{Lab, cache, drop_caches};
use crate::table::{Row, Sample, Unit};

const CHATS: usize = 100_000;
/// Events of each chat: few, as in most.
const EVENTS: usize = 5;

pub fn row(lab: &Lab) -> anyhow::Result<Row<'_>> {
    let chats = lab.count(CHATS);
    let data = lab.fixture(chats, EVENTS)?;
    let mut next = 0;
    let mut once = move || {
        next += 1;
        // Far apart, so that no chat is in a block of names that was read already.
        lab.feed_one(&data, &late_add((next * 7_919) % chats, next))
    };
    // What is left to do once for data that another program made is done before.
    once()?;
    let work = format!(
        "start with 100,000 chats, {}, until the first command is answered",
        cache()
    );
    Ok(
        Row::new(work, Unit::Millis).with("bounty feed, one update", move || {
            drop_caches();
            Ok(Sample::millis(once()?))
        }),
    )
}
