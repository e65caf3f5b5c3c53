//! Groups of key exchange, the preferred one first: X25519MLKEM768, X25519, secp256r1 and secp384r1.

use core::fmt::{self, Debug, Formatter};
use core::marker::PhantomData;

use ml_kem::ml_kem_768;
use ml_kem::{Decapsulate, KeyExport};
use p256::NistP256;
use p256::elliptic_curve::ecdh::diffie_hellman;
use p256::elliptic_curve::sec1::{FromSec1Point, ModulusSize, ToSec1Point};
use p256::elliptic_curve::{CurveArithmetic, FieldBytes, PublicKey, SecretKey};
use p384::NistP384;
use rustls::crypto::{ActiveKeyExchange, GetRandomFailed, SecureRandom, SharedSecret, SupportedKxGroup};
use rustls::ffdhe_groups::FfdheGroup;
use rustls::{Error, NamedGroup, PeerMisbehaved, ProtocolVersion};
use zeroize::Zeroizing;

use super::random;

/// The first one's key share contains the second one's, so that a server without ML-KEM needs no second round trip. In TLS
/// 1.2 the curves of certificates must be among them (RFC 8422 5.1).
pub static ALL: &[&dyn SupportedKxGroup] = &[&X25519MlKem768, &X25519, &SECP256R1, &SECP384R1];

static SECP256R1: Nist<NistP256> = Nist(NamedGroup::secp256r1, PhantomData);
static SECP384R1: Nist<NistP384> = Nist(NamedGroup::secp384r1, PhantomData);

const INVALID_KEY_SHARE: Error = Error::PeerMisbehaved(PeerMisbehaved::InvalidKeyShare);

/// RFC 7748.
#[derive(Debug)]
struct X25519;

impl X25519 {
    fn start(&self) -> Result<ActiveX25519, GetRandomFailed> {
        let secret = x25519_dalek::StaticSecret::from(random::array::<32>()?);
        Ok(ActiveX25519 { public: x25519_dalek::PublicKey::from(&secret), secret })
    }
}

impl SupportedKxGroup for X25519 {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        Ok(Box::new(self.start()?))
    }

    fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
        None
    }

    fn name(&self) -> NamedGroup {
        NamedGroup::X25519
    }
}

struct ActiveX25519 {
    secret: x25519_dalek::StaticSecret,
    public: x25519_dalek::PublicKey,
}

impl ActiveX25519 {
    fn complete(&self, share: &[u8]) -> Result<x25519_dalek::SharedSecret, Error> {
        let share = <[u8; 32]>::try_from(share).map_err(|_| INVALID_KEY_SHARE)?;
        let shared = self.secret.diffie_hellman(&share.into());
        // RFC 8446 7.4.2: an all-zero result is refused.
        if shared.was_contributory() { Ok(shared) } else { Err(INVALID_KEY_SHARE) }
    }
}

impl ActiveKeyExchange for ActiveX25519 {
    fn complete(self: Box<Self>, share: &[u8]) -> Result<SharedSecret, Error> {
        Ok((*self).complete(share)?.as_bytes().as_slice().into())
    }

    fn pub_key(&self) -> &[u8] {
        self.public.as_bytes()
    }

    fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
        None
    }

    fn group(&self) -> NamedGroup {
        NamedGroup::X25519
    }
}

/// P-256 and P-384 (RFC 8446 4.2.8.2).
struct Nist<C>(NamedGroup, PhantomData<fn() -> C>);

/// A curve with the arithmetic for this.
trait Curve: CurveArithmetic<AffinePoint: FromSec1Point<Self> + ToSec1Point<Self>, FieldBytesSize: ModulusSize> {}

impl Curve for NistP256 {}
impl Curve for NistP384 {}

