//! Snapshots made again from the logs, and what the logs tell: audit, history, the board as it was.

mod audit;
mod check;
mod moved;
mod rebuild;
mod show;

use crate::support::{Data, in_dm, in_group};

const GROUP: i64 = -100;
const DM: i64 = 5;

/// A group with bounties and tracking, and a DM.
fn two_boards() -> Data {
    let data = Data::new();
    data.feed(&[
        in_group(1, GROUP, 1, "/add Fix login bug https://e.com/1 2031-01-31"),
        in_group(2, GROUP, 2, "/add Buy tea"),
        in_group(3, GROUP, 2, "/track 1"),
        in_group(4, GROUP, 3, "/start"),
        in_group(5, GROUP, 1, "/edit 1 Fix the bug due:none"),
        in_group(6, GROUP, 2, "/delete 2"),
        in_dm(7, DM, "/add Own"),
    ])
    .ok();
    data
}
