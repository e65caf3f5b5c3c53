//! Handshakes (RFC 8446 2 and 4, RFC 5246 7.3): what both sides agree on.

use rustls::crypto::ring::{cipher_suite, kx_group};
use rustls::{CipherSuite, HandshakeKind, NamedGroup, SupportedCipherSuite};

use crate::client::{Client, Options};
use crate::site::{NAME, Settings, Site, TLS12, TLS13, X25519MLKEM768, server};

/// Data is exchanged with a server that has only that suite.
fn talk_in(site: &Site, suite: SupportedCipherSuite, protocol: &str, name: &str) {
    let mut client = Client::new();
    let server = site.server_with(|settings| settings.provider.cipher_suites = vec![suite]);
    let mut pair = client.pair(&site.options(), &server);
    pair.talk();
    let facts = pair.facts();
    assert_eq!((facts.protocol(), facts.suite()), (protocol, name));
    assert_eq!(pair.server.negotiated_cipher_suite(), Some(suite));
    assert_eq!(facts.certificates(), [&*site.identity.chain[0]]);
    assert!(!facts.resumed());
}

#[test]
fn tls13_has_chacha20_poly1305_and_aes_128_gcm() {
    let site = Site::new();
    talk_in(&site, cipher_suite::TLS13_CHACHA20_POLY1305_SHA256, "TLSv1.3", "TLS_CHACHA20_POLY1305_SHA256");
    talk_in(&site, cipher_suite::TLS13_AES_128_GCM_SHA256, "TLSv1.3", "TLS_AES_128_GCM_SHA256");
}

#[test]
fn tls12_has_ecdhe_with_each_aead_for_ecdsa() {
    use cipher_suite as suites;
    let site = Site::new();
    talk_in(
        &site,
        suites::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        "TLSv1.2",
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    );
    talk_in(
        &site,
        suites::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        "TLSv1.2",
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    );
    talk_in(
        &site,
        suites::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        "TLSv1.2",
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    );
}

