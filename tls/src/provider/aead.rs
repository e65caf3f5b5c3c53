//! Protection of records: AEADs in the forms of TLS 1.3 (RFC 8446 5.2) and of TLS 1.2 (RFC 5288 3, RFC 7905 2).

use core::marker::PhantomData;

use rustls::crypto::cipher::{
    AeadKey, InboundOpaqueMessage, InboundPlainMessage, Iv, KeyBlockShape, MessageDecrypter, MessageEncrypter, Nonce,
    OutboundOpaqueMessage, OutboundPlainMessage, PrefixedPayload, Tls12AeadAlgorithm, Tls13AeadAlgorithm,
    UnsupportedOperationError, make_tls12_aad, make_tls13_aad,
};
use rustls::{ConnectionTrafficSecrets, ContentType, Error, ProtocolVersion};
use websocket_wasm_ciphers::{Aes128Gcm, Aes256Gcm, ChaCha20Poly1305, Cipher, NONCE, TAG};

/// The part of GCM's nonce that a record of TLS 1.2 carries.
const EXPLICIT_NONCE: usize = 8;

/// The most plaintext of a record.
const MAX_PLAINTEXT: usize = 1 << 14;

pub static CHACHA20_POLY1305: Tls13<ChaCha20Poly1305> = Tls13(PhantomData);
pub static AES_128_GCM: Tls13<Aes128Gcm> = Tls13(PhantomData);
pub static TLS12_CHACHA20_POLY1305: Tls12ChaCha20Poly1305 = Tls12ChaCha20Poly1305;
pub static TLS12_AES_128_GCM: Tls12Gcm<Aes128Gcm> = Tls12Gcm(PhantomData);
pub static TLS12_AES_256_GCM: Tls12Gcm<Aes256Gcm> = Tls12Gcm(PhantomData);

fn cipher<C: Cipher>(key: &AeadKey) -> C {
    C::new(key.as_ref()).expect("the key has the length that was asked for")
}

/// Encrypts in place, and appends the tag.
fn seal<C: Cipher>(
    cipher: &C,
    nonce: &[u8; NONCE],
    aad: &[u8],
    payload: &mut PrefixedPayload,
    from: usize,
) -> Result<(), Error> {
    let tag = cipher.encrypt(nonce, aad, &mut payload.as_mut()[from..]).ok_or(Error::EncryptError)?;
    payload.extend_from_slice(&tag);
    Ok(())
}

/// Decrypts in place, and returns how many bytes are plaintext.
fn open<C: Cipher>(cipher: &C, nonce: &[u8; NONCE], aad: &[u8], sealed: &mut [u8]) -> Result<usize, Error> {
    let (text, tag) = sealed.split_last_chunk_mut::<TAG>().ok_or(Error::DecryptError)?;
    cipher.decrypt(nonce, aad, text, tag).ok_or(Error::DecryptError)?;
    Ok(text.len())
}

/// An AEAD in TLS 1.3.
pub struct Tls13<C>(PhantomData<fn() -> C>);

impl<C: Cipher> Tls13AeadAlgorithm for Tls13<C> {
    fn encrypter(&self, key: AeadKey, iv: Iv) -> Box<dyn MessageEncrypter> {
        Box::new(Tls13Records::<C> { cipher: cipher(&key), iv })
    }

    fn decrypter(&self, key: AeadKey, iv: Iv) -> Box<dyn MessageDecrypter> {
        Box::new(Tls13Records::<C> { cipher: cipher(&key), iv })
    }

    fn key_len(&self) -> usize {
        C::KEY
    }

    fn extract_keys(&self, _: AeadKey, _: Iv) -> Result<ConnectionTrafficSecrets, UnsupportedOperationError> {
        Err(UnsupportedOperationError)
    }
}

struct Tls13Records<C> {
    cipher: C,
    iv: Iv,
}

impl<C: Cipher> MessageEncrypter for Tls13Records<C> {
    fn encrypt(&mut self, message: OutboundPlainMessage<'_>, seq: u64) -> Result<OutboundOpaqueMessage, Error> {
        let len = self.encrypted_payload_len(message.payload.len());
        let mut payload = PrefixedPayload::with_capacity(len);
        payload.extend_from_chunks(&message.payload);
        payload.extend_from_slice(&message.typ.to_array());
        seal(&self.cipher, &Nonce::new(&self.iv, seq).0, &make_tls13_aad(len), &mut payload, 0)?;
        // RFC 8446 5.2: each record has this type and version.
        Ok(OutboundOpaqueMessage::new(ContentType::ApplicationData, ProtocolVersion::TLSv1_2, payload))
    }

    fn encrypted_payload_len(&self, len: usize) -> usize {
        len + 1 + TAG
    }
}

impl<C: Cipher> MessageDecrypter for Tls13Records<C> {
    fn decrypt<'a>(
        &mut self,
        mut message: InboundOpaqueMessage<'a>,
        seq: u64,
    ) -> Result<InboundPlainMessage<'a>, Error> {
        // The whole header is authenticated (RFC 8446 5.2), and `make_tls13_aad` assumes these.
        if (message.typ, message.version) != (ContentType::ApplicationData, ProtocolVersion::TLSv1_2) {
            return Err(Error::DecryptError);
        }
        let payload = &mut message.payload;
        let aad = make_tls13_aad(payload.len());
        let len = open(&self.cipher, &Nonce::new(&self.iv, seq).0, &aad, payload)?;
        payload.truncate(len);
        message.into_tls13_unpadded_message()
    }
}

