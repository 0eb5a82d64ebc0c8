//! Where nothing is sent to: addresses that are not of the public internet, in whatever form they are written, and names that lead
//! there. Whoever can name an address could otherwise have this process talk to what only this machine and its network reach.
//!
//! A name is resolved once for each connection, and what was found is judged and then connected to: a name that leads elsewhere a
//! moment later changes nothing.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use super::address::special;

/// Which hosts may be talked to: all that are public, and those that an operator allows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guard {
    allowed: BTreeSet<Host>,
}

/// Why nothing is sent to an address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Forbidden {
    #[error("it cannot be read as an address")]
    Unreadable,
    #[error("only http and https addresses are served")]
    Scheme,
    #[error("there is a user name or a password in it")]
    Credentials,
    #[error("{host} is {kind}; the operator can allow that host by --webhook-allow")]
    Special { host: String, kind: &'static str },
    #[error(
        "{host} leads to {address}, {kind}; the operator can allow that host by --webhook-allow"
    )]
    LeadsTo {
        host: String,
        address: IpAddr,
        kind: &'static str,
    },
    #[error("{0} leads nowhere")]
    Nowhere(String),
}

/// What was to be allowed is no host.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no host: a name or an IP address is, without scheme, port and path")]
pub struct BadHost(String);

impl Guard {
    /// Allows these hosts too, wherever they lead: names or IP addresses. A name does not allow the address that it leads to.
    pub fn allowing<H: AsRef<str>>(hosts: impl IntoIterator<Item = H>) -> Result<Self, BadHost> {
        let read = |host: H| read_host(host.as_ref()).ok_or(BadHost(host.as_ref().to_owned()));
        let allowed = hosts.into_iter().map(read).collect::<Result<_, _>>()?;
        Ok(Self { allowed })
    }

    /// The address, if something may be sent there as far as can be said without resolving a name.
    pub fn check(&self, url: &str) -> Result<Url, Forbidden> {
        let url = Url::parse(url).map_err(|_| Forbidden::Unreadable)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Forbidden::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Forbidden::Credentials);
        }
        let address = match url.host().ok_or(Forbidden::Unreadable)? {
            Host::Domain(_) => return Ok(url),
            Host::Ipv4(address) => IpAddr::from(address),
            Host::Ipv6(address) => IpAddr::from(address),
        };
        match special(address).filter(|_| !self.allows(&host_of(address))) {
            Some(kind) => Err(Forbidden::Special {
                host: address.to_string(),
                kind,
            }),
            None => Ok(url),
        }
    }

    /// Of the addresses that a name leads to, those that may be connected to. There is at least one.
    pub fn admit(
        &self,
        name: &str,
        found: impl IntoIterator<Item = SocketAddr>,
    ) -> Result<Vec<SocketAddr>, Forbidden> {
        let is_allowed = read_host(name).is_some_and(|host| self.allows(&host));
        let (mut admitted, mut refused) = (Vec::new(), None);
        for socket in found {
            match special(socket.ip()).filter(|_| !is_allowed) {
                None => admitted.push(socket),
                Some(kind) => refused = Some((socket.ip(), kind)),
            }
        }
        let host = name.to_owned();
        match refused {
            _ if !admitted.is_empty() => Ok(admitted),
            Some((address, kind)) => Err(Forbidden::LeadsTo {
                host,
                address,
                kind,
            }),
            None => Err(Forbidden::Nowhere(host)),
        }
    }

    fn allows(&self, host: &Host) -> bool {
        self.allowed.contains(host)
    }
}

/// A host as it is compared: as a URL's, without the full stop that a name may end with.
fn read_host(text: &str) -> Option<Host> {
    let text = text.trim();
    let host = match text.parse() {
        Ok(address) => host_of(address),
        Err(_) => Host::parse(text).ok()?,
    };
    let Host::Domain(name) = host else {
        return Some(host);
    };
    let name = name.trim_end_matches('.');
    // A star would look as if it stood for many.
    (!name.is_empty() && !name.contains('*')).then(|| Host::Domain(name.to_owned()))
}

fn host_of(address: IpAddr) -> Host {
    match address {
        IpAddr::V4(address) => Host::Ipv4(address),
        IpAddr::V6(address) => Host::Ipv6(address),
    }
}

/// Resolves names as the system does, and gives out only what may be connected to.
pub struct GuardedResolver(pub Arc<Guard>);

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = Arc::clone(&self.0);
        Box::pin(async move {
            let name = name.as_str();
            let found = tokio::net::lookup_host((name, 0)).await?;
            let admitted = guard.admit(name, found)?;
            Ok(Box::new(admitted.into_iter()) as Addrs)
        })
    }
}
