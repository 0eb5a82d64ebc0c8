//! Tries again what failed, so that a board takes writes as soon as it can, and whoever watches hears it, without a command.

use std::time::Duration;

use crate::store::Disk;

use super::worker::Shared;

/// How soon what may pass by itself is tried again.
pub const SOON: Duration = Duration::from_secs(1);
/// How many boards are tried each time.
const AT_ONCE: usize = 256;
/// The disk has room again when it takes a file of this size: more than the slack of a file's last block.
const ROOM: usize = 64 * 1_024;
/// That file's name: a `.tmp-` file may be deleted, should a crash leave it.
const PROBE: &str = ".tmp-room";

/// Tries the disk, every board that takes no writes, and every change of an id that is left.
pub fn try_again(shared: &Shared) {
    let obstacles = &shared.stats.obstacles;
    if obstacles.disk().is_some() && has_room(shared) {
        obstacles.clear_disk();
        shared.adoption.hasten();
        tracing::info!("the disk takes writes again");
    }
    let mut chats = obstacles.to_try(AT_ONCE);
    chats.extend(shared.moves.chats());
    for chat in chats {
        shared.look_again(chat);
    }
}

fn has_room(shared: &Shared) -> bool {
    let (disk, path): (&dyn Disk, _) = (&*shared.disk, shared.layout.root().join(PROBE));
    let written = disk.replace(&path, &[b'\n'; ROOM], true);
    // It is not there when it could not be written.
    let _ = disk.remove_file(&path);
    written.is_ok()
}
