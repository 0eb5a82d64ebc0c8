//! How many files the process may have open: each chat in use has one.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// With fewer, the logs of chats in use are opened and closed all the time.
const LOW: u64 = 1_024;
/// What the process opens beside the logs of chats: connections, the other streams, files that are being written.
const OTHERS: u64 = 200;

/// Lets the process open as many files as the system allows it, and says so when those are few. Answers how many of them the logs of
/// chats may be.
///
/// What a process gets is often far below that: for the sake of programs that use `select`, which this one does not.
pub fn allow_most() -> usize {
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
    let Some(files) = allowed else {
        return usize::MAX;
    };
    let logs = files - OTHERS.min(files / 2);
    if files < LOW {
        tracing::warn!(
            files,
            "few files may be open: the logs of {logs} chats stay open, others are opened and closed with each use, which is slower; to allow more: LimitNOFILE= in the systemd unit, or `ulimit -n`"
        );
    }
    usize::try_from(logs).unwrap_or(usize::MAX)
}
