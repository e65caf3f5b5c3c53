//! The AEADs of TLS, by RustCrypto's crates: AES-GCM (RFC 5116) and ChaCha20-Poly1305 (RFC 8439).
//!
//! Their code is generic, and is compiled with the options of the crate that instantiates it: of this one, for speed.

use aes_gcm::aead::consts::{U12, U16};
use aes_gcm::aead::inout::InOutBuf;
use aes_gcm::aead::{AeadInOut, Key, KeyInit};

/// The bytes of a nonce.
pub const NONCE: usize = 12;

/// The bytes of a tag.
pub const TAG: usize = 16;

/// An AEAD with its key.
pub trait Cipher: Sized + Send + Sync + 'static {
    /// The bytes of a key.
    const KEY: usize;

    /// Returns `None` if the key has another length.
    fn new(key: &[u8]) -> Option<Self>;

    /// Encrypts in place, and returns the tag. Returns `None` if the text is too long.
    fn encrypt(&self, nonce: &[u8; NONCE], aad: &[u8], text: &mut [u8]) -> Option<[u8; TAG]>;

    /// Decrypts in place. Returns `None` if the tag isn't that of the text.
    fn decrypt(&self, nonce: &[u8; NONCE], aad: &[u8], text: &mut [u8], tag: &[u8; TAG]) -> Option<()>;
}

/// A type for each, whose functions aren't generic.
macro_rules! cipher {
    ($(#[$doc:meta])* $name:ident, $aead:ty, $key:literal) => {
        $(#[$doc])*
        pub struct $name($aead);

        impl Cipher for $name {
            const KEY: usize = $key;

            fn new(key: &[u8]) -> Option<Self> {
                Some(Self(<$aead>::new(&Key::<$aead>::try_from(key).ok()?)))
            }

            fn encrypt(&self, nonce: &[u8; NONCE], aad: &[u8], text: &mut [u8]) -> Option<[u8; TAG]> {
                encrypt(&self.0, nonce, aad, text)
            }

            fn decrypt(&self, nonce: &[u8; NONCE], aad: &[u8], text: &mut [u8], tag: &[u8; TAG]) -> Option<()> {
                decrypt(&self.0, nonce, aad, text, tag)
            }
        }
    };
}

cipher!(
    /// `AEAD_AES_128_GCM`.
    Aes128Gcm,
    aes_gcm::Aes128Gcm,
    16
);
cipher!(
    /// `AEAD_AES_256_GCM`.
    Aes256Gcm,
    aes_gcm::Aes256Gcm,
    32
);
cipher!(
    /// `AEAD_CHACHA20_POLY1305`.
    ChaCha20Poly1305,
    chacha20poly1305::ChaCha20Poly1305,
    32
);

fn encrypt<C: AeadInOut<NonceSize = U12, TagSize = U16>>(
    cipher: &C,
    nonce: &[u8; NONCE],
    aad: &[u8],
    text: &mut [u8],
) -> Option<[u8; TAG]> {
    cipher.encrypt_inout_detached(nonce.into(), aad, InOutBuf::from(text)).ok().map(Into::into)
}

fn decrypt<C: AeadInOut<NonceSize = U12, TagSize = U16>>(
    cipher: &C,
    nonce: &[u8; NONCE],
    aad: &[u8],
    text: &mut [u8],
    tag: &[u8; TAG],
) -> Option<()> {
    cipher.decrypt_inout_detached(nonce.into(), aad, InOutBuf::from(text), tag.into()).ok()
}
