//! The guard against a table of hostile addresses.

use std::net::{IpAddr, SocketAddr};

use super::guard::{Forbidden, Guard};

/// Whether nothing is sent there, though no name had to be resolved for knowing that.
fn is_forbidden(url: &str) -> bool {
    Guard::default().check(url).is_err()
}

fn address(text: &str) -> IpAddr {
    text.parse()
        .unwrap_or_else(|_| panic!("{text} is an address"))
}

fn leads_to(addresses: &[&str]) -> Vec<SocketAddr> {
    let socket = |text: &&str| SocketAddr::new(address(text), 0);
    addresses.iter().map(socket).collect()
}

/// Blocks that are not public: their first and last addresses, and some between.
const INSIDE: &str = "
    0.0.0.0 0.255.255.255 10.0.0.0 10.255.255.255 100.64.0.0 100.127.255.255 127.0.0.1 127.255.255.255
    169.254.0.0 169.254.169.254 169.254.255.255 172.16.0.0 172.31.255.255 192.0.0.0 192.0.0.255 192.0.2.1
    192.88.99.1 192.168.0.0 192.168.255.255 198.18.0.0 198.19.255.255 198.51.100.1 203.0.113.1
    224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
    :: ::1 ::2 ::127.0.0.1 ::8.8.8.8 ::ffff:ffff:ffff 0:0:1::1
    ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:8.8.8.8 ::ffff:0:8.8.8.8
    64:ff9b::127.0.0.1 64:ff9b::8.8.8.8 64:ff9b:1::1 64:ff9b:1:ffff:ffff:ffff:ffff:ffff 100::1
    2001::1 2001:0:ffff:ffff:ffff:ffff:ffff:ffff 2001:1::1 2001:2::1 2001:10::1 2001:20::1
    2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff 2001:db8::1 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff
    2002::1 2002:7f00:1::1 2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff
    3fff::1 3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff 1fff:ffff::1 4000::1 5f00::1 8000::1 c000::1 f000::1
    fc00::1 fd00:ec2::254 fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff fe00::1
    fe80::1 febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff fec0::1 feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff
    ff00::1 ff02::1 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
/// Public addresses, most of them beside those blocks.
const OUTSIDE: &str = "
    1.0.0.0 1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0
    169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 191.255.255.255 192.0.1.0 192.0.3.0
    192.88.98.255 192.88.100.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 223.255.255.255
    2000::1 2001:200::1 2001:db7:ffff::1 2001:db9::1 2003::1 2606:4700:4700::1111 2a00:1450::1
    3ffe:ffff::1 3fff:1000::1";

/// Addresses to which nothing is sent, in every way of writing them: decimal, octal, hexadecimal, short and mixed forms of IPv4;
/// IPv6 with zones and with IPv4 in it; who hides behind an @; letters that mean digits and stops; what is no address, and no HTTP.
const HOSTILE: &str = "
    http://2130706433/ http://3232235521/ http://017700000001/ http://0177.0.0.1/ http://00000177.0.0.1/
    http://0x7f000001/ http://0x7f.0.0.1/ http://0X7F.1/ http://127.1/ http://127.0.1/ http://0/ http://0x0/
    http://10.1/ http://169.254.43518/ http://0xA9FEA9FE/ http://0251.0376.0251.0376/
    http://127.0.0.1./ http://2130706433./
    http://[fe80::1%25eth0]/ http://[fe80::1%eth0]/ http://[::1%25lo]/
    http://[::ffff:127.0.0.1]/ http://[::ffff:7f00:1]/ http://[::ffff:0x7f.1]/ http://[::127.0.0.1]/
    http://[0:0:0:0:0:0:0:1]/ http://[::]/ http://[64:ff9b::a9fe:a9fe]/ http://[2002:a9fe:a9fe::]/
    http://[2001:0:53aa:64c:0:0:f5ff:fffe]/
    http://user@example.com/ http://user:password@example.com/ http://:password@example.com/
    http://user%40example.com@example.com/ http://example.com@127.0.0.1/ http://example.com:80@127.0.0.1/
    http://@127.0.0.1/ http://127.0.0.1#@example.com/ http://127.0.0.1\\@example.com/
    http://127.0.0.1/@example.com http://127.0.0.1?@example.com/ https:user@example.com
    http://１２７.０.０.１/ http://127。0。0。1/ http://①②⑦.⓪.⓪.①/ http://𝟏𝟐𝟕.0.0.1/ http://[::１]/
    http://127%2e0%2e0%2e1/ http://%31%32%37.0.0.1/
    http:127.0.0.1 http:/127.0.0.1 http:////127.0.0.1/ http:\\\\127.0.0.1\\
    http://256.0.0.1/ http://1.2.3.4.5/ http://0x100000000/ http://1.2.3.08/
    http:/// http:// http://:80/ http://[]/ bounty //example.com/ /hooks
    http://example.com:99999/ http://exam<ple.com/ http://[::1 http://::1/ http://%00/ http://example.com%00/
    ftp://example.com/ file:///etc/passwd gopher://example.com/ data:text/plain,x javascript:alert(1)
    ws://example.com/ unix:/run/docker.sock dict://example.com/ http+unix://%2Frun%2Fdocker.sock/
    mailto:a@example.com blob:https://example.com/x view-source:http://example.com/";
