//! The certificates of the server and of the client: with Ed25519 keys, whose signatures are the same in every run.

use std::sync::{Arc, OnceLock};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, PublicKeyData, SerialNumber, SigningKey};
use rustls::SignatureScheme;
use rustls::pki_types::CertificateDer;
use rustls::sign::CertifiedKey;
use websocket_wasm_tls::provider::client_key;

/// The server's name.
pub const NAME: &str = "server.example";

/// What precedes the 32 bytes of an Ed25519 key in PKCS#8 (RFC 8410 7).
const PKCS8: &[u8] = &[0x30, 0x2E, 2, 1, 0, 0x30, 5, 6, 3, 0x2B, 0x65, 0x70, 4, 0x22, 4, 0x20];

/// All of them.
pub struct Certificates {
    /// The root of both.
    pub root: CertificateDer<'static>,
    /// The server's, with an intermediate.
    pub server: Arc<CertifiedKey>,
    /// The client's.
    pub client: CertificateDer<'static>,
    /// Its key in PKCS#8.
    pub client_key: Vec<u8>,
}

/// A key that signs certificates.
struct Key {
    signing: Arc<dyn rustls::sign::SigningKey>,
    public: Vec<u8>,
}

impl Key {
    fn new(seed: u8) -> Self {
        let signing = client_key(&pkcs8(seed)).expect("an Ed25519 key");
        let spki = signing.public_key().expect("it has one");
        // The last 32 bytes of the SubjectPublicKeyInfo (RFC 8410 4).
        let public = spki[spki.len() - 32..].to_vec();
        Self { signing, public }
    }
}

impl PublicKeyData for Key {
    fn der_bytes(&self) -> &[u8] {
        &self.public
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &rcgen::PKCS_ED25519
    }
}

impl SigningKey for Key {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        let signer = self.signing.choose_scheme(&[SignatureScheme::ED25519]).expect("Ed25519");
        signer.sign(message).map_err(|_| rcgen::Error::RemoteKeyError)
    }
}

fn pkcs8(seed: u8) -> Vec<u8> {
    [PKCS8, &[seed; 32]].concat()
}

fn params(names: &[&str], name: &str, is_ca: IsCa) -> CertificateParams {
    let mut params = CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
        .expect("the names are valid");
    params.distinguished_name.push(DnType::CommonName, name);
    params.serial_number = Some(SerialNumber::from(1));
    params.is_ca = is_ca;
    params
}

/// Makes them, once.
pub fn certificates() -> &'static Certificates {
    static CERTIFICATES: OnceLock<Certificates> = OnceLock::new();
    CERTIFICATES.get_or_init(|| make().expect("the certificates can be made"))
}

fn make() -> Result<Certificates, rcgen::Error> {
    let authority = IsCa::Ca(BasicConstraints::Unconstrained);
    let (root_params, intermediate_params) = (params(&[], "Root", authority), params(&[], "Intermediate", authority));
    let [root_key, intermediate_key, server_key, client] = [1, 2, 3, 4].map(Key::new);
    let root = root_params.self_signed(&root_key)?.der().clone();
    let root_issuer = Issuer::new(root_params, root_key);
    let intermediate = intermediate_params.signed_by(&intermediate_key, &root_issuer)?.der().clone();
    let intermediate_issuer = Issuer::new(intermediate_params, intermediate_key);
    let leaf = params(&[NAME], NAME, IsCa::NoCa).signed_by(&server_key, &intermediate_issuer)?.der().clone();
    let server = Arc::new(CertifiedKey::new(vec![leaf, intermediate], server_key.signing));
    let client = params(&["client.example"], "Client", IsCa::NoCa).signed_by(&client, &root_issuer)?.der().clone();
    Ok(Certificates { root, server, client, client_key: pkcs8(4) })
}
