//! Verification of signatures: of certificates, and of the handshake.

use rsa::pkcs1::DecodeRsaPublicKey;
use rsa::traits::PublicKeyParts;
use rsa::{Pkcs1v15Sign, Pss};
use rustls::SignatureScheme;
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id};
use sha2::{Digest, Sha256, Sha384, Sha512};

use crate::report;

/// The minimum size of an RSA key in bits (Baseline Requirements 6.1.5).
const MIN_RSA_BITS: u32 = 2048;

/// The algorithms, and the schemes of TLS that they serve.
pub const ALGORITHMS: WebPkiSupportedAlgorithms = WebPkiSupportedAlgorithms {
    all: &[
        &P256_SHA256,
        &P256_SHA384,
        &P384_SHA256,
        &P384_SHA384,
        &ED25519,
        &RSA_PKCS1_SHA256,
        &RSA_PKCS1_SHA384,
        &RSA_PKCS1_SHA512,
        &RSA_PSS_SHA256,
        &RSA_PSS_SHA384,
        &RSA_PSS_SHA512,
    ],
    // In TLS 1.3 the first one of a scheme counts, in TLS 1.2 any: there a scheme doesn't name the curve.
    mapping: &[
        (SignatureScheme::ECDSA_NISTP256_SHA256, &[&P256_SHA256, &P384_SHA256]),
        (SignatureScheme::ECDSA_NISTP384_SHA384, &[&P384_SHA384, &P256_SHA384]),
        (SignatureScheme::ED25519, &[&ED25519]),
        (SignatureScheme::RSA_PSS_SHA256, &[&RSA_PSS_SHA256]),
        (SignatureScheme::RSA_PSS_SHA384, &[&RSA_PSS_SHA384]),
        (SignatureScheme::RSA_PSS_SHA512, &[&RSA_PSS_SHA512]),
        (SignatureScheme::RSA_PKCS1_SHA256, &[&RSA_PKCS1_SHA256]),
        (SignatureScheme::RSA_PKCS1_SHA384, &[&RSA_PKCS1_SHA384]),
        (SignatureScheme::RSA_PKCS1_SHA512, &[&RSA_PKCS1_SHA512]),
    ],
};

static P256_SHA256: Algorithm = Algorithm(alg_id::ECDSA_P256, alg_id::ECDSA_SHA256, p256::<Sha256>);
static P256_SHA384: Algorithm = Algorithm(alg_id::ECDSA_P256, alg_id::ECDSA_SHA384, p256::<Sha384>);
static P384_SHA256: Algorithm = Algorithm(alg_id::ECDSA_P384, alg_id::ECDSA_SHA256, p384::<Sha256>);
static P384_SHA384: Algorithm = Algorithm(alg_id::ECDSA_P384, alg_id::ECDSA_SHA384, p384::<Sha384>);
static ED25519: Algorithm = Algorithm(alg_id::ED25519, alg_id::ED25519, ed25519);
static RSA_PKCS1_SHA256: Algorithm = Algorithm(alg_id::RSA_ENCRYPTION, alg_id::RSA_PKCS1_SHA256, rsa_pkcs1::<Sha256>);
static RSA_PKCS1_SHA384: Algorithm = Algorithm(alg_id::RSA_ENCRYPTION, alg_id::RSA_PKCS1_SHA384, rsa_pkcs1::<Sha384>);
static RSA_PKCS1_SHA512: Algorithm = Algorithm(alg_id::RSA_ENCRYPTION, alg_id::RSA_PKCS1_SHA512, rsa_pkcs1::<Sha512>);
static RSA_PSS_SHA256: Algorithm = Algorithm(alg_id::RSA_ENCRYPTION, alg_id::RSA_PSS_SHA256, rsa_pss::<Sha256>);
static RSA_PSS_SHA384: Algorithm = Algorithm(alg_id::RSA_ENCRYPTION, alg_id::RSA_PSS_SHA384, rsa_pss::<Sha384>);
static RSA_PSS_SHA512: Algorithm = Algorithm(alg_id::RSA_ENCRYPTION, alg_id::RSA_PSS_SHA512, rsa_pss::<Sha512>);

/// Verifies a signature: public key, message, signature. `None` if it isn't valid.
type Verify = fn(&[u8], &[u8], &[u8]) -> Option<()>;

/// An algorithm: of the key, of the signature, and its function.
struct Algorithm(AlgorithmIdentifier, AlgorithmIdentifier, Verify);

impl SignatureVerificationAlgorithm for Algorithm {
    fn verify_signature(&self, key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        (self.2)(key, message, signature).ok_or(InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.0
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.1
    }
}

impl core::fmt::Debug for Algorithm {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Algorithm")
    }
}

fn p256<D: Digest>(key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    use p256::ecdsa::signature::hazmat::PrehashVerifier;
    let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(key).ok()?;
    let signature = p256::ecdsa::Signature::from_der(signature).ok()?;
    key.verify_prehash(&D::digest(message), &signature).ok()
}

fn p384<D: Digest>(key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    use p384::ecdsa::signature::hazmat::PrehashVerifier;
    let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(key).ok()?;
    let signature = p384::ecdsa::Signature::from_der(signature).ok()?;
    key.verify_prehash(&D::digest(message), &signature).ok()
}

fn ed25519(key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    let key = ed25519_dalek::VerifyingKey::try_from(key).ok()?;
    let signature = ed25519_dalek::Signature::try_from(signature).ok()?;
    key.verify_strict(message, &signature).ok()
}

fn rsa_pkcs1<D: Digest + rsa::pkcs8::AssociatedOid>(key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    rsa_key(key)?.verify(Pkcs1v15Sign::new::<D>(), &D::digest(message), signature).ok()
}

fn rsa_pss<D: Digest + sha2::digest::FixedOutputReset + Send + Sync + 'static>(
    key: &[u8],
    message: &[u8],
    signature: &[u8],
) -> Option<()> {
    rsa_key(key)?.verify(Pss::<D>::new(), &<D as Digest>::digest(message), signature).ok()
}

fn rsa_key(key: &[u8]) -> Option<rsa::PublicKey> {
    let key = rsa::PublicKey::from_pkcs1_der(key).ok()?;
    if key.n().bit_width() < MIN_RSA_BITS {
        report::weak_key();
        return None;
    }
    Some(key)
}
