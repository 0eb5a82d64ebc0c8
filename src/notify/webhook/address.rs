//! Which IP addresses belong to the public internet, and what the others are.
//!
//! The blocks are those of the IANA registries of special-purpose addresses
//! (<https://www.iana.org/assignments/iana-ipv4-special-registry>, `…-ipv6-…`) and of multicast. Every form in which an IPv6 address
//! holds an IPv4 address is out, whatever it holds.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

type V4Block = (Ipv4Addr, u32, &'static str);
type V6Block = (Ipv6Addr, u32, &'static str);

const V4: [V4Block; 16] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8, "an unspecified address"),
    (Ipv4Addr::new(10, 0, 0, 0), 8, "a private address"),
    (
        Ipv4Addr::new(100, 64, 0, 0),
        10,
        "an address of a provider's own network",
    ),
    (Ipv4Addr::new(127, 0, 0, 0), 8, "a loopback address"),
    (Ipv4Addr::new(169, 254, 0, 0), 16, "a link-local address"),
    (Ipv4Addr::new(172, 16, 0, 0), 12, "a private address"),
    (Ipv4Addr::new(192, 0, 0, 0), 24, "a reserved address"),
    (
        Ipv4Addr::new(192, 0, 2, 0),
        24,
        "an address for documentation",
    ),
    (
        Ipv4Addr::new(192, 88, 99, 0),
        24,
        "a relay from IPv6 to IPv4",
    ),
    (Ipv4Addr::new(192, 168, 0, 0), 16, "a private address"),
    (
        Ipv4Addr::new(198, 18, 0, 0),
        15,
        "an address for benchmarks",
    ),
    (
        Ipv4Addr::new(198, 51, 100, 0),
        24,
        "an address for documentation",
    ),
    (
        Ipv4Addr::new(203, 0, 113, 0),
        24,
        "an address for documentation",
    ),
    (Ipv4Addr::new(224, 0, 0, 0), 4, "a multicast address"),
    (Ipv4Addr::new(255, 255, 255, 255), 32, "a broadcast address"),
    (Ipv4Addr::new(240, 0, 0, 0), 4, "a reserved address"),
];

/// The first block that fits counts.
const V6: [V6Block; 17] = [
    (Ipv6Addr::UNSPECIFIED, 128, "an unspecified address"),
    (Ipv6Addr::LOCALHOST, 128, "a loopback address"),
    (v6(&[0, 0, 0, 0, 0, 0xffff]), 96, IPV4_INSIDE),
    (v6(&[0, 0, 0, 0, 0xffff]), 96, IPV4_INSIDE),
    (v6(&[]), 96, IPV4_INSIDE),
    (v6(&[0x64, 0xff9b]), 96, IPV4_INSIDE),
    (v6(&[0x64, 0xff9b, 1]), 48, IPV4_INSIDE),
    // Teredo, and 6to4.
    (v6(&[0x2001]), 32, IPV4_INSIDE),
    (v6(&[0x2002]), 16, IPV4_INSIDE),
    (v6(&[0x2001, 2]), 48, "an address for benchmarks"),
    (v6(&[0x2001]), 23, "a reserved address"),
    (v6(&[0x2001, 0xdb8]), 32, "an address for documentation"),
    (v6(&[0x3fff]), 20, "an address for documentation"),
    (v6(&[0xfc00]), 7, "a private address"),
    (v6(&[0xfe80]), 10, "a link-local address"),
    (v6(&[0xfec0]), 10, "a private address"),
    (v6(&[0xff00]), 8, "a multicast address"),
];

const IPV4_INSIDE: &str = "an IPv4 address inside an IPv6 address";

/// What this address is, when it is not one of the public internet.
pub fn special(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => special_v4(address),
        IpAddr::V6(address) => special_v6(address),
    }
}

fn special_v4(address: Ipv4Addr) -> Option<&'static str> {
    let fits =
        |(base, bits, _): &&V4Block| (address.to_bits() ^ base.to_bits()) >> (32 - bits) == 0;
    V4.iter().find(fits).map(|(_, _, kind)| *kind)
}

fn special_v6(address: Ipv6Addr) -> Option<&'static str> {
    let fits =
        |(base, bits, _): &&V6Block| (address.to_bits() ^ base.to_bits()) >> (128 - bits) == 0;
    let known = V6.iter().find(fits).map(|(_, _, kind)| *kind);
    // Nothing outside 2000::/3 was given to anyone yet.
    let is_given = address.segments()[0] >> 13 == 1;
    known.or((!is_given).then_some("a reserved address"))
}

/// The address that begins with these groups and goes on with zeros.
const fn v6(begin: &[u16]) -> Ipv6Addr {
    let mut bits = 0;
    let mut at = 0;
    while at < begin.len() {
        bits |= (begin[at] as u128) << (112 - 16 * at);
        at += 1;
    }
    Ipv6Addr::from_bits(bits)
}
