//! Cipher suites, the preferred ones first.

use rustls::crypto::KeyExchangeAlgorithm;
use rustls::crypto::tls12::PrfUsingHmac;
use rustls::crypto::tls13::HkdfUsingHmac;
use rustls::{
    CipherSuite, CipherSuiteCommon, SignatureScheme, SupportedCipherSuite, Tls12CipherSuite, Tls13CipherSuite,
};

use super::{aead, hash};

/// ChaCha20-Poly1305 first: in WebAssembly, AES takes three times as long. AES-256-GCM is only in TLS 1.2: servers that
/// follow their own order would choose it, and in TLS 1.3 every server must have AES-128-GCM (RFC 8446 9.1).
pub static ALL: &[SupportedCipherSuite] = &[
    SupportedCipherSuite::Tls13(&TLS13_CHACHA20_POLY1305),
    SupportedCipherSuite::Tls13(&TLS13_AES_128_GCM),
    SupportedCipherSuite::Tls12(&ECDSA_CHACHA20_POLY1305),
    SupportedCipherSuite::Tls12(&RSA_CHACHA20_POLY1305),
    SupportedCipherSuite::Tls12(&ECDSA_AES_128_GCM),
    SupportedCipherSuite::Tls12(&RSA_AES_128_GCM),
    SupportedCipherSuite::Tls12(&ECDSA_AES_256_GCM),
    SupportedCipherSuite::Tls12(&RSA_AES_256_GCM),
];

/// How many records one AES key may protect (RFC 8446 5.5); ChaCha20-Poly1305 has no such limit.
const MAX_GCM_RECORDS: u64 = 1 << 24;

static TLS13_CHACHA20_POLY1305: Tls13CipherSuite = Tls13CipherSuite {
    common: CipherSuiteCommon {
        suite: CipherSuite::TLS13_CHACHA20_POLY1305_SHA256,
        hash_provider: &hash::SHA256,
        confidentiality_limit: u64::MAX,
    },
    hkdf_provider: &HkdfUsingHmac(&hash::HMAC_SHA256),
    aead_alg: &aead::CHACHA20_POLY1305,
    quic: None,
};

static TLS13_AES_128_GCM: Tls13CipherSuite = Tls13CipherSuite {
    common: CipherSuiteCommon {
        suite: CipherSuite::TLS13_AES_128_GCM_SHA256,
        hash_provider: &hash::SHA256,
        confidentiality_limit: MAX_GCM_RECORDS,
    },
    hkdf_provider: &HkdfUsingHmac(&hash::HMAC_SHA256),
    aead_alg: &aead::AES_128_GCM,
    quic: None,
};

const ECDSA: &[SignatureScheme] =
    &[SignatureScheme::ED25519, SignatureScheme::ECDSA_NISTP384_SHA384, SignatureScheme::ECDSA_NISTP256_SHA256];

const RSA: &[SignatureScheme] = &[
    SignatureScheme::RSA_PSS_SHA512,
    SignatureScheme::RSA_PSS_SHA384,
    SignatureScheme::RSA_PSS_SHA256,
    SignatureScheme::RSA_PKCS1_SHA512,
    SignatureScheme::RSA_PKCS1_SHA384,
    SignatureScheme::RSA_PKCS1_SHA256,
];

static PRF_SHA256: PrfUsingHmac<'static> = PrfUsingHmac(&hash::HMAC_SHA256);
static PRF_SHA384: PrfUsingHmac<'static> = PrfUsingHmac(&hash::HMAC_SHA384);

static ECDSA_CHACHA20_POLY1305: Tls12CipherSuite =
    chacha20_poly1305(CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, ECDSA);
static RSA_CHACHA20_POLY1305: Tls12CipherSuite =
    chacha20_poly1305(CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, RSA);
static ECDSA_AES_128_GCM: Tls12CipherSuite = aes_128_gcm(CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, ECDSA);
static RSA_AES_128_GCM: Tls12CipherSuite = aes_128_gcm(CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, RSA);
static ECDSA_AES_256_GCM: Tls12CipherSuite = aes_256_gcm(CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, ECDSA);
static RSA_AES_256_GCM: Tls12CipherSuite = aes_256_gcm(CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, RSA);

const fn chacha20_poly1305(suite: CipherSuite, sign: &'static [SignatureScheme]) -> Tls12CipherSuite {
    Tls12CipherSuite {
        common: CipherSuiteCommon { suite, hash_provider: &hash::SHA256, confidentiality_limit: u64::MAX },
        kx: KeyExchangeAlgorithm::ECDHE,
        sign,
        aead_alg: &aead::TLS12_CHACHA20_POLY1305,
        prf_provider: &PRF_SHA256,
    }
}

const fn aes_128_gcm(suite: CipherSuite, sign: &'static [SignatureScheme]) -> Tls12CipherSuite {
    Tls12CipherSuite {
        common: CipherSuiteCommon { suite, hash_provider: &hash::SHA256, confidentiality_limit: MAX_GCM_RECORDS },
        kx: KeyExchangeAlgorithm::ECDHE,
        sign,
        aead_alg: &aead::TLS12_AES_128_GCM,
        prf_provider: &PRF_SHA256,
    }
}

const fn aes_256_gcm(suite: CipherSuite, sign: &'static [SignatureScheme]) -> Tls12CipherSuite {
    Tls12CipherSuite {
        common: CipherSuiteCommon { suite, hash_provider: &hash::SHA384, confidentiality_limit: MAX_GCM_RECORDS },
        kx: KeyExchangeAlgorithm::ECDHE,
        sign,
        aead_alg: &aead::TLS12_AES_256_GCM,
        prf_provider: &PRF_SHA384,
    }
}
