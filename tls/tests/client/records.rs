//! The record layer (RFC 8446 5, RFC 5246 6.2): whole, in order, once, and however the bytes are cut.

use proptest::prelude::*;
use rustls::SupportedCipherSuite;
use rustls::crypto::ring::cipher_suite as suites;
use websocket_wasm_tls::session::Status;

use crate::client::Client;
use crate::pair::{CALL, Pair};
use crate::site::{Site, TLS12, TLS13};

/// A record that can't be decrypted, or isn't one.
const BAD_RECORD: u32 = 21;

/// The length of a record's header.
const HEADER: usize = 5;

/// Every form of protection of the records.
fn suite() -> impl Strategy<Value = SupportedCipherSuite> {
    prop::sample::select(vec![
        suites::TLS13_CHACHA20_POLY1305_SHA256,
        suites::TLS13_AES_128_GCM_SHA256,
        suites::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        suites::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        suites::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    ])
}

/// The sizes of a few sends: often about those of a record.
fn sizes() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(prop_oneof![0..4usize, 1..2000usize, 16_382..16_387usize, 1..=CALL], 1..5)
}

/// The sizes of calls.
fn calls() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(prop_oneof![1..30usize, 1..2000usize, 1..=CALL], 1..6)
}

/// Data of that length, which depends on `seed`.
fn data(len: usize, seed: usize) -> Vec<u8> {
    (0..len).map(|at| (at * 31 + at / 251 + seed * 7) as u8).collect()
}

/// The records of a stream, with their headers.
fn split(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut records = Vec::new();
    while !bytes.is_empty() {
        let len = HEADER + usize::from(u16::from_be_bytes([bytes[3], bytes[4]]));
        let (record, rest) = bytes.split_at(len);
        records.push(record.to_vec());
        bytes = rest;
    }
    records
}

