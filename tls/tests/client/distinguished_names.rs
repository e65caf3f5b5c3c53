//! Names of certificates as text (RFC 4514).

use der::Decode;
use der::asn1::AnyRef;
use rcgen::{CertificateParams, DistinguishedName, DnType, DnValue};
use websocket_wasm_tls::certificate::Description;
use websocket_wasm_tls::distinguished_name;

use proptest::prelude::*;

use crate::authority::key;

const UTF8: u8 = 0x0C;
const PRINTABLE: u8 = 0x13;
const TELETEX: u8 = 0x14;
const IA5: u8 = 0x16;
const BMP: u8 = 0x1E;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;

const CN: &[u8] = &[0x55, 4, 3];
const OU: &[u8] = &[0x55, 4, 11];
const DC: &[u8] = b"\x09\x92\x26\x89\x93\xF2\x2C\x64\x01\x19";
const UID: &[u8] = b"\x09\x92\x26\x89\x93\xF2\x2C\x64\x01\x01";

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    [&[tag, content.len().try_into().unwrap()], content].concat()
}

fn attribute(kind: &[u8], tag: u8, value: &[u8]) -> Vec<u8> {
    der(SEQUENCE, &[der(6, kind), der(tag, value)].concat())
}

/// A name of relative names, each of some attributes.
fn name(relative: &[&[Vec<u8>]]) -> Vec<u8> {
    der(SEQUENCE, &relative.iter().map(|attributes| der(SET, &attributes.concat())).collect::<Vec<_>>().concat())
}

fn text(name: &[u8]) -> Option<String> {
    distinguished_name::text(AnyRef::from_der(name).ok()?)
}

/// The text of a name with that common name.
fn common_name(tag: u8, value: &[u8]) -> String {
    text(&name(&[&[attribute(CN, tag, value)]])).unwrap()
}

/// RFC 4514 4. The last relative name is the first in the text.
#[test]
fn the_examples_of_the_rfc() {
    let example = [attribute(DC, IA5, b"net")];
    let example: [&[Vec<u8>]; 2] = [&example, &[attribute(DC, IA5, b"example")]];
    let with = |attributes: &[Vec<u8>]| text(&name(&[example[0], example[1], attributes])).unwrap();
    assert_eq!(with(&[attribute(UID, UTF8, b"jsmith")]), "UID=jsmith,DC=example,DC=net");
    assert_eq!(
        with(&[attribute(OU, UTF8, b"Sales"), attribute(CN, UTF8, b"J.  Smith")]),
        "OU=Sales+CN=J.  Smith,DC=example,DC=net"
    );
    assert_eq!(
        with(&[attribute(CN, UTF8, b"James \"Jim\" Smith, III")]),
        r#"CN=James \"Jim\" Smith\, III,DC=example,DC=net"#
    );
    assert_eq!(with(&[attribute(CN, UTF8, b"Before\rAfter")]), r"CN=Before\0dAfter,DC=example,DC=net");
    assert_eq!(
        text(&name(&[&[attribute(b"\x2B\x06\x01\x04\x01\x8B\x3A\x00", 4, b"Hi")]])).unwrap(),
        "1.3.6.1.4.1.1466.0=#04024869"
    );
    // "CN=Lu\C4\8Di\C4\87", where letters needn't be escaped.
    assert_eq!(common_name(UTF8, "Lučić".as_bytes()), "CN=Lučić");
}