#[test]
fn tls12_has_ecdhe_with_each_aead_for_rsa() {
    use cipher_suite as suites;
    let site = Site::with_key(&rcgen::PKCS_RSA_SHA256);
    talk_in(
        &site,
        suites::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        "TLSv1.2",
        "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    );
    talk_in(&site, suites::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, "TLSv1.2", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
    talk_in(&site, suites::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, "TLSv1.2", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
}

/// RFC 8446 4.1.1: "If the server is unable to negotiate a supported set of parameters [...] it MUST abort the handshake".
#[test]
fn tls13_with_aes_256_gcm_alone_has_no_suite_in_common() {
    let site = Site::new();
    let server = site.server_with(|settings| {
        settings.provider.cipher_suites = vec![cipher_suite::TLS13_AES_256_GCM_SHA384];
    });
    let mut client = Client::new();
    let failure = client.pair(&site.options(), &server).refuse();
    assert_eq!(failure.code, 0x100 + 40, "handshake_failure");
}

/// A server that takes the first suite of the client takes ChaCha20-Poly1305.
#[test]
fn chacha20_poly1305_is_preferred() {
    for (versions, suite) in [
        (TLS13, CipherSuite::TLS13_CHACHA20_POLY1305_SHA256),
        (TLS12, CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256),
    ] {
        let site = Site::new();
        let mut client = Client::new();
        let mut pair = client.pair(&site.options(), &site.server_of(versions));
        pair.shake_hands();
        assert_eq!(pair.server.negotiated_cipher_suite().unwrap().suite(), suite);
    }
}

#[test]
fn tls13_is_preferred() {
    let site = Site::new();
    let mut client = Client::new();
    let mut pair = client.pair(&site.options(), &site.server());
    pair.talk();
    assert_eq!(pair.facts().protocol(), "TLSv1.3");
}

#[test]
fn every_group_is_used_in_both_versions() {
    for versions in [TLS13, TLS12] {
        for (group, name) in
            [(kx_group::X25519, "X25519"), (kx_group::SECP256R1, "secp256r1"), (kx_group::SECP384R1, "secp384r1")]
        {
            let site = Site::new();
            let mut client = Client::new();
            let server = site.server_with(|settings| {
                settings.versions = versions;
                settings.provider.kx_groups = vec![group];
            });
            let mut pair = client.pair(&site.options(), &server);
            pair.talk();
            assert_eq!(pair.facts().group(), name);
        }
    }
}

/// draft-ietf-tls-ecdhe-mlkem: the server of this test follows it by itself.
#[test]
fn x25519mlkem768_is_used_without_another_round_trip() {
    let site = Site::new();
    let mut client = Client::new();
    let server = site.server_with(|settings| settings.provider.kx_groups = vec![&X25519MLKEM768]);
    let mut pair = client.pair(&site.options(), &server);
    pair.talk();
    assert_eq!(pair.facts().group(), "X25519MLKEM768");
    assert_eq!(pair.server.negotiated_key_exchange_group().unwrap().name(), NamedGroup::X25519MLKEM768);
    assert_eq!(pair.server.handshake_kind(), Some(HandshakeKind::Full));
}

/// RFC 8446 4.2.8: key shares for X25519MLKEM768 and for X25519 are in the first ClientHello.
#[test]
fn x25519_is_used_without_another_round_trip() {
    let site = Site::new();
    let mut client = Client::new();
    let server = site.server_with(|settings| settings.provider.kx_groups = vec![kx_group::X25519]);
    let mut pair = client.pair(&site.options(), &server);
    pair.talk();
    assert_eq!(pair.server.handshake_kind(), Some(HandshakeKind::Full));
}

/// RFC 8446 4.1.4.
#[test]
fn hello_retry_request_is_answered_and_its_group_remembered() {
    let site = Site::new();
    let mut client = Client::new();
    let mut server = server(&site.identity, |settings| settings.provider.kx_groups = vec![kx_group::SECP384R1]);
    // Without tickets, for a second full handshake.
    server.send_tls13_tickets = 0;
    let server = server.into();
    for kind in [HandshakeKind::FullWithHelloRetryRequest, HandshakeKind::Full] {
        let mut pair = client.pair(&site.options(), &server);
        pair.talk();
        assert_eq!(pair.server.handshake_kind(), Some(kind));
        assert_eq!(pair.facts().group(), "secp384r1");
    }
}

#[test]
fn every_kind_of_server_key_is_accepted_in_both_versions() {
    let keys =
        [&rcgen::PKCS_ECDSA_P256_SHA256, &rcgen::PKCS_ECDSA_P384_SHA384, &rcgen::PKCS_ED25519, &rcgen::PKCS_RSA_SHA256];
    for key in keys {
        let site = Site::with_key(key);
        for versions in [TLS13, TLS12] {
            Client::new().pair(&site.options(), &site.server_of(versions)).talk();
        }
    }
}

/// RFC 7301 3.2: "http/1.1" is offered, and nothing else.
#[test]
fn alpn_offers_http_1_1() {
    for versions in [TLS13, TLS12] {
        let site = Site::new();
        let settings = |settings: &mut Settings| settings.versions = versions;
        for (protocols, alpn) in [(vec![], None), (vec!["h2", "http/1.1"], Some(&b"http/1.1"[..]))] {
            let mut server = server(&site.identity, settings);
            server.alpn_protocols = protocols.into_iter().map(|name| name.as_bytes().to_vec()).collect();
            let mut client = Client::new();
            let mut pair = client.pair(&site.options(), &server.into());
            pair.talk();
            assert_eq!((pair.facts().alpn(), pair.server.alpn_protocol()), (alpn, alpn));
        }
        // "In the event that the server supports no protocols that the client advertises, then the server SHALL respond
        // with a fatal "no_application_protocol" alert."
        let mut server = server(&site.identity, settings);
        server.alpn_protocols = vec![b"h2".to_vec()];
        let failure = Client::new().pair(&site.options(), &server.into()).refuse();
        assert_eq!(failure.code, 0x100 + 120);
    }
}

/// RFC 6066 3: "Literal IPv4 and IPv6 addresses are not permitted in "HostName"."
#[test]
fn names_are_sent_as_sni_and_addresses_are_not() {
    let site = Site::new();
    let mut client = Client::new();
    let mut pair = client.pair(&site.options(), &site.server());
    pair.shake_hands();
    assert_eq!(pair.server.server_name(), Some(NAME));

    for address in ["192.0.2.1", "2001:db8::1"] {
        let identity = site.root.issue(address);
        let options = Options::new(address).ca(&site.root.certificate);
        let mut pair = client.pair(&options, &server(&identity, |_| ()).into());
        pair.talk();
        assert_eq!(pair.server.server_name(), None);
    }
}

/// Fields 6 to 11 of the facts.
#[test]
fn facts_describe_the_chain_as_the_server_sent_it() {
    let site = Site::new();
    let intermediate = site.root.intermediate("Intermediate");
    let identity = intermediate.issue_with(NAME, |params| {
        params.not_before = rcgen::date_time_ymd(2026, 1, 1);
        params.not_after = rcgen::date_time_ymd(2026, 12, 31);
    });
    let mut client = Client::new();
    let mut pair = client.pair(&site.options(), &server(&identity, |_| ()).into());
    pair.shake_hands();
    let facts = pair.facts();
    assert_eq!(facts.certificates(), identity.chain.iter().map(|one| &**one).collect::<Vec<_>>());
    assert_eq!(facts.text(7), "CN=server.example");
    assert_eq!(facts.text(8), "CN=Intermediate");
    assert_eq!((facts.text(9), facts.text(10)), ("1767225600", "1798675200"));
    let sha256 = cipher_suite::TLS13_AES_128_GCM_SHA256.tls13().unwrap().common.hash_provider;
    assert_eq!(facts.values(11).collect::<Vec<_>>(), [sha256.hash(&identity.chain[0]).as_ref()]);
}
