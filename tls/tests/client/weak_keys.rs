//! RSA keys of fewer than 2,048 bits (Baseline Requirements 6.1.5): of a server, and of an authority.

use std::sync::Arc;

use rcgen::{Issuer, PublicKeyData};
use rsa::pkcs1::EncodeRsaPublicKey;
use rsa::pkcs8::DecodePrivateKey;
use rsa::rand_core::{Infallible, TryCryptoRng, TryRng};
use rustls::pki_types::CertificateDer;
use rustls::server::ServerConfig;
use rustls::sign::{CertifiedKey, Signer, SigningKey, SingleCertAndKey};
use rustls::{SignatureAlgorithm, SignatureScheme};
use sha2::Sha256;
use websocket_wasm_tls::failure::Failure;
use websocket_wasm_tls::provider::ALGORITHMS;

use crate::authority::{Authority, Identity, authority_params, key, server_params};
use crate::client::{Client, Options};
use crate::site::{NAME, TLS12, TLS13, server};

const BAD_SIGNATURE: u32 = 6;
const WEAK: u32 = 9;

const WEAK_KEYS: [&str; 2] = [include_str!("keys/rsa-1024.pem"), include_str!("keys/rsa-2047.pem")];
const STRONG_KEY: &str = include_str!("keys/rsa-2048.pem");

/// A key that ring doesn't take.
#[derive(Clone, Debug)]
struct RsaKey {
    private: rsa::PrivateKey,
    public: Vec<u8>,
}

impl RsaKey {
    fn new(pem: &str) -> Self {
        let private = rsa::PrivateKey::from_pkcs8_pem(pem).unwrap();
        let public = private.to_public_key().to_pkcs1_der().unwrap().as_bytes().to_vec();
        Self { private, public }
    }
}

/// The system's random bytes, for the salts of PSS.
struct System;

impl TryRng for System {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(getrandom::u32().unwrap())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(getrandom::u64().unwrap())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        getrandom::fill(bytes).unwrap();
        Ok(())
    }
}

impl TryCryptoRng for System {}

impl PublicKeyData for RsaKey {
    fn der_bytes(&self) -> &[u8] {
        &self.public
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &rcgen::PKCS_RSA_SHA256
    }
}

impl rcgen::SigningKey for RsaKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        Ok(self.private.pkcs1v15_sign_with_rng::<Sha256, _>(&mut System, message).unwrap())
    }
}

impl SigningKey for RsaKey {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        offered.contains(&SignatureScheme::RSA_PSS_SHA256).then(|| Box::new(self.clone()) as Box<dyn Signer>)
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::RSA
    }
}

impl Signer for RsaKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        Ok(self.private.pss_sign_with_rng::<Sha256, _>(&mut System, message).unwrap())
    }

    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::RSA_PSS_SHA256
    }
}

/// The failure of a handshake with that server; `None` if data is exchanged.
fn failure(root: &CertificateDer<'_>, server: ServerConfig) -> Option<Failure> {
    let mut client = Client::new();
    let mut pair = client.pair(&Options::new(NAME).ca(root), &server.into());
    pair.run();
    if pair.client.failure().is_none() {
        pair.talk();
    }
    pair.client.failure().cloned()
}

#[test]
fn a_server_with_a_weak_key_is_refused() {
    let root = Authority::root("Root");
    for versions in [TLS13, TLS12] {
        let failure_with = |pem: &str| {
            let key = RsaKey::new(pem);
            let leaf = root.certify(&server_params(NAME, |_| ()), &key);
            let mut server = server(&root.issue(NAME), |settings| settings.versions = versions);
            let certified = CertifiedKey::new(vec![leaf], Arc::new(key));
            server.cert_resolver = Arc::new(SingleCertAndKey::from(certified));
            failure(&root.certificate, server)
        };
        for pem in WEAK_KEYS {
            let weak = Failure { code: WEAK, detail: "an RSA key of fewer than 2,048 bits".into() };
            assert_eq!(failure_with(pem), Some(weak));
        }
        assert_eq!(failure_with(STRONG_KEY), None);
    }
}

