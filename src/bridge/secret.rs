//! Secrets: read where the bridge says they are, shown nowhere.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use crate::domain::bridge::SecretRef;

/// The most of a file that is read.
const LIMIT: u64 = 4_096;

/// A secret's text. It has no form for logs and messages.
#[derive(Clone)]
pub struct Secret(String);

/// Why there is no secret; said of one that "is to be".
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    #[error("in the variable {0} of the environment, which is not set")]
    Unset(String),
    #[error("in the file {0}, which is empty")]
    Empty(String),
    #[error("in the file {path}, which cannot be read: {error}")]
    Unreadable { path: String, error: io::Error },
}

impl Secret {
    /// Reads the secret that is there now, without white space around it.
    pub fn read(place: &SecretRef) -> Result<Self, SecretError> {
        match place {
            SecretRef::Env(name) => {
                let text = std::env::var(name).unwrap_or_default();
                Self::of(&text).ok_or_else(|| SecretError::Unset(name.clone()))
            }
            SecretRef::File(path) => {
                let text = read_file(path.as_ref()).map_err(|error| SecretError::Unreadable {
                    path: path.clone(),
                    error,
                })?;
                Self::of(&text).ok_or_else(|| SecretError::Empty(path.clone()))
            }
        }
    }

    /// This text, without white space around it; none when nothing is left.
    pub fn of(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }

    /// The secret itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// A plain file alone: reading a pipe could take for ever.
fn read_file(path: &Path) -> io::Result<String> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    let mut text = String::new();
    File::open(path)?.take(LIMIT).read_to_string(&mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{Secret, SecretError};
    use crate::domain::bridge::SecretRef;

    fn read(path: &Path) -> Result<Secret, SecretError> {
        Secret::read(&SecretRef::File(path.display().to_string()))
    }

    fn failure(path: &Path) -> SecretError {
        read(path).err().expect("no secret")
    }

    #[test]
    fn a_file_gives_its_secret_without_the_line_end() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("key");
        fs::write(&path, "7001:AAE\n").expect("a file");
        assert_eq!(read(&path).expect("a secret").reveal(), "7001:AAE");
    }

    #[test]
    fn a_missing_file_a_directory_and_an_empty_file_are_told_apart() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("key");
        for path in [&path, dir.path()] {
            assert!(matches!(failure(path), SecretError::Unreadable { .. }));
        }
        fs::write(&path, " \n").expect("a file");
        assert!(matches!(failure(&path), SecretError::Empty(_)));
    }

    #[test]
    fn a_variable_that_is_not_set_is_named() {
        let unset = Secret::read(&SecretRef::Env("BOUNTY_NO_SUCH_VARIABLE".to_owned()));
        let said = unset.err().expect("no secret").to_string();
        assert!(said.contains("BOUNTY_NO_SUCH_VARIABLE"), "{said}");
    }
}
