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