fn with_pair(suite: SupportedCipherSuite, test: impl FnOnce(&mut Pair<'_>)) {
    let site = Site::new();
    let server = site.server_with(|settings| settings.provider.cipher_suites = vec![suite]);
    let mut client = Client::new();
    test(&mut client.pair(&site.options(), &server));
}

/// The server's records with `len` bytes of data in each, and the data.
fn sent(pair: &mut Pair<'_>, count: usize, len: usize) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
    let sent: Vec<_> = (0..count).map(|at| data(len, at)).collect();
    for data in &sent {
        pair.write(data);
    }
    (split(&pair.take_from_server()), sent)
}

/// Passes the records: the first `good` ones have the data, and then the connection fails.
fn fails_after(pair: &mut Pair<'_>, good: usize, records: &[Vec<u8>], data: &[Vec<u8>]) {
    pair.pass_to_client(&records.concat());
    assert_eq!(pair.client.plaintext, data[..good].concat());
    assert_eq!(pair.client.failure().map(|failure| failure.code), Some(BAD_RECORD));
    // Nothing more is delivered, or sent.
    let output = core::mem::take(&mut pair.client.output);
    pair.client.receive(&records.concat());
    pair.client.send(b"more");
    pair.client.close();
    pair.client.update_key();
    assert_eq!(pair.client.plaintext, data[..good].concat());
    assert!(pair.client.output.is_empty());
    assert_eq!(pair.client.status(), Status::Failed);
    // RFC 8446 5.2: "the receiver MUST terminate the connection with a "bad_record_mac" alert."
    pair.pass_to_server(&output);
    assert!(matches!(pair.error, Some(rustls::Error::AlertReceived(_))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn data_from_the_server_does_not_depend_on_how_it_is_cut(suite in suite(), sizes in sizes(), calls in calls()) {
        with_pair(suite, |pair| {
            pair.calls = calls;
            pair.shake_hands();
            let sent: Vec<_> = sizes.iter().enumerate().map(|(at, &size)| data(size, at)).collect();
            for data in &sent {
                pair.write(data);
            }
            pair.run();
            assert_eq!(pair.client.plaintext, sent.concat());
            assert_eq!(pair.client.status(), Status::Open);
        });
    }

    #[test]
    fn data_for_the_server_is_cut_into_records(suite in suite(), sizes in sizes()) {
        with_pair(suite, |pair| {
            pair.shake_hands();
            let sent: Vec<_> = sizes.iter().enumerate().map(|(at, &size)| data(size, at)).collect();
            for data in &sent {
                pair.client.send(data);
            }
            // RFC 8446 5.2 has 2^14 + 256 as the most, RFC 5246 6.2.3 2^14 + 2048. Both have 23 as the type of data.
            for record in split(&pair.client.output) {
                assert!(record.len() <= HEADER + (1 << 14) + 256);
                assert_eq!(record[..3], [23, 3, 3]);
            }
            pair.run();
            assert_eq!(pair.received, sent.concat());
        });
    }

    /// RFC 8446 5.2 and RFC 5246 6.2.3.3: content and header are authenticated.
    #[test]
    fn a_record_with_any_bit_flipped_is_refused(suite in suite(), at in 0..3usize, bit in any::<prop::sample::Index>()) {
        with_pair(suite, |pair| {
            pair.shake_hands();
            // Records that a longer length can't swallow whole.
            let (mut records, data) = sent(pair, 4, 9000);
            let bit = bit.index(records[at].len() * 8);
            records[at][bit / 8] ^= 1 << (bit % 8);
            let len = usize::from(u16::from_be_bytes([records[at][3], records[at][4]]));
            let available = records[at..].concat().len() - HEADER;
            if len <= available || len > (1 << 14) + 2048 {
                fails_after(pair, at, &records, &data);
            } else {
                // More is expected; what follows is a part of it.
                pair.pass_to_client(&records.concat());
                assert_eq!(pair.client.plaintext, data[..at].concat());
            }
        });
    }

    #[test]
    fn records_that_are_dropped_repeated_or_swapped_are_refused(suite in suite(), at in 0..3usize, what in 0..3) {
        with_pair(suite, |pair| {
            pair.shake_hands();
            let (mut records, data) = sent(pair, 5, 100);
            let good = match what {
                0 => {
                    records.remove(at);
                    at
                }
                1 => {
                    records.insert(at + 1, records[at].clone());
                    at + 1
                }
                _ => {
                    records.swap(at, at + 1);
                    at
                }
            };
            fails_after(pair, good, &records, &data);
        });
    }
}

/// The type and the version. (The property above covers the length.)
#[test]
fn a_header_with_any_bit_flipped_is_refused() {
    for suite in [suites::TLS13_CHACHA20_POLY1305_SHA256, suites::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256] {
        for bit in 0..24 {
            with_pair(suite, |pair| {
                pair.shake_hands();
                let (mut records, data) = sent(pair, 2, 100);
                records[1][bit / 8] ^= 1 << (bit % 8);
                fails_after(pair, 1, &records, &data);
            });
        }
    }
}

#[test]
fn a_handshake_and_data_are_received_byte_by_byte() {
    for versions in [TLS13, TLS12] {
        let site = Site::new();
        let mut client = Client::new();
        let mut pair = client.pair(&site.options(), &site.server_of(versions));
        pair.calls = vec![1];
        pair.talk();
    }
}

/// A record of an unknown type right after the server's Finished.
#[test]
fn a_failure_does_not_depend_on_how_the_bytes_are_cut() {
    for versions in [TLS13, TLS12] {
        for calls in [1, CALL] {
            let site = Site::new();
            let mut client = Client::new();
            let mut pair = client.pair(&site.options(), &site.server_of(versions));
            pair.calls = vec![calls];
            while pair.server.is_handshaking() && pair.client.failure().is_none() {
                let output = core::mem::take(&mut pair.client.output);
                pair.pass_to_server(&output);
                let bytes = pair.take_from_server();
                // The last flight of the server in this version.
                let is_last = versions[0].version == rustls::ProtocolVersion::TLSv1_3 || !pair.server.is_handshaking();
                let junk = if is_last { &[99, 3, 3, 0, 1, 0][..] } else { &[] };
                pair.pass_to_client(&[&bytes, junk].concat());
            }
            assert_eq!(pair.client.failure().map(|failure| failure.code), Some(BAD_RECORD));
        }
    }
}

/// RFC 5288 3: "Each value of the nonce_explicit MUST be distinct for each distinct invocation of the GCM encrypt function
/// for any fixed key."
#[test]
fn explicit_nonces_are_distinct() {
    for suite in [suites::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, suites::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384] {
        with_pair(suite, |pair| {
            pair.shake_hands();
            for at in 0..300 {
                pair.client.send(&data(at, at));
            }
            let mut nonces: Vec<_> =
                split(&pair.client.output).iter().map(|record| record[HEADER..HEADER + 8].to_vec()).collect();
            nonces.sort();
            nonces.dedup();
            // Empty data has no record.
            assert_eq!(nonces.len(), 299);
            pair.run();
            assert_eq!(pair.received, (0..300).flat_map(|at| data(at, at)).collect::<Vec<_>>());
        });
    }
}

/// RFC 8446 5.2: "The length MUST NOT exceed 2^14 + 256 bytes. An endpoint that receives a record that exceeds this length
/// MUST terminate the connection with a "record_overflow" alert."
#[test]
fn a_record_that_is_too_large_is_refused_before_it_is_complete() {
    with_pair(suites::TLS13_CHACHA20_POLY1305_SHA256, |pair| {
        pair.shake_hands();
        pair.client.receive(&[23, 3, 3, 0xFF, 0xFF]);
        assert_eq!(pair.client.failure().map(|failure| failure.code), Some(BAD_RECORD));
    });
}

#[test]
fn what_is_not_tls_is_refused_by_its_first_bytes() {
    let site = Site::new();
    let mut client = Client::new();
    let session = client.connect(&site.options()).unwrap();
    session.receive(b"HTTP/1.1 400 Bad Request\r\n");
    let failure = session.failure().unwrap();
    assert_eq!((failure.code, &*failure.detail), (20, "the server doesn't speak TLS"));
}

/// RFC 8446 5.1: "Zero-length fragments of Application Data MAY be sent", but a connection that gets nothing else ends.
#[test]
fn junk_without_end_ends_the_connection() {
    let site = Site::new();
    let mut client = Client::new();
    let session = client.connect(&site.options()).unwrap();
    for _ in 0..1000 {
        session.receive(&[22, 3, 3, 0, 0]);
    }
    assert_eq!(session.status(), Status::Failed);
}
