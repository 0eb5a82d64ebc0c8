//! One flush for the writes of many files, where the file system can do that and tell the truth about it.

use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fs::{StatVfsMountFlags, fstatfs, fstatvfs, syncfs};
use rustix::system::uname;

use super::disk::{FileId, GroupFlush};

/// The `f_type` of ext4 (and its elders), XFS and Btrfs, from `linux/magic.h`: local file systems whose `syncfs` waits
/// for the data and reports what could not be written.
const KNOWN: [u64; 3] = [0xEF53, 0x5846_5342, 0x9123_683E];
/// The first kernel whose `syncfs` reports all that failed: writes since 5.8 (syncfs(2), "Errors"), the journal's too since 5.17
/// ("vfs: make sync_filesystem return errors from ->sync_fs").
const KERNEL: (u32, u32) = (5, 17);

/// `syncfs` on the file system of the data directory. Each open file is told of an error once, so one stays open.
///
/// It is not the whole flush. Where ext4 has no journal it ends by writing blocks of inodes after it emptied the disk's own cache, and
/// a file system that an error made read-only writes nothing and says that all is well (`sync_filesystem` in Linux' `fs/sync.c`). An
/// `fsync` of the directory behind it empties the cache once more, and fails on an ext4 that was shut down.
pub struct SyncFs {
    root: File,
    device: u64,
}

impl SyncFs {
    /// None where `syncfs` does not tell of all that failed.
    pub fn new(root: &Path) -> io::Result<Option<Self>> {
        let root = File::open(root)?;
        let kind = fstatfs(&root)?.f_type;
        let is_known = u64::try_from(kind).is_ok_and(|kind| KNOWN.contains(&kind));
        if !is_known || !reports_errors(uname().release().to_string_lossy().as_ref()) {
            return Ok(None);
        }
        let device = root.metadata()?.dev();
        Ok(Some(Self { root, device }))
    }
}

impl GroupFlush for SyncFs {
    fn flush(&self) -> io::Result<()> {
        syncfs(&self.root)?;
        self.root.sync_all()?;
        let flags = fstatvfs(&self.root)?.f_flag;
        if flags.contains(StatVfsMountFlags::RDONLY) {
            return Err(io::ErrorKind::ReadOnlyFilesystem.into());
        }
        Ok(())
    }

    fn covers(&self, file: FileId) -> bool {
        file.device == self.device
    }
}

/// Whether a kernel of this release, "6.1.0-13-amd64" for one, is new enough.
fn reports_errors(release: &str) -> bool {
    let mut numbers = release
        .split(|c: char| !c.is_ascii_digit())
        .map_while(|number| number.parse::<u32>().ok());
    let version = numbers.next().zip(numbers.next());
    version.is_some_and(|version| version >= KERNEL)
}

#[cfg(test)]
mod tests {
    use super::reports_errors;

    #[test]
    fn only_kernels_that_tell_of_failed_writes_are_trusted() {
        for new in ["5.17.0", "6.1.0-13-amd64", "6.18.44+"] {
            assert!(reports_errors(new), "{new}");
        }
        for old in ["5.16.20", "5.10.0-26-amd64", "3.10.0", "", "unknown", "6"] {
            assert!(!reports_errors(old), "{old}");
        }
    }
}
