//! What is negotiated: versions, suites, groups, client certificates and resumption.

use std::sync::{Arc, LazyLock};

use rustls::crypto::{CryptoProvider, SupportedKxGroup};
use rustls::pki_types::UnixTime;
use rustls::server::{ServerConfig, WebPkiClientVerifier};
use rustls::sign::SingleCertAndKey;
use rustls::time_provider::TimeProvider;
use rustls::version::{TLS12, TLS13};
use rustls::{CipherSuite, NamedGroup, RootCertStore};
use websocket_wasm_tls::provider::provider;
use websocket_wasm_tls::records;

use super::certificates::{NAME, certificates};
use super::encrypter::suites;
use super::ml_kem::X25519MlKem768;
use super::random;

/// The time: 2026-06-01.
pub const NOW: u64 = 1_780_272_000;

const SUITES: [CipherSuite; 5] = [
    CipherSuite::TLS13_CHACHA20_POLY1305_SHA256,
    CipherSuite::TLS13_AES_128_GCM_SHA256,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
];

/// A handshake with secp256r1 has a HelloRetryRequest in TLS 1.3.
const GROUPS: [NamedGroup; 3] = [NamedGroup::X25519MLKEM768, NamedGroup::X25519, NamedGroup::secp256r1];

/// What is negotiated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Scenario {
    /// Indices.
    suite: usize,
    group: usize,
    client_certificate: bool,
    /// Whether an earlier connection is resumed.
    pub resumed: bool,
}

impl Scenario {
    /// One of them all.
    pub fn new(choice: u8) -> Self {
        let choice = usize::from(choice);
        Self {
            suite: choice % 5,
            group: choice / 5 % 3,
            client_certificate: choice / 15 % 4 == 1,
            resumed: choice / 15 % 4 == 2,
        }
    }

    pub fn is_tls13(self) -> bool {
        self.suite < 2
    }

    /// The argument of `connect`.
    pub fn options(self) -> Vec<u8> {
        let mut options = Vec::new();
        let certificates = certificates();
        records::write(&mut options, records::NAME, NAME.as_bytes());
        records::write(&mut options, records::CA, &certificates.root);
        if self.client_certificate {
            records::write(&mut options, records::CERTIFICATE, &certificates.client);
            records::write(&mut options, records::KEY, &certificates.client_key);
        }
        options
    }

    /// The server.
    pub fn server(self) -> Arc<ServerConfig> {
        let suite = suites().iter().find(|suite| suite.suite() == SUITES[self.suite]).expect("it is supported");
        let provider =
            Arc::new(CryptoProvider { cipher_suites: vec![*suite], kx_groups: vec![self.group()], ..provider() });
        let version = if self.is_tls13() { &TLS13 } else { &TLS12 };
        let builder = ServerConfig::builder_with_details(provider.clone(), Arc::new(Clock))
            .with_protocol_versions(&[version])
            .expect("there is a suite");
        let certificates = certificates();
        let builder = if self.client_certificate {
            let mut roots = RootCertStore::empty();
            roots.add(certificates.root.clone()).expect("it is valid");
            let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider).build();
            builder.with_client_cert_verifier(verifier.expect("there is a root"))
        } else {
            builder.with_no_client_auth()
        };
        let server = SingleCertAndKey::from(certificates.server.clone());
        builder.with_cert_resolver(Arc::new(server)).into()
    }

    fn group(self) -> &'static dyn SupportedKxGroup {
        static X25519MLKEM768: LazyLock<X25519MlKem768> =
            LazyLock::new(|| X25519MlKem768 { x25519: find(NamedGroup::X25519), random: random::fill });
        match GROUPS[self.group] {
            NamedGroup::X25519MLKEM768 if self.is_tls13() => &*X25519MLKEM768,
            NamedGroup::X25519MLKEM768 => find(NamedGroup::X25519),
            name => find(name),
        }
    }
}

fn find(name: NamedGroup) -> &'static dyn SupportedKxGroup {
    provider().kx_groups.into_iter().find(|group| group.name() == name).expect("it is supported")
}

#[derive(Debug)]
struct Clock;

impl TimeProvider for Clock {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(core::time::Duration::from_secs(NOW)))
    }
}
