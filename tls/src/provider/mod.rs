//! The cryptography that rustls calls: adapters to the crates of RustCrypto and dalek. Nothing is computed here.

mod aead;
mod hash;
mod key_exchange;
pub mod random;
mod sign;
mod suites;
mod verify;

use std::sync::Arc;

use rustls::Error;
use rustls::crypto::{CryptoProvider, KeyProvider};
use rustls::pki_types::PrivateKeyDer;
use rustls::sign::SigningKey;

pub use hash::sha256;
pub use sign::client_key;
pub use verify::ALGORITHMS;

/// The provider with all that this module offers, in the order of preference.
pub fn provider() -> CryptoProvider {
    CryptoProvider {
        cipher_suites: suites::ALL.to_vec(),
        kx_groups: key_exchange::ALL.to_vec(),
        signature_verification_algorithms: ALGORITHMS,
        secure_random: &random::Random,
        key_provider: &NoKeys,
    }
}

/// Keys are loaded by [`client_key`].
#[derive(Debug)]
struct NoKeys;

impl KeyProvider for NoKeys {
    fn load_private_key(&self, _: PrivateKeyDer<'static>) -> Result<Arc<dyn SigningKey>, Error> {
        Err(Error::General(String::new()))
    }
}
