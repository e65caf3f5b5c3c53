//! A server's name, certificate and settings.

use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::crypto::ring::{default_provider, kx_group};
use rustls::pki_types::CertificateDer;
use rustls::server::WebPkiClientVerifier;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion, version};
use websocket_wasm_tls::provider::random;

use crate::authority::{Authority, Identity, key};
use crate::client::Options;
use crate::ml_kem::X25519MlKem768;

/// The name of every server, unless a test is about names.
pub const NAME: &str = "server.example";

pub static TLS13: &[&SupportedProtocolVersion] = &[&version::TLS13];
pub static TLS12: &[&SupportedProtocolVersion] = &[&version::TLS12];

/// ring lacks ML-KEM.
pub static X25519MLKEM768: X25519MlKem768 = X25519MlKem768 { x25519: kx_group::X25519, random: random::system };

/// What the server supports.
pub struct Settings {
    pub provider: CryptoProvider,
    pub versions: &'static [&'static SupportedProtocolVersion],
    /// The root of client certificates, and whether one is required.
    pub client: Option<(CertificateDer<'static>, bool)>,
}

/// A server that the client of [`Site::options`] accepts.
pub struct Site {
    pub root: Authority,
    pub identity: Identity,
}

impl Site {
    /// With a P-256 key.
    pub fn new() -> Self {
        Self::with_key(&rcgen::PKCS_ECDSA_P256_SHA256)
    }

    /// With a key for that algorithm.
    pub fn with_key(algorithm: &'static rcgen::SignatureAlgorithm) -> Self {
        let root = Authority::root("Root");
        let identity = root.issue_for(NAME, key(algorithm), |_| ());
        Self { root, identity }
    }

    pub fn options(&self) -> Options {
        Options::new(NAME).ca(&self.root.certificate)
    }

    /// The server with everything that ring has.
    pub fn server(&self) -> Arc<ServerConfig> {
        self.server_with(|_| ())
    }

    /// The server with those versions.
    pub fn server_of(&self, versions: &'static [&'static SupportedProtocolVersion]) -> Arc<ServerConfig> {
        self.server_with(|settings| settings.versions = versions)
    }

    pub fn server_with(&self, change: impl FnOnce(&mut Settings)) -> Arc<ServerConfig> {
        server(&self.identity, change).into()
    }
}

pub fn server(identity: &Identity, change: impl FnOnce(&mut Settings)) -> ServerConfig {
    let mut settings = Settings { provider: default_provider(), versions: rustls::ALL_VERSIONS, client: None };
    change(&mut settings);
    let provider = Arc::new(settings.provider);
    let builder =
        ServerConfig::builder_with_provider(provider.clone()).with_protocol_versions(settings.versions).unwrap();
    let builder = match settings.client {
        None => builder.with_no_client_auth(),
        Some((root, required)) => {
            let mut roots = RootCertStore::empty();
            roots.add(root).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider);
            let verifier = if required { verifier } else { verifier.allow_unauthenticated() };
            builder.with_client_cert_verifier(verifier.build().unwrap())
        }
    };
    // Whatever the certificate says: it is the client that judges it.
    let key = any_supported_type(&identity.private_key()).unwrap();
    builder.with_cert_resolver(Arc::new(SingleCertAndKey::from(CertifiedKey::new(identity.chain.clone(), key))))
}
