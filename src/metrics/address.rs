//! Where to listen, as an option.

use std::fmt;
use std::str::FromStr;

/// A host and a port. Without a host: this machine alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenAddress {
    pub host: String,
    /// 0: a free one.
    pub port: u16,
}

/// Not `PORT`, `:PORT` or `HOST:PORT`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no address: give PORT, :PORT or HOST:PORT, such as 9187 or 0.0.0.0:9187")]
pub struct NoAddress;

/// Where it listens unless told otherwise.
const LOOPBACK: &str = "127.0.0.1";

impl FromStr for ListenAddress {
    type Err = NoAddress;

    fn from_str(text: &str) -> Result<Self, NoAddress> {
        let (host, port) = text.rsplit_once(':').unwrap_or(("", text));
        let bare = host
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'));
        // An IPv6 address without brackets would lose its last group.
        if bare.is_none() && host.contains(':') {
            return Err(NoAddress);
        }
        let host = match bare.unwrap_or(host) {
            "" => LOOPBACK,
            host => host,
        };
        // `parse` would also take "+80".
        let is_number = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
        let port = port.parse().ok().filter(|_| is_number).ok_or(NoAddress)?;
        Ok(Self {
            host: host.to_owned(),
            port,
        })
    }
}

impl fmt::Display for ListenAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ListenAddress, NoAddress};

    #[test]
    fn without_a_host_it_is_this_machine_alone() {
        for (text, expected) in [
            ("9187", "127.0.0.1:9187"),
            (":9187", "127.0.0.1:9187"),
            (":0", "127.0.0.1:0"),
            ("0.0.0.0:9187", "0.0.0.0:9187"),
            ("localhost:80", "localhost:80"),
            ("[::1]:80", "[::1]:80"),
            ("[::]:80", "[::]:80"),
        ] {
            let address: ListenAddress = text.parse().expect(text);
            assert_eq!(address.to_string(), expected);
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "", ":", "host", "host:", "1:2:3", "::1", "65536", "-1", "+80", "80 ",
        ] {
            assert_eq!(text.parse::<ListenAddress>(), Err(NoAddress), "{text}");
        }
    }
}
