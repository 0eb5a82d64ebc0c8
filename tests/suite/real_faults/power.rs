//! An ext4 that is shut down under load without flushing even its journal.

use super::feeding::{Feeding, Load};
use super::mounts::Mounted;
use super::{assert_sound, skip};

/// How many answers are heard before each cut.
const CUTS: [usize; 4] = [1, 60, 300, 900];

#[test]
fn a_power_cut_under_load_loses_nothing_that_was_told() {
    let mounted = match Mounted::ext4() {
        Ok(mounted) => mounted,
        Err(lack) => return skip("a_power_cut_under_load_loses_nothing_that_was_told", &lack),
    };
    let data = &mounted.data;
    // More than all cuts, and what is under way at each, use up.
    let (mut load, mut from) = (Load::new(9_000, 40), 0);
    for heard in CUTS {
        let mut feeding = Feeding::start(data, &mut load, from);
        feeding.hear_acknowledged(heard);
        mounted.cut_power();
        from = feeding.kill_when_refused();
        mounted.start_again();
        load.check(data, &format!("a power cut after {heard} answers"));
    }
    Feeding::start(data, &mut load, from).finish();
    load.check_all(data);
    assert_sound(data);
}
