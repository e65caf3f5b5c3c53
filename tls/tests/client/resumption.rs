//! Resumption (RFC 8446 2.2 and 4.6.1, RFC 5246 7.3): by whom, how often, and how much is kept for it.

use std::sync::Arc;

use rcgen::{ExtendedKeyUsagePurpose, SanType};
use rustls::{HandshakeKind, ServerConfig};
use websocket_wasm_tls::clock;

use crate::authority::Authority;
use crate::client::{Client, NOW, Options};
use crate::site::{NAME, Site, TLS12, TLS13, server};

/// Connects, exchanges data, and returns whether a session was resumed.
fn resumes(client: &mut Client, options: &Options, server: &Arc<ServerConfig>) -> bool {
    let mut pair = client.pair(options, server);
    pair.talk();
    let resumed = pair.facts().resumed();
    assert_eq!(pair.server.handshake_kind() == Some(HandshakeKind::Resumed), resumed);
    resumed
}

/// The same server, which gives `count` tickets.
fn with_tickets(server: &ServerConfig, count: usize) -> Arc<ServerConfig> {
    let mut server = server.clone();
    server.send_tls13_tickets = count;
    server.into()
}

#[test]
fn later_connections_resume_in_both_versions() {
    for versions in [TLS13, TLS12] {
        let site = Site::new();
        let server = site.server_of(versions);
        let mut client = Client::new();
        let resumed = [(); 4].map(|()| resumes(&mut client, &site.options(), &server));
        assert_eq!(resumed, [false, true, true, true]);
    }
}

/// What the server proved in the first handshake.
#[test]
fn a_resumed_connection_has_the_certificates() {
    for versions in [TLS13, TLS12] {
        let site = Site::new();
        let server = site.server_of(versions);
        let mut client = Client::new();
        client.pair(&site.options(), &server).talk();
        let mut pair = client.pair(&site.options(), &server);
        pair.talk();
        assert!(pair.facts().resumed());
        assert_eq!(pair.facts().certificates(), [&*site.identity.chain[0]]);
    }
}

/// RFC 8446 C.4: "Clients SHOULD NOT reuse a ticket for multiple connections."
#[test]
fn a_ticket_is_used_once() {
    let site = Site::new();
    let server = server(&site.identity, |settings| settings.versions = TLS13);
    let mut client = Client::new();
    assert!(!resumes(&mut client, &site.options(), &with_tickets(&server, 1)));
    assert!(resumes(&mut client, &site.options(), &with_tickets(&server, 0)));
    assert!(!resumes(&mut client, &site.options(), &with_tickets(&server, 0)));
}

#[test]
fn four_tickets_of_a_server_are_kept() {
    let site = Site::new();
    let server = server(&site.identity, |settings| settings.versions = TLS13);
    let mut client = Client::new();
    assert!(!resumes(&mut client, &site.options(), &with_tickets(&server, 10)));
    let none = with_tickets(&server, 0);
    let resumed = [(); 5].map(|()| resumes(&mut client, &site.options(), &none));
    assert_eq!(resumed, [true, true, true, true, false]);
}

/// RFC 8446 4.6.1: "Clients MUST NOT cache tickets for longer than 7 days".
#[test]
fn tickets_expire() {
    let site = Site::new();
    let server = site.server_of(TLS13);
    let mut client = Client::new();
    assert!(!resumes(&mut client, &site.options(), &server));
    clock::set(NOW + 8.0 * 24.0 * 3600.0);
    assert!(!resumes(&mut client, &site.options(), &server));
    assert!(resumes(&mut client, &site.options(), &server));
}

/// The server's certificate was judged with other options.
#[test]
fn sessions_are_not_shared_between_options() {
    let site = Site::new();
    let other = Authority::root("Other");
    let identity = other.issue_with("client.example", |params| {
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    });
    let key = identity.key.serialized_der();
    for versions in [TLS13, TLS12] {
        let server = site.server_of(versions);
        let mut client = Client::new();
        for options in [
            site.options(),
            site.options().ca(&other.certificate),
            Options::new(NAME).ca(&other.certificate).ca(&site.root.certificate),
            site.options().pin(&site.root.pin()),
            site.options().pin(&site.identity.pin()),
            site.options().key_log(),
            site.options().certificate(&identity.chain[0]).key(key),
        ] {
            assert!(!resumes(&mut client, &options, &server));
            assert!(resumes(&mut client, &options, &server));
        }
    }
}

#[test]
fn sessions_are_not_shared_between_ports_or_names() {
    for versions in [TLS13, TLS12] {
        let site = Site::new();
        let identity = site.root.issue_with(NAME, |params| {
            params.subject_alt_names.push(SanType::DnsName("other.example".try_into().unwrap()));
        });
        let server = Arc::new(server(&identity, |settings| settings.versions = versions));
        let mut client = Client::new();
        for name in [NAME, "other.example"] {
            for port in [443, 8443] {
                let options = Options::new(name).port(port).ca(&site.root.certificate);
                assert!(!resumes(&mut client, &options, &server), "{name} {port}");
                assert!(resumes(&mut client, &options, &server), "{name} {port}");
            }
        }
    }
}

#[test]
fn a_server_that_has_forgotten_a_session_shakes_hands_again() {
    for versions in [TLS13, TLS12] {
        let site = Site::new();
        let mut client = Client::new();
        for _ in 0..2 {
            assert!(!resumes(&mut client, &site.options(), &site.server_of(versions)));
        }
    }
}

#[test]
fn a_server_may_go_back_to_tls12() {
    let site = Site::new();
    let mut client = Client::new();
    assert!(!resumes(&mut client, &site.options(), &site.server_of(TLS13)));
    assert!(!resumes(&mut client, &site.options(), &site.server_of(TLS12)));
}

#[test]
fn the_64_servers_used_last_are_remembered() {
    let site = Site::new();
    let server = site.server_of(TLS12);
    let mut client = Client::new();
    let mut resumes_at = |port| resumes(&mut client, &site.options().port(port), &server);
    for port in 0..64 {
        assert!(!resumes_at(port));
    }
    // It is used again.
    assert!(resumes_at(0));
    assert!(!resumes_at(64));
    // So port 1 was the one that made room.
    assert!(resumes_at(0));
    assert!(resumes_at(2));
    assert!(!resumes_at(1));
}

#[test]
fn the_sessions_of_the_16_options_used_last_are_remembered() {
    let site = Site::new();
    let server = site.server_of(TLS12);
    let mut client = Client::new();
    let pin = site.root.pin();
    let mut resumes_with = |pins| {
        let options = (0..pins).fold(site.options(), |options, _| options.pin(&pin));
        resumes(&mut client, &options, &server)
    };
    for pins in 0..16 {
        assert!(!resumes_with(pins));
    }
    assert!(resumes_with(0));
    assert!(!resumes_with(16));
    assert!(resumes_with(0));
    assert!(resumes_with(2));
    assert!(!resumes_with(1));
}