#[test]
fn an_authority_with_a_weak_key_is_refused() {
    let failure_with = |pem: &str| {
        let issuer_key = RsaKey::new(pem);
        let params = authority_params("RSA root", |_| ());
        let certificate = params.self_signed(&issuer_key).unwrap().der().clone();
        let leaf_key = key(&rcgen::PKCS_ECDSA_P256_SHA256);
        let issuer = Issuer::new(params, issuer_key);
        let leaf = server_params(NAME, |_| ()).signed_by(&leaf_key, &issuer).unwrap().der().clone();
        let identity = Identity { chain: vec![leaf], key: leaf_key };
        failure(&certificate, server(&identity, |_| ()))
    };
    for pem in WEAK_KEYS {
        assert_eq!(failure_with(pem).map(|failure| failure.code), Some(WEAK));
    }
    assert_eq!(failure_with(STRONG_KEY), None);
}

/// Even a signature that is valid.
#[test]
fn no_algorithm_takes_a_weak_key() {
    for pem in WEAK_KEYS {
        let key = RsaKey::new(pem);
        let signatures = [
            (SignatureScheme::RSA_PSS_SHA256, Signer::sign(&key, b"message").unwrap()),
            (SignatureScheme::RSA_PKCS1_SHA256, rcgen::SigningKey::sign(&key, b"message").unwrap()),
        ];
        for (scheme, signature) in signatures {
            let (_, algorithms) = ALGORITHMS.mapping.iter().find(|(of, _)| *of == scheme).unwrap();
            assert!(algorithms[0].verify_signature(&key.public, b"message", &signature).is_err());
        }
    }
}

/// RFC 8446 4.2.3: "The length of the Salt MUST be equal to the length of the output of the digest algorithm."
#[test]
fn pss_has_a_salt_as_long_as_its_hash() {
    let key = RsaKey::new(STRONG_KEY);
    let (_, algorithms) =
        ALGORITHMS.mapping.iter().find(|(scheme, _)| *scheme == SignatureScheme::RSA_PSS_SHA256).unwrap();
    for (len, is_valid) in [(32, true), (0, false), (20, false), (48, false)] {
        let padding = rsa::Pss::<Sha256>::new_with_salt(len);
        let hash = <Sha256 as sha2::Digest>::digest(b"message");
        let signature = key.private.sign_with_rng(&mut System, padding, &hash).unwrap();
        assert_eq!(algorithms[0].verify_signature(&key.public, b"message", &signature).is_ok(), is_valid, "{len}");
    }
}

/// A weak key beside the path that is used says nothing of a signature that is then refused.
#[test]
fn a_weak_key_elsewhere_is_not_the_reason() {
    let root = Authority::root("Root");
    let [weak, strong] = [WEAK_KEYS[0], STRONG_KEY].map(RsaKey::new);
    // Two certificates of one name, of which the first one's key didn't sign the leaf.
    let params = authority_params("Intermediate", |_| ());
    let intermediates = [&weak, &strong].map(|key| root.certify(&params, key));
    let leaf_key = key(&rcgen::PKCS_ECDSA_P256_SHA256);
    let leaf = server_params(NAME, |_| ()).signed_by(&leaf_key, &Issuer::new(params, strong)).unwrap().der().clone();
    let identity = Identity { chain: [&[leaf][..], &intermediates].concat(), key: leaf_key };
    assert_eq!(failure(&root.certificate, server(&identity, |_| ())), None);
    // The server signs with a key that isn't the certificate's.
    #[derive(Debug)]
    struct Other(Arc<dyn SigningKey>);
    impl SigningKey for Other {
        fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
            self.0.choose_scheme(offered)
        }
        fn algorithm(&self) -> SignatureAlgorithm {
            self.0.algorithm()
        }
    }
    let other = key(&rcgen::PKCS_ECDSA_P256_SHA256);
    let other = rustls::pki_types::PrivateKeyDer::Pkcs8(other.serialized_der().to_vec().into());
    let other = Other(rustls::crypto::ring::sign::any_supported_type(&other).unwrap());
    let mut config = server(&identity, |_| ());
    let certified = CertifiedKey::new(identity.chain.clone(), Arc::new(other));
    config.cert_resolver = Arc::new(SingleCertAndKey::from(certified));
    assert_eq!(failure(&root.certificate, config).map(|failure| failure.code), Some(BAD_SIGNATURE));
}
