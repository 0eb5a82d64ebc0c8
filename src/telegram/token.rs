//! Bots' tokens: read where the bridge says they are, shown nowhere.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use crate::domain::BotId;
use crate::domain::bridge::SecretRef;

/// The most of a file that is read.
const LIMIT: u64 = 4_096;

/// A bot's token. It has no form for logs and messages.
pub struct Token(String);

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    #[error("its token is to be in the variable {0} of the environment, which is not set")]
    Unset(String),
    #[error("its token is to be in the file {0}, which is empty")]
    Empty(String),
    #[error("its token is to be in the file {path}, which cannot be read: {source}")]
    Unreadable { path: String, source: io::Error },
}

impl Token {
    /// Reads the token that is there now.
    pub fn read(place: &SecretRef) -> Result<Self, TokenError> {
        match place {
            SecretRef::Env(name) => {
                let text = std::env::var(name).unwrap_or_default();
                Self::of(&text).ok_or_else(|| TokenError::Unset(name.clone()))
            }
            SecretRef::File(path) => {
                let text = read_file(path.as_ref()).map_err(|source| TokenError::Unreadable {
                    path: path.clone(),
                    source,
                })?;
                Self::of(&text).ok_or_else(|| TokenError::Empty(path.clone()))
            }
        }
    }

    fn of(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }

    /// The bot's id, which stands before the colon; 0 in what is no token, which Telegram will refuse.
    pub fn bot_id(&self) -> BotId {
        let (id, _) = self.0.split_once(':').unwrap_or_default();
        BotId(id.parse().unwrap_or(0))
    }

    /// The token itself, for calls of the Bot API.
    pub fn secret(&self) -> &str {
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

    use super::{Token, TokenError};
    use crate::domain::BotId;
    use crate::domain::bridge::SecretRef;

    fn read(path: &Path) -> Result<Token, TokenError> {
        Token::read(&SecretRef::File(path.display().to_string()))
    }

    #[test]
    fn a_file_gives_its_token_without_the_line_end() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("token");
        fs::write(&path, "7001:AAE\n").expect("a file");
        let token = read(&path).expect("a token");
        assert_eq!((token.secret(), token.bot_id()), ("7001:AAE", BotId(7001)));
    }

    #[test]
    fn a_missing_file_a_directory_and_an_empty_file_are_told_apart() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("token");
        for path in [&path, dir.path()] {
            assert!(matches!(read(path), Err(TokenError::Unreadable { .. })));
        }
        fs::write(&path, " \n").expect("a file");
        assert!(matches!(read(&path), Err(TokenError::Empty(_))));
    }
}
