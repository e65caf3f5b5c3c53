//! The adapters for signatures: what ring signs is accepted, and nothing else.

use p256::ecdsa::signature::hazmat::PrehashSigner;
use proptest::prelude::*;
use rcgen::PublicKeyData;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{PrivateKeyDer, SignatureVerificationAlgorithm, alg_id};
use rustls::{SignatureAlgorithm, SignatureScheme};
use sha2::{Digest, Sha256, Sha384};
use websocket_wasm_tls::provider::ALGORITHMS;

use crate::authority::key;

/// Every scheme that is offered (RFC 8446 4.2.3).
const SCHEMES: [SignatureScheme; 9] = [
    SignatureScheme::ECDSA_NISTP256_SHA256,
    SignatureScheme::ECDSA_NISTP384_SHA384,
    SignatureScheme::ED25519,
    SignatureScheme::RSA_PSS_SHA256,
    SignatureScheme::RSA_PSS_SHA384,
    SignatureScheme::RSA_PSS_SHA512,
    SignatureScheme::RSA_PKCS1_SHA256,
    SignatureScheme::RSA_PKCS1_SHA384,
    SignatureScheme::RSA_PKCS1_SHA512,
];

/// The algorithm that verifies a scheme in TLS 1.3.
fn algorithm(scheme: SignatureScheme) -> &'static dyn SignatureVerificationAlgorithm {
    ALGORITHMS.mapping.iter().find(|(of, _)| *of == scheme).expect("it is supported").1[0]
}

fn is_valid(scheme: SignatureScheme, key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    algorithm(scheme).verify_signature(key, message, signature).is_ok()
}

/// A public key, and its signature by ring.
fn sign(scheme: SignatureScheme, message: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let key = key(match scheme {
        SignatureScheme::ECDSA_NISTP256_SHA256 => &rcgen::PKCS_ECDSA_P256_SHA256,
        SignatureScheme::ECDSA_NISTP384_SHA384 => &rcgen::PKCS_ECDSA_P384_SHA384,
        SignatureScheme::ED25519 => &rcgen::PKCS_ED25519,
        _ => &rcgen::PKCS_RSA_SHA256,
    });
    let private = PrivateKeyDer::Pkcs8(key.serialized_der().to_vec().into());
    let signer = any_supported_type(&private).unwrap().choose_scheme(&[scheme]).unwrap();
    (key.der_bytes().to_vec(), signer.sign(message).unwrap())
}

/// SHA-1 and MD5 aren't among them, nor are P-521 and Ed448.
#[test]
fn these_schemes_are_offered() {
    let mut offered = ALGORITHMS.supported_schemes();
    let mut schemes = SCHEMES.to_vec();
    for list in [&mut offered, &mut schemes] {
        list.sort_by_key(|scheme| u16::from(*scheme));
    }
    assert_eq!(offered, schemes);
}

#[test]
fn signatures_of_ring_are_valid_for_their_message_and_scheme_only() {
    for scheme in SCHEMES {
        for message in [&b""[..], b"message", &[7; 1000]] {
            let (key, signature) = sign(scheme, message);
            assert!(is_valid(scheme, &key, message, &signature), "{scheme:?}");
            assert!(!is_valid(scheme, &key, &[message, b"."].concat(), &signature), "{scheme:?}");
            for other in SCHEMES.into_iter().filter(|other| *other != scheme) {
                assert!(!is_valid(other, &key, message, &signature), "{scheme:?} as {other:?}");
            }
        }
    }
}

