//! Masking (RFC 6455 5.3, 10.3).

use std::collections::HashSet;

use proptest::prelude::*;
use websocket_wasm::protocol::internals::{apply_mask, copy_masked};
use websocket_wasm::protocol::{RandomError, RandomPool};

use crate::support::*;

/// 5.7: "A single-frame masked text message".
#[test]
fn the_example_of_the_rfc() {
    let mut payload = *b"Hello";
    apply_mask(&mut payload, [0x37, 0xfa, 0x21, 0x3d], 0);
    assert_eq!(payload, [0x7f, 0x9f, 0x4d, 0x51, 0x58]);
}

fn take<const N: usize>(pool: &mut RandomPool) -> [u8; N] {
    let mut bytes = [0; N];
    pool.fill(&mut bytes, random).unwrap();
    bytes
}

/// 5.3: each key is "chosen at random" and "MUST NOT make it simple ... to predict the masking key for a subsequent frame".
#[test]
fn keys_are_fresh() {
    let mut keys = RandomPool::new();
    let four: Vec<[u8; 4]> = (0..2000).map(|_| take(&mut keys)).collect();
    assert!(four.windows(2).all(|pair| pair[0] != pair[1]));
    // Ten repetitions among 2000 random keys are practically impossible.
    assert!(four.iter().collect::<HashSet<_>>().len() > 1990);
    for i in 0..4 {
        assert!(four.iter().map(|key| key[i]).collect::<HashSet<_>>().len() > 200, "byte {i} hardly varies");
    }
    let nonces: HashSet<[u8; 16]> = (0..200).map(|_| take(&mut keys)).collect();
    assert_eq!(nonces.len(), 200);
    assert_ne!(take::<16>(&mut RandomPool::new()), take::<16>(&mut RandomPool::new()));
}

/// Keys and nonces from one pool share no bytes.
#[test]
fn keys_of_mixed_lengths_do_not_overlap() {
    let mut keys = RandomPool::new();
    let mut eights = HashSet::new();
    for _ in 0..200 {
        take::<4>(&mut keys);
        let nonce: [u8; 16] = take(&mut keys);
        for window in nonce.windows(8) {
            assert!(eights.insert(window.to_vec()), "eight bytes came twice");
        }
    }
}

/// More bytes than a pool has come from the source, and a source that fails leaves no bytes that were used.
#[test]
fn a_pool_is_no_substitute_for_its_source() {
    let mut pool = RandomPool::new();
    let fails = |bytes: &mut [u8]| {
        bytes.fill(7);
        Err(RandomError)
    };
    take::<400>(&mut pool);
    assert_eq!(pool.fill(&mut [0; 400], fails), Err(RandomError));
    assert_eq!(pool.fill(&mut [0; 1], fails), Err(RandomError));
    assert_eq!(pool.fill(&mut [0; 600], fails), Err(RandomError));
    assert_ne!(take::<600>(&mut pool), take::<600>(&mut pool));
}

proptest! {
    #![proptest_config(cases(1000))]

    #[test]
    fn a_masked_copy_is_a_copy_masked(
        data in prop_oneof![payload(), prop::collection::vec(any::<u8>(), 900..1300)],
        key: [u8; 4],
        start in 0..70usize,
    ) {
        let expected: Vec<u8> = data.iter().zip(key.iter().cycle()).map(|(octet, key)| octet ^ key).collect();
        // At any alignment.
        let mut copy = vec![7; start + data.len()];
        copy_masked(&data, &mut copy[start..], key);
        prop_assert_eq!(&copy[start..], &expected);
        copy[start..].copy_from_slice(&data);
        apply_mask(&mut copy[start..], key, 0);
        prop_assert_eq!(&copy[start..], &expected);
        prop_assert!(copy[..start].iter().all(|octet| *octet == 7));
    }

    /// 5.3: "j = i MOD 4; transformed-octet-i = original-octet-i XOR masking-key-octet-j".
    #[test]
    fn every_octet_is_transformed_as_the_rfc_says(data in payload(), key: [u8; 4], offset in 0..1u64 << 62) {
        let mut masked = data.clone();
        apply_mask(&mut masked, key, offset);
        let expected = data.iter().zip(offset..).map(|(octet, i)| octet ^ key[(i % 4) as usize]);
        prop_assert!(masked.iter().copied().eq(expected));
    }

    #[test]
    fn twice_is_not_at_all(data in payload(), key: [u8; 4], offset in 0..9u64) {
        let mut twice = data.clone();
        apply_mask(&mut twice, key, offset);
        apply_mask(&mut twice, key, offset);
        prop_assert_eq!(twice, data);
    }

    #[test]
    fn pieces_are_as_the_whole(data in payload(), key: [u8; 4], sizes in sizes()) {
        let mut whole = data.clone();
        apply_mask(&mut whole, key, 0);
        let mut pieces = Vec::new();
        for chunk in chunks(&data, &sizes) {
            let mut piece = chunk.to_vec();
            apply_mask(&mut piece, key, pieces.len() as u64);
            pieces.extend(piece);
        }
        prop_assert_eq!(pieces, whole);
    }
}
