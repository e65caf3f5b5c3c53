//! What is known of a connection: what was negotiated, and the server's certificates.

use rustls::pki_types::CertificateDer;
use rustls::{CipherSuite, CommonState, HandshakeKind, NamedGroup, ProtocolVersion};

use crate::certificate::Description;
use crate::provider::sha256;
use crate::records::write;

const PROTOCOL: u8 = 1;
const CIPHER_SUITE: u8 = 2;
const GROUP: u8 = 3;
const RESUMED: u8 = 4;
const ALPN: u8 = 5;
const CERTIFICATE: u8 = 6;
const SUBJECT: u8 = 7;
const ISSUER: u8 = 8;
const NOT_BEFORE: u8 = 9;
const NOT_AFTER: u8 = 10;
const FINGERPRINT: u8 = 11;

/// The facts as records.
pub fn facts(negotiated: &CommonState) -> Vec<u8> {
    let mut facts = Vec::new();
    if let Some(version) = negotiated.protocol_version() {
        let name = if version == ProtocolVersion::TLSv1_2 { "TLSv1.2" } else { "TLSv1.3" };
        write(&mut facts, PROTOCOL, name.as_bytes());
    }
    if let Some(suite) = negotiated.negotiated_cipher_suite() {
        write(&mut facts, CIPHER_SUITE, suite_name(suite.suite()).as_bytes());
    }
    if let Some(group) = negotiated.negotiated_key_exchange_group() {
        write(&mut facts, GROUP, group_name(group.name()).as_bytes());
    }
    let resumed = negotiated.handshake_kind() == Some(HandshakeKind::Resumed);
    write(&mut facts, RESUMED, &[resumed.into()]);
    if let Some(protocol) = negotiated.alpn_protocol() {
        write(&mut facts, ALPN, protocol);
    }
    let chain = negotiated.peer_certificates().unwrap_or_default();
    for certificate in chain {
        write(&mut facts, CERTIFICATE, certificate);
    }
    if let Some(leaf) = chain.first() {
        describe(leaf, &mut facts);
    }
    facts
}

fn describe(leaf: &CertificateDer<'_>, facts: &mut Vec<u8>) {
    write(facts, FINGERPRINT, &sha256(leaf));
    // It was verified, so it can be parsed, unless this parser is stricter than the verifier.
    let Some(leaf) = Description::of(leaf) else { return };
    write(facts, SUBJECT, leaf.subject.as_bytes());
    write(facts, ISSUER, leaf.issuer.as_bytes());
    write(facts, NOT_BEFORE, leaf.not_before.to_string().as_bytes());
    write(facts, NOT_AFTER, leaf.not_after.to_string().as_bytes());
}

/// IANA's names.
fn suite_name(suite: CipherSuite) -> &'static str {
    match suite {
        CipherSuite::TLS13_CHACHA20_POLY1305_SHA256 => "TLS_CHACHA20_POLY1305_SHA256",
        CipherSuite::TLS13_AES_128_GCM_SHA256 => "TLS_AES_128_GCM_SHA256",
        CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 => "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
        CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 => "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 => "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 => "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 => "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 => "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        _ => "",
    }
}

fn group_name(group: NamedGroup) -> &'static str {
    match group {
        NamedGroup::X25519MLKEM768 => "X25519MLKEM768",
        NamedGroup::X25519 => "X25519",
        NamedGroup::secp256r1 => "secp256r1",
        NamedGroup::secp384r1 => "secp384r1",
        _ => "",
    }
}