/// The same with white space, of which some is taken out.
const HOSTILE_SPACED: [&str; 6] = [
    "",
    " http://127.0.0.1/",
    "http://127.0.\t0.1/",
    "http://127.0.0.1\n/",
    "ht\ntp://127.0.0.1/",
    "http://exa mple.com/",
];
/// Public, or judged only by what its name leads to.
const HARMLESS: &str = "
    http://example.com/ https://example.com HTTPS://EXAMPLE.COM/hook?x=1#y http://example.com:8080/
    http://bücher.example/ http://8.8.8.8/ https://[2606:4700:4700::1111]/ http://134744072/
    http://example.com/http://127.0.0.1/ http://example.com\\@127.0.0.1/ http://localhost/
    http://127.0.0.1.example.com/";

#[test]
fn every_address_that_is_not_public_is_refused_written_down_and_found_by_a_name() {
    let guard = Guard::default();
    for (list, expected) in [(INSIDE, true), (OUTSIDE, false)] {
        for text in list.split_whitespace() {
            let host = match address(text) {
                IpAddr::V4(_) => text.to_owned(),
                IpAddr::V6(_) => format!("[{text}]"),
            };
            for url in [
                format!("http://{host}/"),
                format!("https://{host}:8443/x?y#z"),
            ] {
                assert_eq!(is_forbidden(&url), expected, "{url}");
            }
            let admitted = guard.admit("name.example", leads_to(&[text]));
            assert_eq!(admitted.is_err(), expected, "{text}");
        }
    }
}

#[test]
fn hostile_addresses_are_refused_in_every_way_of_writing_them() {
    for url in HOSTILE.split_whitespace().chain(HOSTILE_SPACED) {
        assert!(is_forbidden(url), "{url:?}");
    }
    for url in HARMLESS.split_whitespace() {
        assert!(!is_forbidden(url), "{url:?}");
    }
}

#[test]
fn of_the_addresses_of_a_name_only_public_ones_are_connected_to() {
    let guard = Guard::default();
    let found = leads_to(&["10.0.0.1", "8.8.8.8", "::1", "2606:4700:4700::1111"]);
    let admitted = guard.admit("mixed.example", found.clone());
    assert_eq!(admitted, Ok(vec![found[1], found[3]]));
    let inside = guard.admit("inside.example", leads_to(&["10.0.0.1", "169.254.169.254"]));
    let expected = Forbidden::LeadsTo {
        host: "inside.example".to_owned(),
        address: address("169.254.169.254"),
        kind: "a link-local address",
    };
    assert_eq!(inside, Err(expected));
    let nowhere = guard.admit("nowhere.example", []);
    assert_eq!(
        nowhere,
        Err(Forbidden::Nowhere("nowhere.example".to_owned()))
    );
}

#[test]
fn what_the_operator_allows_is_a_host_in_any_form_and_nothing_beside_it() {
    let guard = Guard::allowing([
        "Intern.Example.",
        "10.0.0.7",
        "[fd00::7]",
        "0x7f.1",
        "bücher.example",
    ])
    .expect("hosts");
    for url in [
        "http://10.0.0.7/",
        "http://0x0a000007:9000/x",
        "http://[fd00::7]/",
        "http://[fd00:0::07]:1/",
        "http://127.0.0.1/",
    ] {
        assert!(guard.check(url).is_ok(), "{url}");
    }
    for url in [
        "http://10.0.0.8/",
        "http://[::ffff:10.0.0.7]/",
        "http://127.0.0.2/",
        "ftp://10.0.0.7/",
    ] {
        assert!(guard.check(url).is_err(), "{url}");
    }
    let inside = || leads_to(&["10.1.1.1"]);
    for name in ["intern.example", "INTERN.example.", "xn--bcher-kva.example"] {
        assert!(guard.admit(name, inside()).is_ok(), "{name}");
    }
    for name in [
        "x.intern.example",
        "intern.example.com",
        "example",
        "10.0.0.7.example",
    ] {
        assert!(guard.admit(name, inside()).is_err(), "{name}");
    }
}

#[test]
fn what_is_no_host_cannot_be_allowed() {
    for text in [
        "",
        " ",
        ".",
        "http://example.com",
        "example.com:80",
        "example.com/x",
        "a b",
        "10.0.0.0/8",
        "*",
        "a@b",
    ] {
        let refused = Guard::allowing([text]);
        assert!(refused.is_err(), "{text:?}: {refused:?}");
    }
}