#[test]
fn a_signature_has_one_length() {
    for scheme in SCHEMES {
        let (key, signature) = sign(scheme, b"message");
        for other in
            [&signature[..signature.len() - 1], &[&*signature, &[0]].concat(), &[&[0], &*signature].concat(), b""]
        {
            assert!(!is_valid(scheme, &key, b"message", other), "{scheme:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_signature_or_key_with_any_bit_flipped_is_refused(
        scheme in prop::sample::select(&SCHEMES[..]),
        signature_bit: prop::sample::Index,
        key_bit: prop::sample::Index,
    ) {
        let flip = |bytes: &[u8], bit: prop::sample::Index| {
            let mut flipped = bytes.to_vec();
            let bit = bit.index(bytes.len() * 8);
            flipped[bit / 8] ^= 1 << (bit % 8);
            flipped
        };
        let (key, signature) = sign(scheme, b"message");
        assert!(!is_valid(scheme, &key, b"message", &flip(&signature, signature_bit)));
        assert!(!is_valid(scheme, &flip(&key, key_bit), b"message", &signature));
    }

    #[test]
    fn junk_is_refused(scheme in prop::sample::select(&SCHEMES[..]), key: Vec<u8>, message: Vec<u8>, signature: Vec<u8>) {
        let (good, _) = sign(scheme, &message);
        for key in [&key, &good] {
            assert!(!is_valid(scheme, key, &message, &signature));
        }
    }
}

/// RFC 5246 7.4.1.4.1: in TLS 1.2 a scheme names the hash, and the key may be of any curve.
#[test]
fn tls12_has_other_pairs_of_curve_and_hash() {
    let find = |key, signature| {
        ALGORITHMS.all.iter().find(|one| one.public_key_alg_id() == key && one.signature_alg_id() == signature).unwrap()
    };
    let key = p256::ecdsa::SigningKey::from_slice(&[7; 32]).unwrap();
    let signature: p256::ecdsa::DerSignature = key.sign_prehash(&Sha384::digest(b"message")).unwrap();
    let public = key.verifying_key().to_sec1_point(false);
    let algorithm = find(alg_id::ECDSA_P256, alg_id::ECDSA_SHA384);
    assert!(algorithm.verify_signature(public.as_bytes(), b"message", signature.as_bytes()).is_ok());
    assert!(algorithm.verify_signature(public.as_bytes(), b"messag.", signature.as_bytes()).is_err());

    let key = p384::ecdsa::SigningKey::from_slice(&[7; 48]).unwrap();
    let signature: p384::ecdsa::DerSignature = key.sign_prehash(&Sha256::digest(b"message")).unwrap();
    let public = key.verifying_key().to_sec1_point(false);
    let algorithm = find(alg_id::ECDSA_P384, alg_id::ECDSA_SHA256);
    assert!(algorithm.verify_signature(public.as_bytes(), b"message", signature.as_bytes()).is_ok());
    assert!(algorithm.verify_signature(public.as_bytes(), b"messag.", signature.as_bytes()).is_err());
}

/// FIPS 186-5 6.4: s may be of either half, which half of all servers' signatures are.
#[test]
fn ecdsa_signatures_with_a_high_s_are_valid() {
    let key = p256::ecdsa::SigningKey::from_slice(&[7; 32]).unwrap();
    let public = key.verifying_key().to_sec1_point(false);
    let signature: p256::ecdsa::Signature = key.sign_prehash(&Sha256::digest(b"message")).unwrap();
    let (r, s) = signature.split_scalars();
    for s in [s, -s] {
        let signature = p256::ecdsa::Signature::from_scalars(r, s).unwrap().to_der();
        assert!(is_valid(SignatureScheme::ECDSA_NISTP256_SHA256, public.as_bytes(), b"message", signature.as_bytes()));
    }
}

/// RFC 8032 5.1.7: S is below the order of the group, and a key of small order isn't one.
#[test]
fn ed25519_signatures_have_one_form() {
    let (key, signature) = sign(SignatureScheme::ED25519, b"message");
    /// The order, little-endian.
    const ORDER: [u8; 32] = [
        0xED, 0xD3, 0xF5, 0x5C, 0x1A, 0x63, 0x12, 0x58, 0xD6, 0x9C, 0xF7, 0xA2, 0xDE, 0xF9, 0xDE, 0x14, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut other = signature.clone();
    let mut carry = 0;
    for (byte, order) in other[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        *byte = sum as u8;
        carry = sum >> 8;
    }
    assert!(is_valid(SignatureScheme::ED25519, &key, b"message", &signature));
    assert!(!is_valid(SignatureScheme::ED25519, &key, b"message", &other));
    // With the neutral element as the key and R, and S = 0, the equation holds for any message.
    let mut neutral = [0; 32];
    neutral[0] = 1;
    assert!(!is_valid(SignatureScheme::ED25519, &neutral, b"message", &[neutral, [0; 32]].concat()));
}

/// RSA keys of 2,048 to 4,096 bits.
#[test]
fn rsa_keys_of_2048_bits_and_more_are_accepted() {
    for pem in [
        &include_bytes!("keys/rsa-2048.pem")[..],
        include_bytes!("keys/rsa-3072.pem"),
        include_bytes!("keys/rsa-4096.pem"),
    ] {
        let private = PrivateKeyDer::from_pem_slice(pem).unwrap();
        let public = rcgen::KeyPair::try_from(&private).unwrap().der_bytes().to_vec();
        let key = any_supported_type(&private).unwrap();
        assert_eq!(key.algorithm(), SignatureAlgorithm::RSA);
        for scheme in &SCHEMES[3..] {
            let signature = key.choose_scheme(&[*scheme]).unwrap().sign(b"message").unwrap();
            assert!(is_valid(*scheme, &public, b"message", &signature), "{scheme:?}");
        }
    }
}
