//! Certificates: authorities, and what they issue.

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    PublicKeyData, SignatureAlgorithm,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use websocket_wasm_tls::provider::sha256;

/// An authority: a root, or one that another authority certified.
pub struct Authority {
    params: CertificateParams,
    pub certificate: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
    /// Its certificate and those above it, without the root's: what a server sends beside its own.
    pub chain: Vec<CertificateDer<'static>>,
}

/// A certificate with its chain, leaf first, and its key.
pub struct Identity {
    pub chain: Vec<CertificateDer<'static>>,
    pub key: KeyPair,
}

impl Authority {
    /// A root.
    pub fn root(name: &str) -> Self {
        Self::root_with(name, |_| ())
    }

    /// A root, with changes to its certificate.
    pub fn root_with(name: &str, change: impl FnOnce(&mut CertificateParams)) -> Self {
        let (params, key) = (authority_params(name, change), key(&rcgen::PKCS_ECDSA_P256_SHA256));
        let certificate = params.self_signed(&key).unwrap().der().clone();
        Self { issuer: Issuer::new(params.clone(), key), params, certificate, chain: Vec::new() }
    }

    /// An authority that this one certified.
    pub fn intermediate(&self, name: &str) -> Self {
        self.intermediate_with(name, |_| ())
    }

    /// An authority that this one certified, with changes to its certificate.
    pub fn intermediate_with(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> Self {
        let (params, key) = (authority_params(name, change), key(&rcgen::PKCS_ECDSA_P256_SHA256));
        let certificate = self.certify(&params, &key);
        let chain = [core::slice::from_ref(&certificate), &self.chain].concat();
        Self { issuer: Issuer::new(params.clone(), key), params, certificate, chain }
    }

    /// Another certificate for the name and key of an authority: this one's.
    pub fn cross_certify(&self, other: &Self) -> CertificateDer<'static> {
        self.certify(&other.params, other.issuer.key())
    }

    /// A certificate for a server of that name, with a P-256 key.
    pub fn issue(&self, name: &str) -> Identity {
        self.issue_with(name, |_| ())
    }

    /// The same, with changes to the certificate.
    pub fn issue_with(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> Identity {
        self.issue_for(name, key(&rcgen::PKCS_ECDSA_P256_SHA256), change)
    }

    /// The same, for that key.
    pub fn issue_for(&self, name: &str, key: KeyPair, change: impl FnOnce(&mut CertificateParams)) -> Identity {
        let leaf = self.certify(&server_params(name, change), &key);
        Identity { chain: [&[leaf], &*self.chain].concat(), key }
    }

    /// A certificate that this authority signs.
    pub fn certify(&self, params: &CertificateParams, key: &impl PublicKeyData) -> CertificateDer<'static> {
        params.signed_by(key, &self.issuer).unwrap().der().clone()
    }

    /// The SHA-256 of its SubjectPublicKeyInfo.
    pub fn pin(&self) -> [u8; 32] {
        sha256(&self.issuer.key().subject_public_key_info())
    }
}

impl Identity {
    /// The key as rustls takes it.
    pub fn private_key(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::Pkcs8(self.key.serialized_der().to_vec().into())
    }

    /// The SHA-256 of its SubjectPublicKeyInfo.
    pub fn pin(&self) -> [u8; 32] {
        sha256(&self.key.subject_public_key_info())
    }
}

/// A key for that algorithm. ring generates no RSA keys: it is always the same one.
pub fn key(algorithm: &'static SignatureAlgorithm) -> KeyPair {
    let is_rsa = [&rcgen::PKCS_RSA_SHA256, &rcgen::PKCS_RSA_SHA384, &rcgen::PKCS_RSA_SHA512].contains(&algorithm);
    if is_rsa {
        let key = PrivateKeyDer::from_pem_slice(include_bytes!("keys/rsa-2048.pem")).unwrap();
        KeyPair::from_der_and_sign_algo(&key, algorithm).unwrap()
    } else {
        KeyPair::generate_for(algorithm).unwrap()
    }
}

/// The certificate of an authority.
pub fn authority_params(name: &str, change: impl FnOnce(&mut CertificateParams)) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    change(&mut params);
    params
}

/// The certificate of a server.
pub fn server_params(name: &str, change: impl FnOnce(&mut CertificateParams)) -> CertificateParams {
    let mut params = CertificateParams::new([name.to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    change(&mut params);
    params
}
