//! Client certificates (RFC 8446 4.4.2, RFC 5246 7.4.6): with P-256 and Ed25519 keys.

use rcgen::{ExtendedKeyUsagePurpose, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{PrivatePkcs8KeyDer, PrivateSec1KeyDer};
use websocket_wasm_tls::failure::Failure;
use websocket_wasm_tls::session::Status;

use crate::authority::{Authority, Identity, key};
use crate::client::{Client, Options};
use crate::site::{Site, TLS12, TLS13};

/// Code of the alert 0.
const ALERT: u32 = 0x100;

/// A P-256 key as `openssl ecparam -genkey` writes it (RFC 5915), the same key in PKCS#8, and one of another curve.
const P256_PKCS8: &[u8] = include_bytes!("keys/p256-pkcs8.pem");
const P256_SEC1: &[u8] = include_bytes!("keys/p256-sec1.pem");
const SECP256K1_SEC1: &[u8] = include_bytes!("keys/secp256k1-sec1.pem");

/// A certificate for that key, and its root.
fn certified(key: KeyPair) -> (Identity, Authority) {
    let root = Authority::root("Root of clients");
    let identity = root.intermediate("Intermediate of clients").issue_for("client.example", key, |params| {
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    });
    (identity, root)
}

fn with_client(options: Options, identity: &Identity, key: &[u8]) -> Options {
    identity.chain.iter().fold(options, |options, certificate| options.certificate(certificate)).key(key)
}

/// In both versions, the server has the chain and data is exchanged.
fn accepted(identity: &Identity, root: &Authority, key: &[u8]) {
    let site = Site::new();
    for versions in [TLS13, TLS12] {
        let server = site.server_with(|settings| {
            settings.versions = versions;
            settings.client = Some((root.certificate.clone(), true));
        });
        let mut client = Client::new();
        let mut pair = client.pair(&with_client(site.options(), identity, key), &server);
        pair.talk();
        assert_eq!(pair.server.peer_certificates(), Some(&*identity.chain));
    }
}

/// The detail of the failure.
fn refused(options: &Options) -> String {
    let Failure { code, detail } = Client::new().connect(options).err().expect("the options aren't valid");
    assert_eq!(code, 40);
    detail
}

fn sec1(pem: &[u8]) -> PrivateSec1KeyDer<'static> {
    PrivateSec1KeyDer::from_pem_slice(pem).unwrap()
}

#[test]
fn p256_keys_are_taken_as_pkcs8() {
    let (identity, root) = certified(key(&rcgen::PKCS_ECDSA_P256_SHA256));
    accepted(&identity, &root, identity.key.serialized_der());
}

#[test]
fn p256_keys_are_taken_as_sec1() {
    let pkcs8 = PrivatePkcs8KeyDer::from_pem_slice(P256_PKCS8).unwrap();
    let (identity, root) = certified(KeyPair::try_from(&pkcs8).unwrap());
    accepted(&identity, &root, sec1(P256_SEC1).secret_sec1_der());
}

#[test]
fn ed25519_keys_are_taken_as_pkcs8() {
    // ring writes version 2, with the public key (RFC 5958).
    let (identity, root) = certified(key(&rcgen::PKCS_ED25519));
    let v2 = identity.key.serialized_der();
    accepted(&identity, &root, v2);
    // Version 1, as RFC 8410 7 has it.
    let v1 = [&[0x30, 0x2E, 2, 1, 0], &v2[5..48]].concat();
    accepted(&identity, &root, &v1);
}

#[test]
fn rsa_keys_are_refused() {
    let site = Site::new();
    let (identity, _) = certified(key(&rcgen::PKCS_RSA_SHA256));
    let options = with_client(site.options(), &identity, identity.key.serialized_der());
    assert_eq!(refused(&options), "key: it is neither a P-256 nor an Ed25519 key");
}

#[test]
fn keys_of_other_curves_are_refused() {
    let site = Site::new();
    let (identity, _) = certified(key(&rcgen::PKCS_ECDSA_P384_SHA384));
    let secp256k1 = sec1(SECP256K1_SEC1);
    for key in [identity.key.serialized_der(), secp256k1.secret_sec1_der()] {
        let options = with_client(site.options(), &identity, key);
        assert_eq!(refused(&options), "key: it is neither a P-256 nor an Ed25519 key");
    }
}

