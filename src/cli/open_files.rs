//! How many files the process may have open: each chat in use needs one.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// A limit below this is worth a warning.
const LOW: u64 = 4_096;
/// What the process opens beside the logs of chats: connections, the other streams, files that are being written.
const OTHERS: u64 = 200;

/// Lets the process open as many files as the system allows it, and says so when those are few.
///
/// What a process gets is often far below that: for the sake of programs that use `select`, which this one does not.
pub fn allow_most() {
    let limit = getrlimit(Resource::Nofile);
    let wanted = Rlimit {
        current: limit.maximum,
        ..limit
    };
    let allowed = match setrlimit(Resource::Nofile, wanted) {
        Ok(()) => limit.maximum,
        Err(error) => {
            tracing::debug!(%error, "the limit of open files cannot be raised");
            limit.current
        }
    };
    if let Some(files) = allowed.filter(|files| *files < LOW) {
        let chats = files.saturating_sub(OTHERS);
        tracing::warn!(
            files,
            "few files may be open, enough for about {chats} chats in use at once; to allow more: LimitNOFILE= in the systemd unit, or `ulimit -n`"
        );
    }
}
