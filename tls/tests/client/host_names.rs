//! Which names a certificate is for (RFC 9525).

use rcgen::{CertificateParams, SanType};
use rustls::AlertDescription;

use crate::authority::Authority;
use crate::client::Options;
use crate::site::{NAME, Site};
use crate::verdict::{accepted, changed, refused};

const WRONG_HOST: u32 = 4;

fn named(names: &[&str]) -> impl FnOnce(&mut CertificateParams) {
    let names: Vec<_> = names.iter().map(|name| SanType::DnsName((*name).try_into().unwrap())).collect();
    move |params| params.subject_alt_names = names
}

/// RFC 9525 6.3: a wildcard is a whole label, the first one, and stands for one label.
#[test]
fn names_match_by_labels() {
    let site = Site::new();
    let root = &site.root.certificate;
    for (name, of_certificate) in [
        ("server.example", "server.example"),
        ("SERVER.example", "server.EXAMPLE"),
        ("a.server.example", "*.server.example"),
    ] {
        accepted(&Options::new(name).ca(root), &site.root.issue_with(NAME, named(&[of_certificate])));
    }
    for (name, of_certificate) in [
        ("server.example", "other.example"),
        ("server.example", "*.server.example"),
        ("a.b.server.example", "*.server.example"),
        ("a.server.example", "server.example"),
        ("server.example", "a.server.example"),
        ("server.example", "serve*.example"),
        ("server.example", "*"),
        ("xserver.example", "server.example"),
    ] {
        let identity = site.root.issue_with(NAME, named(&[of_certificate]));
        let options = Options::new(name).ca(root);
        let failure = refused(&options, &identity, WRONG_HOST, AlertDescription::BadCertificate);
        assert_eq!(failure.detail, of_certificate);
    }
}

#[test]
fn the_names_of_a_certificate_are_listed_up_to_ten() {
    let names: Vec<_> = (0..30).map(|at| format!("name-{at}.example")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let (options, identity) = changed(named(&names));
    let failure = refused(&options, &identity, WRONG_HOST, AlertDescription::BadCertificate);
    assert_eq!(failure.detail, format!("{}, ...", names[..10].join(", ")));
}

/// RFC 9525 6.3 and 1.2: the common name isn't a name of the server.
#[test]
fn the_common_name_does_not_count() {
    let (options, identity) = changed(|params| params.subject_alt_names.clear());
    refused(&options, &identity, WRONG_HOST, AlertDescription::BadCertificate);
}

/// RFC 9525 6.5: IP addresses match IP addresses.
#[test]
fn addresses_match_addresses_only() {
    let root = Authority::root("Root");
    let options = |name| Options::new(name).ca(&root.certificate);
    for address in ["192.0.2.1", "2001:db8::1"] {
        accepted(&options(address), &root.issue(address));
        let as_name = named(&["192.0.2.1"]);
        refused(&options(address), &root.issue_with(NAME, as_name), WRONG_HOST, AlertDescription::BadCertificate);
    }
    let failure =
        refused(&options("192.0.2.1"), &root.issue("192.0.2.2"), WRONG_HOST, AlertDescription::BadCertificate);
    assert_eq!(failure.detail, "192.0.2.2");
    refused(&options(NAME), &root.issue("192.0.2.1"), WRONG_HOST, AlertDescription::BadCertificate);
}
