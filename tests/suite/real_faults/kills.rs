//! `bounty feed` with many chats, killed again and again.

use super::assert_sound;
use super::feeding::{Feeding, Load};
use crate::support::Data;
use crate::support::scenario::runs;
use crate::support::sim_disk::Rng;

const KILLS: u64 = 12;
/// How many updates are fed again after each kill that had been answered already.
const AGAIN: usize = 40;

#[test]
fn feed_killed_under_load_loses_and_doubles_nothing() {
    let (data, mut load) = (Data::new(), Load::new(2_000, 60));
    let (mut from, mut rng) = (0, Rng::new(1));
    for kill in 0..KILLS * runs() {
        let left = load.len() - from;
        let mut feeding = Feeding::start(&data, &mut load, from);
        let heard = rng.below(200.min(left as u64));
        feeding.hear_acknowledged(usize::try_from(heard).expect("small"));
        let next = feeding.kill();
        load.check(&data, &format!("kill {kill} after {heard} answers"));
        from = next.saturating_sub(AGAIN);
    }
    Feeding::start(&data, &mut load, from).finish();
    load.check_all(&data);
    // A chat whose last answers came from before a kill, and which is used no more, may have older snapshots: that is lag.
    data.run(&["replay"]).ok();
    assert_sound(&data);
}
