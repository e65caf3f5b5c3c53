//! The file of the built-in authorities, and which connections they are for.

use proptest::prelude::*;
use rcgen::{CertificateParams, GeneralSubtree, NameConstraints};
use rustls::pki_types::TrustAnchor;
use websocket_wasm_tls::failure::Failure;

use crate::authority::Authority;
use crate::client::{Client, Options};
use crate::site::{NAME, Site, server};

const UNKNOWN_ISSUER: u32 = 3;
const NAME_CONSTRAINT: u32 = 10;

/// The fields of an authority, as the file has them.
struct Fields([Vec<u8>; 3]);

impl Fields {
    fn of(root: &Authority) -> Self {
        let TrustAnchor { subject, subject_public_key_info, name_constraints } =
            webpki::anchor_from_trusted_cert(&root.certificate).unwrap();
        Self([
            subject.to_vec(),
            subject_public_key_info.to_vec(),
            name_constraints.map_or_else(Vec::new, |constraints| constraints.to_vec()),
        ])
    }
}

/// The file: magic, version, the count, and then all subjects, all keys and all constraints.
fn file(roots: &[Fields]) -> Vec<u8> {
    let mut file = b"wwr\x01".to_vec();
    file.extend((roots.len() as u16).to_le_bytes());
    for column in 0..3 {
        for Fields(fields) in roots {
            file.extend((fields[column].len() as u16).to_le_bytes());
            file.extend(&fields[column]);
        }
    }
    file
}

fn set(client: &mut Client, file: &[u8]) -> bool {
    client.module.argument = file.to_vec();
    client.module.set_roots()
}

fn is_roots(file: &[u8]) -> bool {
    set(&mut Client::new(), file)
}

#[test]
fn the_built_in_authorities_are_used_without_others() {
    let site = Site::new();
    let mut client = Client::new();
    assert!(set(&mut client, &file(&[Fields::of(&Authority::root("Other")), Fields::of(&site.root)])));
    client.pair(&Options::new(NAME), &site.server()).talk();
    // Those of the options replace them.
    let other = Authority::root("Private");
    let failure = client.pair(&Options::new(NAME).ca(&other.certificate), &site.server()).refuse();
    assert_eq!(failure, Failure { code: UNKNOWN_ISSUER, detail: String::new() });
    client.pair(&Options::new(NAME).ca(&other.certificate), &server(&other.issue(NAME), |_| ()).into()).talk();
}

#[test]
fn their_name_constraints_are_kept() {
    let root = Authority::root_with("Constrained", |params: &mut CertificateParams| {
        params.name_constraints = Some(NameConstraints {
            permitted_subtrees: vec![GeneralSubtree::DnsName("other.example".into())],
            excluded_subtrees: Vec::new(),
        });
    });
    let mut client = Client::new();
    assert!(set(&mut client, &file(&[Fields::of(&root)])));
    let failure = client.pair(&Options::new(NAME), &server(&root.issue(NAME), |_| ()).into()).refuse();
    assert_eq!(failure.code, NAME_CONSTRAINT);
    let options = Options::new("other.example");
    client.pair(&options, &server(&root.issue("other.example"), |_| ()).into()).talk();
}

#[test]
fn a_file_that_is_cut_or_too_long_is_refused() {
    let file = file(&[Fields::of(&Authority::root("One")), Fields::of(&Authority::root("Two"))]);
    assert!(is_roots(&file));
    for len in 0..file.len() {
        assert!(!is_roots(&file[..len]), "of {len} bytes");
    }
    assert!(!is_roots(&[&*file, b"\0"].concat()));
}

#[test]
fn another_magic_or_version_is_refused() {
    let file = file(&[Fields::of(&Authority::root("One"))]);
    for at in 0..4 {
        let mut other = file.clone();
        other[at] ^= 3;
        assert!(!is_roots(&other));
    }
}

#[test]
fn another_count_is_refused() {
    let file = file(&[Fields::of(&Authority::root("One")), Fields::of(&Authority::root("Two"))]);
    for count in [0u16, 1, 3, u16::MAX] {
        let mut other = file.clone();
        other[4..6].copy_from_slice(&count.to_le_bytes());
        assert!(!is_roots(&other), "{count}");
    }
}

#[test]
fn a_file_without_authorities_is_refused() {
    assert!(!is_roots(&file(&[])));
}

#[test]
fn an_authority_has_a_name_and_a_key() {
    let one = || Fields::of(&Authority::root("One"));
    for field in 0..2 {
        let mut incomplete = one();
        incomplete.0[field].clear();
        assert!(!is_roots(&file(&[one(), incomplete])));
    }
}

/// What was set before stays.
#[test]
fn a_file_that_is_refused_changes_nothing() {
    let site = Site::new();
    let mut client = Client::new();
    assert!(set(&mut client, &file(&[Fields::of(&site.root)])));
    assert!(!set(&mut client, b"<!DOCTYPE html>"));
    client.pair(&Options::new(NAME), &site.server()).talk();
}

/// Fields aren't parsed until a certificate is judged: then it is refused.
#[test]
fn fields_that_are_junk_make_no_certificate_valid() {
    let site = Site::new();
    for field in 0..3 {
        let mut fields = Fields::of(&site.root);
        fields.0[field] = b"junk".to_vec();
        let mut client = Client::new();
        assert!(set(&mut client, &file(&[fields])));
        client.pair(&Options::new(NAME), &site.server()).refuse();
    }
}

proptest! {
    #[test]
    fn no_file_panics(bytes: Vec<u8>, at: prop::sample::Index, byte: u8) {
        is_roots(&bytes);
        is_roots(&[b"wwr\x01", &*bytes].concat());
        let mut file = file(&[Fields::of(&Authority::root("One"))]);
        let at = at.index(file.len());
        file[at] = byte;
        is_roots(&file);
    }
}
