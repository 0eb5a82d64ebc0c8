//! File systems of the tests' own, mounted on their data directories.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Command;

use rustix::ioctl::{Setter, ioctl};

use super::{Lack, tool};
use crate::support::Data;

/// The ioctl of ext4 that ends all writing at once, and its argument: not even the journal is flushed, as in a power cut.
const EXT4_IOC_SHUTDOWN: u32 = 0x8004_587d;
const WITHOUT_FLUSHING: u32 = 2;

/// A data directory that is a mount; unmounted when dropped, whatever happened.
pub struct Mounted {
    pub data: Data,
    image: Option<PathBuf>,
}

impl Mounted {
    /// A tmpfs of this size.
    pub fn tmpfs(size: &str) -> Result<Self, Lack> {
        let data = Data::new();
        fs::create_dir(data.path()).expect("a directory");
        let mounted = Self { data, image: None };
        mounted.mount(&["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])?;
        Ok(mounted)
    }

    /// An ext4 in a file, through a loop device.
    pub fn ext4() -> Result<Self, Lack> {
        let data = Data::new();
        fs::create_dir(data.path()).expect("a directory");
        let image = data.path().with_file_name("image");
        let file = File::create(&image).expect("a file");
        file.set_len(64 << 20).expect("a sparse file");
        tool("mkfs.ext4", &["-q", "-F", &image.display().to_string()])?;
        let mounted = Self {
            data,
            image: Some(image),
        };
        mounted.mount_image()?;
        Ok(mounted)
    }

    fn mount_image(&self) -> Result<(), Lack> {
        let image = self.image.as_ref().expect("an ext4").display().to_string();
        self.mount(&["-t", "ext4", "-o", "loop", &image])
    }

    fn mount(&self, what: &[&str]) -> Result<(), Lack> {
        let at = self.data.path().display().to_string();
        tool("mount", &[what, &[&at]].concat())
    }

    /// The power is cut: from now on every write fails, and what was not flushed is lost.
    pub fn cut_power(&self) {
        let dir = File::open(self.data.path()).expect("a directory");
        // SAFETY: this ioctl reads one u32 through its pointer and writes nothing.
        let done = unsafe {
            ioctl(
                &dir,
                Setter::<{ EXT4_IOC_SHUTDOWN as _ }, u32>::new(WITHOUT_FLUSHING),
            )
        };
        done.expect("ext4 shuts down");
    }

    /// The machine starts again.
    pub fn start_again(&self) {
        assert!(self.unmount(&[]), "something still uses the mount");
        assert!(self.mount_image().is_ok(), "the image is mounted again");
    }

    fn unmount(&self, options: &[&str]) -> bool {
        let mut command = Command::new("umount");
        let output = command.args(options).arg(self.data.path()).output();
        output.is_ok_and(|output| output.status.success())
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // A process that still uses it is killed by its own guard. When nothing is mounted both fail.
        let _ = self.unmount(&[]) || self.unmount(&["--lazy"]);
    }
}