#[test]
fn a_key_of_another_certificate_is_refused() {
    let site = Site::new();
    for algorithm in [&rcgen::PKCS_ECDSA_P256_SHA256, &rcgen::PKCS_ED25519] {
        let (identity, _) = certified(key(&rcgen::PKCS_ECDSA_P256_SHA256));
        let options = with_client(site.options(), &identity, key(algorithm).serialized_der());
        assert_eq!(refused(&options), "key: it doesn't belong to the certificate");
    }
}

#[test]
fn a_certificate_and_its_key_are_given_together() {
    let site = Site::new();
    let (identity, _) = certified(key(&rcgen::PKCS_ECDSA_P256_SHA256));
    assert_eq!(refused(&site.options().certificate(&identity.chain[0])), "cert: there is no key");
    assert_eq!(refused(&site.options().key(identity.key.serialized_der())), "key: there is no certificate");
    let options = site.options().certificate(b"junk").key(identity.key.serialized_der());
    assert_eq!(refused(&options), "cert: the certificate can't be parsed");
}

/// No detail depends on a key's bytes.
#[test]
fn a_damaged_key_is_refused_at_every_byte() {
    let site = Site::new();
    for algorithm in [&rcgen::PKCS_ECDSA_P256_SHA256, &rcgen::PKCS_ED25519] {
        let (identity, _) = certified(key(algorithm));
        let der = identity.key.serialized_der();
        // Byte 50 of ring's Ed25519 keys is the number of unused bits in the public key.
        for at in (0..der.len()).filter(|at| !(algorithm == &rcgen::PKCS_ED25519 && *at == 50)) {
            let mut damaged = der.to_vec();
            damaged[at] ^= 1;
            for key in [&damaged[..], &der[..at]] {
                let result = Client::new().connect(&with_client(site.options(), &identity, key)).map(|_| ());
                let Err(Failure { code, detail }) = result else {
                    panic!("byte {at} doesn't count");
                };
                assert_eq!(code, 40);
                let details =
                    ["key: it is neither a P-256 nor an Ed25519 key", "key: it doesn't belong to the certificate"];
                assert!(details.contains(&&*detail), "{detail}");
            }
        }
    }
}

/// RFC 8446 4.4.2: "If the client does not send any certificates [...], the server MAY at its discretion either continue the
/// handshake without client authentication or abort the handshake with a "certificate_required" alert."
#[test]
fn without_a_certificate_the_server_decides() {
    let site = Site::new();
    let root = Authority::root("Root of clients");
    for versions in [TLS13, TLS12] {
        let server = |required| {
            site.server_with(|settings| {
                settings.versions = versions;
                settings.client = Some((root.certificate.clone(), required));
            })
        };
        let mut client = Client::new();
        let mut pair = client.pair(&site.options(), &server(false));
        pair.talk();
        assert!(pair.server.peer_certificates().is_none());
        let failure = client.pair(&site.options(), &server(true)).refuse();
        assert_eq!(failure.code, ALERT + 116, "certificate_required");
    }
}

/// In TLS 1.3 the client is ready to send before the server has judged.
#[test]
fn a_certificate_that_the_server_refuses_has_the_servers_alert() {
    let site = Site::new();
    let (identity, _) = certified(key(&rcgen::PKCS_ECDSA_P256_SHA256));
    let other = Authority::root("Other root of clients");
    let options = with_client(site.options(), &identity, identity.key.serialized_der());
    for versions in [TLS13, TLS12] {
        let server = site.server_with(|settings| {
            settings.versions = versions;
            settings.client = Some((other.certificate.clone(), true));
        });
        let mut client = Client::new();
        let failure = client.pair(&options, &server).refuse();
        assert_eq!(failure.code, ALERT + 48, "unknown_ca");
    }
}

/// A server that doesn't ask gets none (RFC 8446 4.4.2, RFC 5246 7.4.6).
#[test]
fn a_certificate_is_sent_only_if_the_server_asks() {
    let site = Site::new();
    let (identity, _) = certified(key(&rcgen::PKCS_ECDSA_P256_SHA256));
    let options = with_client(site.options(), &identity, identity.key.serialized_der());
    for versions in [TLS13, TLS12] {
        let mut client = Client::new();
        let mut pair = client.pair(&options, &site.server_of(versions));
        pair.talk();
        assert_eq!(pair.client.status(), Status::Open);
        assert!(pair.server.peer_certificates().is_none());
    }
}
