//! Key shares of a server (RFC 8446 4.2.8): those that aren't valid are refused.

use proptest::prelude::*;
use rustls::crypto::ring::kx_group;
use rustls::crypto::{ActiveKeyExchange, SupportedKxGroup};
use rustls::{Error, NamedGroup, PeerMisbehaved};
use websocket_wasm_tls::provider::provider;

use crate::site::X25519MLKEM768;

const GROUPS: [NamedGroup; 4] =
    [NamedGroup::X25519MLKEM768, NamedGroup::X25519, NamedGroup::secp256r1, NamedGroup::secp384r1];

fn start(group: NamedGroup) -> Box<dyn ActiveKeyExchange> {
    provider().kx_groups.into_iter().find(|one| one.name() == group).expect("it is offered").start().unwrap()
}

fn refused(group: NamedGroup, share: &[u8]) {
    let result = start(group).complete(share).map(|_| ());
    assert_eq!(result, Err(Error::PeerMisbehaved(PeerMisbehaved::InvalidKeyShare)), "{group:?} {share:02x?}");
}

#[test]
fn these_groups_are_offered_in_this_order() {
    assert_eq!(provider().kx_groups.iter().map(|group| group.name()).collect::<Vec<_>>(), GROUPS);
}

#[test]
fn secrets_are_the_servers() {
    let servers: [&dyn SupportedKxGroup; 4] =
        [&X25519MLKEM768, kx_group::X25519, kx_group::SECP256R1, kx_group::SECP384R1];
    for (group, server) in GROUPS.into_iter().zip(servers) {
        let client = start(group);
        let server = server.start_and_complete(client.pub_key()).unwrap();
        let secret = client.complete(&server.pub_key).unwrap();
        assert_eq!(secret.secret_bytes(), server.secret.secret_bytes(), "{group:?}");
    }
}

#[test]
fn a_key_is_used_once() {
    for group in GROUPS {
        assert_ne!(start(group).pub_key(), start(group).pub_key());
    }
}

/// RFC 8446 7.4.2: "implementations MUST check whether the computed Diffie-Hellman shared secret is the all-zero value and
/// abort if so". RFC 7748 6.1 has the points that lead to it.
#[test]
fn x25519_refuses_points_of_small_order() {
    let p = |low: u8| [&[low], &[0xFF; 30][..], &[0x7F]].concat();
    let one = [&[1], &[0; 31][..]].concat();
    let order_8 = [
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    ]
    .map(|hex| (0..32).map(|at| u8::from_str_radix(&hex[at * 2..at * 2 + 2], 16).unwrap()).collect());
    for point in [vec![0; 32], one, p(0xEC), p(0xED), p(0xEE)].into_iter().chain(order_8) {
        refused(NamedGroup::X25519, &point);
        // As a part of the hybrid share, too.
        refused(NamedGroup::X25519MLKEM768, &[vec![7; 1088], point].concat());
    }
}

/// RFC 8446 4.2.8.2: only the uncompressed form, of a point that is on the curve.
#[test]
fn nist_curves_refuse_other_forms_and_points() {
    for (group, server) in [(NamedGroup::secp256r1, kx_group::SECP256R1), (NamedGroup::secp384r1, kx_group::SECP384R1)]
    {
        let share = server.start().unwrap().pub_key().to_vec();
        let len = (share.len() - 1) / 2;
        let is_odd = share[2 * len] & 1;
        let compressed = [&[2 + is_odd], &share[1..=len]].concat();
        let hybrid = [&[6 + is_odd], &share[1..]].concat();
        let compact = [&[5], &share[1..=len]].concat();
        let mut off_curve = share.clone();
        *off_curve.last_mut().unwrap() ^= 1;
        let zero = [&[4], &vec![0; 2 * len][..]].concat();
        let too_large = [&[4], &vec![0xFF; 2 * len][..]].concat();
        let cut = share[..2 * len].to_vec();
        let long = [&*share, &[0]].concat();
        for share in [compressed, hybrid, compact, off_curve, zero, too_large, cut, long, vec![0], vec![4], vec![]] {
            refused(group, &share);
        }
    }
}

/// A share has one length (RFC 7748 5, draft-ietf-tls-ecdhe-mlkem 3.2).
#[test]
fn shares_of_another_length_are_refused() {
    for (group, len) in [(NamedGroup::X25519, 32), (NamedGroup::X25519MLKEM768, 1088 + 32)] {
        for len in [0, 1, len - 1, len + 1, 2 * len] {
            refused(group, &vec![9; len]);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn no_share_panics(group in prop::sample::select(&GROUPS[..]), bytes in prop::collection::vec(any::<u8>(), 0..1200)) {
        let exact = match group {
            NamedGroup::X25519 => 32,
            NamedGroup::secp256r1 => 65,
            NamedGroup::secp384r1 => 97,
            _ => 1120,
        };
        let mut share = bytes.clone();
        share.resize(exact, 4);
        share[0] = 4;
        for share in [bytes, share] {
            let _ = start(group).complete(&share);
        }
    }
}