/// ChaCha20-Poly1305 in TLS 1.2: the nonce is made as in TLS 1.3.
pub struct Tls12ChaCha20Poly1305;

impl Tls12AeadAlgorithm for Tls12ChaCha20Poly1305 {
    fn encrypter(&self, key: AeadKey, iv: &[u8], _explicit: &[u8]) -> Box<dyn MessageEncrypter> {
        Box::new(Tls12Records { cipher: cipher::<ChaCha20Poly1305>(&key), nonce: ImplicitNonce(Iv::copy(iv)) })
    }

    fn decrypter(&self, key: AeadKey, iv: &[u8]) -> Box<dyn MessageDecrypter> {
        Box::new(Tls12Records { cipher: cipher::<ChaCha20Poly1305>(&key), nonce: ImplicitNonce(Iv::copy(iv)) })
    }

    fn key_block_shape(&self) -> KeyBlockShape {
        KeyBlockShape { enc_key_len: ChaCha20Poly1305::KEY, fixed_iv_len: 12, explicit_nonce_len: 0 }
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

/// AES-GCM in TLS 1.2: a part of the nonce is sent.
pub struct Tls12Gcm<C>(PhantomData<fn() -> C>);

impl<C: Cipher> Tls12AeadAlgorithm for Tls12Gcm<C> {
    fn encrypter(&self, key: AeadKey, iv: &[u8], explicit: &[u8]) -> Box<dyn MessageEncrypter> {
        // The explicit part may be any value that doesn't repeat: it is a random value XOR the sequence number.
        let iv = Iv::copy(&[iv, explicit].concat());
        Box::new(Tls12Records { cipher: cipher::<C>(&key), nonce: ExplicitNonce(iv) })
    }

    fn decrypter(&self, key: AeadKey, iv: &[u8]) -> Box<dyn MessageDecrypter> {
        let iv = Iv::copy(&[iv, &[0; EXPLICIT_NONCE]].concat());
        Box::new(Tls12Records { cipher: cipher::<C>(&key), nonce: ExplicitNonce(iv) })
    }

    fn key_block_shape(&self) -> KeyBlockShape {
        KeyBlockShape { enc_key_len: C::KEY, fixed_iv_len: 4, explicit_nonce_len: EXPLICIT_NONCE }
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

struct Tls12Records<C, N> {
    cipher: C,
    nonce: N,
}

/// How records of TLS 1.2 get their nonces.
trait Nonces: Send + Sync {
    /// How many bytes of the nonce precede the ciphertext.
    const SENT: usize;

    /// The nonce of a record that is sent.
    fn sent(&self, seq: u64) -> [u8; 12];

    /// The nonce of a record that was received.
    fn received(&self, seq: u64, explicit: &[u8]) -> [u8; 12];
}

struct ImplicitNonce(Iv);

impl Nonces for ImplicitNonce {
    const SENT: usize = 0;

    fn sent(&self, seq: u64) -> [u8; NONCE] {
        Nonce::new(&self.0, seq).0
    }

    fn received(&self, seq: u64, _explicit: &[u8]) -> [u8; NONCE] {
        Nonce::new(&self.0, seq).0
    }
}

struct ExplicitNonce(Iv);

impl Nonces for ExplicitNonce {
    const SENT: usize = EXPLICIT_NONCE;

    fn sent(&self, seq: u64) -> [u8; NONCE] {
        Nonce::new(&self.0, seq).0
    }

    fn received(&self, _seq: u64, explicit: &[u8]) -> [u8; NONCE] {
        let mut nonce = Nonce::new(&self.0, 0).0;
        nonce[NONCE - EXPLICIT_NONCE..].copy_from_slice(explicit);
        nonce
    }
}

impl<C: Cipher, N: Nonces> MessageEncrypter for Tls12Records<C, N> {
    fn encrypt(&mut self, message: OutboundPlainMessage<'_>, seq: u64) -> Result<OutboundOpaqueMessage, Error> {
        let len = message.payload.len();
        let nonce = self.nonce.sent(seq);
        let mut payload = PrefixedPayload::with_capacity(self.encrypted_payload_len(len));
        payload.extend_from_slice(&nonce[NONCE - N::SENT..]);
        payload.extend_from_chunks(&message.payload);
        seal(&self.cipher, &nonce, &make_tls12_aad(seq, message.typ, message.version, len), &mut payload, N::SENT)?;
        Ok(OutboundOpaqueMessage::new(message.typ, message.version, payload))
    }

    fn encrypted_payload_len(&self, len: usize) -> usize {
        N::SENT + len + TAG
    }
}

impl<C: Cipher, N: Nonces> MessageDecrypter for Tls12Records<C, N> {
    fn decrypt<'a>(
        &mut self,
        mut message: InboundOpaqueMessage<'a>,
        seq: u64,
    ) -> Result<InboundPlainMessage<'a>, Error> {
        let (typ, version) = (message.typ, message.version);
        let payload = &mut message.payload;
        let len = payload.len().checked_sub(N::SENT + TAG).ok_or(Error::DecryptError)?;
        let (explicit, sealed) = payload.split_at_mut(N::SENT);
        let nonce = self.nonce.received(seq, explicit);
        let len = open(&self.cipher, &nonce, &make_tls12_aad(seq, typ, version, len), sealed)?;
        if len > MAX_PLAINTEXT {
            return Err(Error::PeerSentOversizedRecord);
        }
        payload.copy_within(N::SENT..N::SENT + len, 0);
        payload.truncate(len);
        Ok(message.into_plain_message())
    }
}
