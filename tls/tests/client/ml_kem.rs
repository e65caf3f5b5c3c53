//! The server's part of X25519MLKEM768 (draft-ietf-tls-ecdhe-mlkem). The fuzz targets share this file.

use ml_kem::ml_kem_768::EncapsulationKey;
use rustls::crypto::{ActiveKeyExchange, CompletedKeyExchange, GetRandomFailed, SupportedKxGroup};
use rustls::ffdhe_groups::FfdheGroup;
use rustls::{Error, NamedGroup, PeerMisbehaved, ProtocolVersion};

/// The length of ML-KEM-768's encapsulation key (FIPS 203, table 3).
const ENCAPSULATION_KEY: usize = 1184;

/// The group.
#[derive(Debug)]
pub struct X25519MlKem768 {
    /// Its second component.
    pub x25519: &'static dyn SupportedKxGroup,
    /// Fills a slice with random bytes.
    pub random: fn(&mut [u8]) -> Result<(), GetRandomFailed>,
}

impl SupportedKxGroup for X25519MlKem768 {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        unreachable!("only clients do")
    }

    /// 3.2: "the server's share is the concatenation of an ML-KEM ciphertext [...] and the server's ephemeral X25519 share";
    /// 3.3: "the shared secret is the concatenation of the ML-KEM shared secret and the X25519 shared secret".
    fn start_and_complete(&self, share: &[u8]) -> Result<CompletedKeyExchange, Error> {
        let invalid = Error::PeerMisbehaved(PeerMisbehaved::InvalidKeyShare);
        let (ml_kem, x25519) = share.split_at_checked(ENCAPSULATION_KEY).ok_or(invalid.clone())?;
        let ml_kem = ml_kem.try_into().map_err(|_| invalid.clone())?;
        let ml_kem = EncapsulationKey::new(&ml_kem).map_err(|_| invalid)?;
        let mut seed = [0; 32];
        (self.random)(&mut seed)?;
        let (ciphertext, secret) = ml_kem.encapsulate_deterministic(&seed.into());
        let x25519 = self.x25519.start_and_complete(x25519)?;
        Ok(CompletedKeyExchange {
            group: self.name(),
            pub_key: [&ciphertext[..], &x25519.pub_key].concat(),
            secret: [&secret[..], x25519.secret.secret_bytes()].concat().into(),
        })
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
