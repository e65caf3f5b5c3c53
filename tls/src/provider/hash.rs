//! Hashes and HMAC.

use core::marker::PhantomData;

use hmac::{KeyInit, Mac};
use rustls::crypto::hash::{Context, Hash, HashAlgorithm, Output};
use rustls::crypto::hmac::{Hmac, Key, Tag};
use sha2::{Digest, Sha256, Sha384};

/// A hash function of RustCrypto's.
pub struct HashOf<D>(PhantomData<fn() -> D>, HashAlgorithm);

pub static SHA256: HashOf<Sha256> = HashOf(PhantomData, HashAlgorithm::SHA256);
pub static SHA384: HashOf<Sha384> = HashOf(PhantomData, HashAlgorithm::SHA384);

/// HMAC with a hash function of RustCrypto's.
pub struct HmacOf<M>(PhantomData<fn() -> M>);

pub static HMAC_SHA256: HmacOf<hmac::Hmac<Sha256>> = HmacOf(PhantomData);
pub static HMAC_SHA384: HmacOf<hmac::Hmac<Sha384>> = HmacOf(PhantomData);

/// The SHA-256 of some bytes.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

impl<D: Digest + Clone + Send + Sync + 'static> Hash for HashOf<D> {
    fn start(&self) -> Box<dyn Context> {
        Box::new(ContextOf(D::new()))
    }

    fn hash(&self, data: &[u8]) -> Output {
        Output::new(&D::digest(data))
    }

    fn output_len(&self) -> usize {
        <D as Digest>::output_size()
    }

    fn algorithm(&self) -> HashAlgorithm {
        self.1
    }
}

struct ContextOf<D>(D);

impl<D: Digest + Clone + Send + Sync + 'static> Context for ContextOf<D> {
    fn fork_finish(&self) -> Output {
        Output::new(&self.0.clone().finalize())
    }

    fn fork(&self) -> Box<dyn Context> {
        Box::new(Self(self.0.clone()))
    }

    fn finish(self: Box<Self>) -> Output {
        Output::new(&self.0.finalize())
    }

    fn update(&mut self, data: &[u8]) {
        Digest::update(&mut self.0, data);
    }
}

impl<M: Mac + KeyInit + Clone + Send + Sync + 'static> Hmac for HmacOf<M> {
    fn with_key(&self, key: &[u8]) -> Box<dyn Key> {
        Box::new(KeyOf(<M as KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length")))
    }

    fn hash_output_len(&self) -> usize {
        M::output_size()
    }
}

/// An HMAC that has read its key.
struct KeyOf<M>(M);

impl<M: Mac + Clone + Send + Sync> Key for KeyOf<M> {
    fn sign_concat(&self, first: &[u8], middle: &[&[u8]], last: &[u8]) -> Tag {
        let mut mac = self.0.clone();
        mac.update(first);
        for part in middle {
            mac.update(part);
        }
        mac.update(last);
        Tag::new(&mac.finalize().into_bytes())
    }

    fn tag_len(&self) -> usize {
        M::output_size()
    }
}