/// RFC 4514 2.4.
#[test]
fn characters_are_escaped() {
    for (value, text) in [
        (r#"a"+,;<>\b"#, r#"CN=a\"\+\,\;\<\>\\b"#),
        (" a b ", r"CN=\ a b\ "),
        (" ", r"CN=\ "),
        ("  ", r"CN=\ \ "),
        ("   ", r"CN=\  \ "),
        ("#a#", r"CN=\#a#"),
        ("a=b", "CN=a=b"),
        ("", "CN="),
        ("\0", r"CN=\00"),
        ("a\u{1F}\n\u{7F}", r"CN=a\1f\0a\7f"),
        ("\u{85}", r"CN=\c2\85"),
    ] {
        assert_eq!(common_name(UTF8, value.as_bytes()), text);
    }
}

/// RFC 4514 2.4: a value whose syntax has no string is written as "#" and its BER encoding.
#[test]
fn other_strings_are_written_in_hexadecimal() {
    assert_eq!(common_name(PRINTABLE, b"a"), "CN=a");
    assert_eq!(common_name(IA5, b"a"), "CN=a");
    assert_eq!(common_name(BMP, b"\0a"), "CN=#1e020061");
    assert_eq!(common_name(TELETEX, b"\xE4"), "CN=#1401e4");
    // No UTF-8.
    assert_eq!(common_name(UTF8, b"\xE4"), "CN=#0c01e4");
}

#[test]
fn a_name_may_be_empty() {
    assert_eq!(text(&name(&[])).unwrap(), "");
}

/// RFC 4514 3, and serialNumber and emailAddress as OpenSSL names them.
#[test]
fn keywords_stand_for_attribute_types() {
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CountryName, DnValue::PrintableString("AT".try_into().unwrap()));
    subject.push(DnType::StateOrProvinceName, "Styria");
    subject.push(DnType::LocalityName, "Graz");
    subject.push(DnType::OrganizationName, "Example, Inc.");
    subject.push(DnType::OrganizationalUnitName, "Web");
    subject.push(DnType::from_oid(&[2, 5, 4, 9]), "1 Street");
    subject.push(DnType::from_oid(&[2, 5, 4, 5]), "42");
    subject.push(DnType::from_oid(&[1, 2, 840, 113_549, 1, 9, 1]), "a@example");
    subject.push(DnType::from_oid(&[2, 5, 4, 97]), "x");
    subject.push(DnType::CommonName, "server.example");
    let mut params = CertificateParams::default();
    params.distinguished_name = subject;
    let certificate = params.self_signed(&key(&rcgen::PKCS_ED25519)).unwrap();
    let text = "CN=server.example,2.5.4.97=#0c0178,emailAddress=a@example,serialNumber=42,STREET=1 Street,OU=Web,\
                O=Example\\, Inc.,L=Graz,ST=Styria,C=AT";
    let description = Description::of(certificate.der()).unwrap();
    assert_eq!((&*description.subject, &*description.issuer), (text, text));
}

/// RFC 5280 4.1.2.5: UTCTime to 2049, GeneralizedTime from 2050 on.
#[test]
fn validity_is_in_seconds_of_unix() {
    for (not_before, not_after, seconds) in [
        ((1970, 1, 1), (2049, 12, 31), (0, 2_524_521_600)),
        ((2050, 1, 1), (9999, 12, 31), (2_524_608_000, 253_402_214_400)),
    ] {
        let mut params = CertificateParams::default();
        params.not_before = rcgen::date_time_ymd(not_before.0, not_before.1, not_before.2);
        params.not_after = rcgen::date_time_ymd(not_after.0, not_after.1, not_after.2);
        let certificate = params.self_signed(&key(&rcgen::PKCS_ED25519)).unwrap();
        let description = Description::of(certificate.der()).unwrap();
        assert_eq!((description.not_before, description.not_after), seconds);
    }
}

proptest! {
    #[test]
    fn nothing_panics(bytes: Vec<u8>, at: prop::sample::Index, byte: u8) {
        text(&bytes);
        Description::of(&bytes);
        let certificate = CertificateParams::default().self_signed(&key(&rcgen::PKCS_ED25519)).unwrap();
        let mut certificate = certificate.der().to_vec();
        let at = at.index(certificate.len());
        certificate[at] = byte;
        Description::of(&certificate);
        Description::of(&certificate[..at]);
    }
}