impl<C: Curve> SupportedKxGroup for Nist<C> {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        // Fewer than one in 2^32 is no valid scalar.
        for _ in 0..4 {
            let mut bytes = Zeroizing::new(FieldBytes::<C>::default());
            random::Random.fill(&mut bytes)?;
            if let Ok(secret) = SecretKey::<C>::from_bytes(&bytes) {
                let public = secret.public_key().to_sec1_point(false).as_bytes().into();
                return Ok(Box::new(ActiveNist { group: self.0, secret, public }));
            }
        }
        Err(GetRandomFailed.into())
    }

    fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
        None
    }

    fn name(&self) -> NamedGroup {
        self.0
    }
}

impl<C> Debug for Nist<C> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("Nist")
    }
}

struct ActiveNist<C: Curve> {
    group: NamedGroup,
    secret: SecretKey<C>,
    public: Box<[u8]>,
}

impl<C: Curve> ActiveKeyExchange for ActiveNist<C> {
    fn complete(self: Box<Self>, share: &[u8]) -> Result<SharedSecret, Error> {
        // Only the uncompressed form, which begins with 4, is allowed.
        if share.first() != Some(&4) {
            return Err(INVALID_KEY_SHARE);
        }
        let share = PublicKey::<C>::from_sec1_bytes(share).map_err(|_| INVALID_KEY_SHARE)?;
        let shared = diffie_hellman(self.secret.to_nonzero_scalar(), share.as_affine());
        Ok(shared.raw_secret_bytes().as_slice().into())
    }

    fn pub_key(&self) -> &[u8] {
        &self.public
    }

    fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
        None
    }

    fn group(&self) -> NamedGroup {
        self.group
    }
}

/// ML-KEM-768 and X25519 together (draft-ietf-tls-ecdhe-mlkem): ML-KEM is first in the key shares and in the secret.
#[derive(Debug)]
struct X25519MlKem768;

/// The length of ML-KEM-768's ciphertext, the server's key share.
const CIPHERTEXT: usize = 1088;

impl SupportedKxGroup for X25519MlKem768 {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        let x25519 = X25519.start()?;
        let seed = Zeroizing::new(random::array::<64>()?);
        let ml_kem = ml_kem_768::DecapsulationKey::from_seed((*seed).into());
        let mut public = ml_kem.encapsulation_key().to_bytes().to_vec();
        public.extend_from_slice(x25519.pub_key());
        Ok(Box::new(ActiveX25519MlKem768 { ml_kem: Box::new(ml_kem), x25519, public }))
    }

    fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
        None
    }

    fn name(&self) -> NamedGroup {
        NamedGroup::X25519MLKEM768
    }

    fn usable_for_version(&self, version: ProtocolVersion) -> bool {
        version == ProtocolVersion::TLSv1_3
    }
}

struct ActiveX25519MlKem768 {
    ml_kem: Box<ml_kem_768::DecapsulationKey>,
    x25519: ActiveX25519,
    public: Vec<u8>,
}

impl ActiveKeyExchange for ActiveX25519MlKem768 {
    fn complete(self: Box<Self>, share: &[u8]) -> Result<SharedSecret, Error> {
        let (ciphertext, x25519) = share.split_at_checked(CIPHERTEXT).ok_or(INVALID_KEY_SHARE)?;
        let ciphertext = <[u8; CIPHERTEXT]>::try_from(ciphertext).map_err(|_| INVALID_KEY_SHARE)?;
        let x25519 = self.x25519.complete(x25519)?;
        let ml_kem = Zeroizing::new(self.ml_kem.decapsulate(&ciphertext.into()));
        let mut secret = Vec::with_capacity(64);
        secret.extend_from_slice(ml_kem.as_slice());
        secret.extend_from_slice(x25519.as_bytes());
        Ok(secret.into())
    }

    fn hybrid_component(&self) -> Option<(NamedGroup, &[u8])> {
        Some((NamedGroup::X25519, self.x25519.pub_key()))
    }

    fn complete_hybrid_component(self: Box<Self>, share: &[u8]) -> Result<SharedSecret, Error> {
        Ok(self.x25519.complete(share)?.as_bytes().as_slice().into())
    }

    fn pub_key(&self) -> &[u8] {
        &self.public
    }

    fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
        None
    }

    fn group(&self) -> NamedGroup {
        NamedGroup::X25519MLKEM768
    }
}
