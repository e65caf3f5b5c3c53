//! Which hosts and ports clients may connect to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An entry: `HOST:PORT`. `*` stands for every port, `*` or `*.example.com` for many hosts.
#[derive(Clone, Debug)]
pub struct Entry {
    host: String,
    /// `None` is every port.
    port: Option<u16>,
}

impl std::str::FromStr for Entry {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("'{text}' isn't HOST:PORT");
        let (host, port) = text.rsplit_once(':').ok_or_else(bad)?;
        let port = match port {
            "*" => None,
            port => Some(port.parse().map_err(|_| bad())?),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        if host.is_empty() {
            return Err(bad());
        }
        Ok(Self { host, port })
    }
}

impl Entry {
    fn allows(&self, host: &str, port: u16) -> bool {
        let named = match self.host.strip_prefix('*') {
            Some(suffix) => host.ends_with(suffix) && host.len() > suffix.len(),
            None => host == self.host,
        };
        named && self.port.is_none_or(|only| only == port)
    }

    fn is_address(&self) -> bool {
        self.host.parse::<IpAddr>().is_ok()
    }
}

/// What a list says about a host.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    Blocked,
    /// An address that is in the list itself.
    Allowed,
    /// Only addresses of the public Internet: it is up to a name's owner which ones the name has.
    AllowedIfPublic,
}

/// Judges a target. `host` is in lower case.
pub fn judge(list: &[Entry], host: &str, port: u16) -> Verdict {
    let mut matching = list.iter().filter(|entry| entry.allows(host, port)).peekable();
    if matching.peek().is_none() {
        Verdict::Blocked
    } else if matching.any(Entry::is_address) {
        Verdict::Allowed
    } else {
        Verdict::AllowedIfPublic
    }
}

/// Whether an address is one of the public Internet, as far as the standard library can tell.
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let reserved = a == 0 || a >= 240;
    let shared = a == 100 && b & 0xc0 == 64;
    let protocols = a == 192 && b == 0 && c == 0;
    let benchmarks = a == 198 && b & 0xfe == 18;
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation();
    !(special || reserved || shared || protocols || benchmarks)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    // Global unicast addresses, but those that contain an IPv4 address (6to4, Teredo) or are for documentation.
    let [a, b, ..] = address.segments();
    a & 0xe000 == 0x2000 && a != 0x2002 && !(a == 0x2001 && (b < 0x200 || b == 0xdb8)) && a != 0x3fff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_name_hosts_and_ports() {
        let list: Vec<Entry> =
            ["echo.example:443", "*.example.com:*", "[::1]:8081", "*:82", "127.0.0.1:82", "127.1:81"]
                .map(|text| text.parse().unwrap())
                .to_vec();
        assert_eq!(judge(&list, "echo.example", 443), Verdict::AllowedIfPublic);
        assert_eq!(judge(&list, "echo.example", 80), Verdict::Blocked);
        assert_eq!(judge(&list, "an.echo.example", 443), Verdict::Blocked);
        assert_eq!(judge(&list, "a.example.com", 1), Verdict::AllowedIfPublic);
        assert_eq!(judge(&list, ".example.com", 1), Verdict::Blocked);
        assert_eq!(judge(&list, "example.com", 1), Verdict::Blocked);
        assert_eq!(judge(&list, "::1", 8081), Verdict::Allowed);
        assert_eq!(judge(&list, "127.0.0.1", 82), Verdict::Allowed);
        assert_eq!(judge(&list, "127.0.0.2", 82), Verdict::AllowedIfPublic);
        // A resolver may take it for an address, but may also look it up.
        assert_eq!(judge(&list, "127.1", 81), Verdict::AllowedIfPublic);
        for bad in ["example.com", ":1", "example.com:", "example.com:65536", "example.com:x"] {
            assert!(bad.parse::<Entry>().is_err(), "{bad}");
        }
    }

    #[test]
    fn private_addresses_are_not_public() {
        for public in ["8.8.8.8", "172.32.0.1", "2606:4700::1111", "100.128.0.1"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        let private = [
            "127.0.0.1",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "fe80::1",
            "fc00::1",
            "ff02::1",
            "2002:7f00:1::",
            "64:ff9b::7f00:1",
            "2001:db8::1",
        ];
        for private in private {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
    }
}
