//! A web hook as it is when something is sent there: its secrets are read then.

use std::time::Duration;

use crate::bridge::{Secret, SecretError};
use crate::domain::bridge::{Address, WebhookPlace};

/// Where events are sent, and how they are signed. It has no form for logs and messages.
pub struct Hook {
    pub url: Secret,
    pub key: Secret,
    /// How long an answer is waited for, once there is a connection.
    pub timeout: Duration,
}

/// What a web hook lacks.
#[derive(Debug, thiserror::Error)]
pub enum HookError {
    #[error("its address is to be {0}")]
    Url(SecretError),
    #[error("its key is to be {0}")]
    Key(SecretError),
    #[error("its address is empty")]
    NoUrl,
}

impl Hook {
    /// Reads the address and the key that are there now.
    pub fn read(place: &WebhookPlace) -> Result<Self, HookError> {
        let url = match &place.url {
            Address::Plain(url) => Secret::of(url).ok_or(HookError::NoUrl)?,
            Address::Hidden(reference) => Secret::read(reference).map_err(HookError::Url)?,
        };
        Ok(Self {
            url,
            key: Secret::read(&place.key).map_err(HookError::Key)?,
            timeout: Duration::from_secs(place.timeout.into()),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::Duration;

    use super::Hook;
    use crate::domain::bridge::{Address, SecretRef, WebhookPlace};

    #[test]
    fn address_and_key_are_read_where_they_are_and_what_lacks_is_named_by_its_place() {
        let dir = tempfile::tempdir().expect("a directory");
        let file = |name: &str| SecretRef::File(dir.path().join(name).display().to_string());
        let hidden = WebhookPlace {
            url: Address::Hidden(file("url")),
            key: file("key"),
            timeout: 7,
        };
        let lack = |place| {
            Hook::read(place)
                .err()
                .expect("it lacks something")
                .to_string()
        };
        assert!(lack(&hidden).starts_with("its address is to be in the file "));
        let plain = WebhookPlace {
            url: Address::Plain("https://example.com/".to_owned()),
            ..hidden.clone()
        };
        assert!(lack(&plain).starts_with("its key is to be in the file "));
        fs::write(dir.path().join("url"), "https://example.com/hidden\n").expect("written");
        fs::write(dir.path().join("key"), "the key\n").expect("written");
        let hook = Hook::read(&hidden).expect("both are there");
        assert_eq!(hook.url.reveal(), "https://example.com/hidden");
        assert_eq!(hook.key.reveal(), "the key");
        assert_eq!(hook.timeout, Duration::from_secs(7));
        let hook = Hook::read(&plain).expect("both are there");
        assert_eq!(hook.url.reveal(), "https://example.com/");
    }
}
