//! The server's encryption of records, which changes them before: so does a server that has the keys and doesn't follow the
//! protocol.

use std::cell::RefCell;
use std::sync::LazyLock;

use rustls::crypto::cipher::{
    AeadKey, Iv, KeyBlockShape, MessageDecrypter, MessageEncrypter, OutboundChunks, OutboundOpaqueMessage,
    OutboundPlainMessage, Tls12AeadAlgorithm, Tls13AeadAlgorithm, UnsupportedOperationError,
};
use rustls::{
    CipherSuiteCommon, ConnectionTrafficSecrets, ContentType, Error, SupportedCipherSuite, Tls12CipherSuite,
    Tls13CipherSuite,
};
use websocket_wasm_tls::provider::provider;

use super::changes::{Content, ContentChange};

/// How the records of a connection are changed.
#[derive(Default)]
pub struct Changes {
    /// By the record's number.
    pub records: Vec<(u8, ContentChange)>,
    /// In place of every record, while it is set.
    pub flood: Option<Content>,
    /// How many records there were.
    count: usize,
    /// The application data in them.
    pub sent: Vec<u8>,
}

thread_local! {
    static CHANGES: RefCell<Changes> = RefCell::default();
}

/// Changes the state of this thread's connection.
pub fn changes<T>(call: impl FnOnce(&mut Changes) -> T) -> T {
    CHANGES.with_borrow_mut(call)
}

impl Changes {
    fn apply(&mut self, content: &mut Content, is_tls13: bool) {
        if let Some(flood) = &self.flood {
            content.clone_from(flood);
        } else {
            for (_, change) in self.records.iter().filter(|(record, _)| usize::from(*record) == self.count) {
                change.apply(content);
            }
            self.count += 1;
        }
        self.sent.extend(content.application_data(is_tls13));
    }
}

/// The suites with this encryption.
pub fn suites() -> &'static [SupportedCipherSuite] {
    static SUITES: LazyLock<Vec<SupportedCipherSuite>> =
        LazyLock::new(|| provider().cipher_suites.into_iter().map(make).collect());
    &SUITES
}

fn make(suite: SupportedCipherSuite) -> SupportedCipherSuite {
    let common = |common: &CipherSuiteCommon| CipherSuiteCommon {
        suite: common.suite,
        hash_provider: common.hash_provider,
        confidentiality_limit: common.confidentiality_limit,
    };
    match suite {
        SupportedCipherSuite::Tls13(suite) => SupportedCipherSuite::Tls13(Box::leak(Box::new(Tls13CipherSuite {
            common: common(&suite.common),
            hkdf_provider: suite.hkdf_provider,
            aead_alg: Box::leak(Box::new(Tls13(suite.aead_alg))),
            quic: None,
        }))),
        SupportedCipherSuite::Tls12(suite) => SupportedCipherSuite::Tls12(Box::leak(Box::new(Tls12CipherSuite {
            common: common(&suite.common),
            prf_provider: suite.prf_provider,
            kx: suite.kx,
            sign: suite.sign,
            aead_alg: Box::leak(Box::new(Tls12(suite.aead_alg))),
        }))),
    }
}

struct Tls13(&'static dyn Tls13AeadAlgorithm);

impl Tls13AeadAlgorithm for Tls13 {
    fn encrypter(&self, key: AeadKey, iv: Iv) -> Box<dyn MessageEncrypter> {
        Box::new(Changing { inner: self.0.encrypter(key, iv), is_tls13: true })
    }

    fn decrypter(&self, key: AeadKey, iv: Iv) -> Box<dyn MessageDecrypter> {
        self.0.decrypter(key, iv)
    }

    fn key_len(&self) -> usize {
        self.0.key_len()
    }

    fn extract_keys(&self, _: AeadKey, _: Iv) -> Result<ConnectionTrafficSecrets, UnsupportedOperationError> {
        Err(UnsupportedOperationError)
    }
}

struct Tls12(&'static dyn Tls12AeadAlgorithm);

impl Tls12AeadAlgorithm for Tls12 {
    fn encrypter(&self, key: AeadKey, iv: &[u8], explicit: &[u8]) -> Box<dyn MessageEncrypter> {
        Box::new(Changing { inner: self.0.encrypter(key, iv, explicit), is_tls13: false })
    }

    fn decrypter(&self, key: AeadKey, iv: &[u8]) -> Box<dyn MessageDecrypter> {
        self.0.decrypter(key, iv)
    }

    fn key_block_shape(&self) -> KeyBlockShape {
        self.0.key_block_shape()
    }

    fn extract_keys(
        &self,
        _: AeadKey,
        _: &[u8],
        _: &[u8],
    ) -> Result<ConnectionTrafficSecrets, UnsupportedOperationError> {
        Err(UnsupportedOperationError)
    }
}

struct Changing {
    inner: Box<dyn MessageEncrypter>,
    is_tls13: bool,
}

impl MessageEncrypter for Changing {
    fn encrypt(&mut self, message: OutboundPlainMessage<'_>, seq: u64) -> Result<OutboundOpaqueMessage, Error> {
        let mut content = Content { typ: message.typ.into(), bytes: message.payload.to_vec() };
        changes(|changes| changes.apply(&mut content, self.is_tls13));
        let payload = OutboundChunks::Single(&content.bytes);
        let typ = ContentType::from(content.typ);
        self.inner.encrypt(OutboundPlainMessage { typ, version: message.version, payload }, seq)
    }

    fn encrypted_payload_len(&self, len: usize) -> usize {
        self.inner.encrypted_payload_len(len)
    }
}
