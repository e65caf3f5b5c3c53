//! The options of a connection, as the page passes them, and the configuration of rustls for them.

use std::sync::Arc;

use rustls::client::{ClientConfig, Resumption};
use rustls::pki_types::{CertificateDer, ServerName, TrustAnchor, UnixTime};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::time_provider::TimeProvider;
use zeroize::Zeroizing;

use crate::clock;
use crate::failure::{Failure, Kind};
use crate::key_log::Lines;
use crate::provider::{client_key, provider};
use crate::records::{self, Record};
use crate::verifier::Verifier;

/// The options of a connection.
#[derive(Default)]
pub struct Options {
    /// The server's name or address; sent as SNI unless it is an address, and verified.
    pub name: Option<ServerName<'static>>,
    /// The server's port: tickets are kept for each.
    pub port: u16,
    /// Certificates of authorities in place of the built-in ones.
    pub ca: Vec<CertificateDer<'static>>,
    /// SHA-256 of the SubjectPublicKeyInfo of certificates on the verified path.
    pub pins: Vec<[u8; 32]>,
    /// The client's certificate and those of its issuers.
    pub certificates: Vec<CertificateDer<'static>>,
    /// The client's key: PKCS#8 or SEC1 (DER).
    pub key: Option<Zeroizing<Vec<u8>>>,
    /// Whether the secrets are reported.
    pub key_log: bool,
}

impl Options {
    /// Reads records.
    ///
    /// # Errors
    /// Those that aren't valid.
    pub fn read(bytes: &[u8]) -> Result<Self, Failure> {
        let mut options = Self::default();
        for record in records::read(bytes) {
            let Record { tag, value } = record.ok_or_else(|| invalid("a record is incomplete"))?;
            match tag {
                records::NAME => options.name = Some(name(value)?),
                records::CA => options.ca.push(value.to_vec().into()),
                records::PIN => {
                    options.pins.push(value.try_into().map_err(|_| invalid("pins: one isn't 32 bytes long"))?);
                }
                records::CERTIFICATE => options.certificates.push(value.to_vec().into()),
                records::KEY => options.key = Some(Zeroizing::new(value.to_vec())),
                records::PORT => {
                    options.port =
                        u16::from_le_bytes(value.try_into().map_err(|_| invalid("the port isn't two bytes"))?);
                }
                records::KEY_LOG => options.key_log = true,
                _ => return Err(invalid("a record has an unknown tag")),
            }
        }
        Ok(options)
    }

    /// The configuration for everything but the name and the port. `roots` are the built-in authorities.
    ///
    /// # Errors
    /// Certificates and keys that can't be read or don't belong together; no authorities.
    pub fn config(&self, roots: &[TrustAnchor<'static>]) -> Result<ClientConfig, Failure> {
        let anchors = if self.ca.is_empty() { roots.to_vec() } else { self.anchors()? };
        if anchors.is_empty() {
            return Err(Failure::new(Kind::Unavailable, "there are no authorities"));
        }
        let builder = ClientConfig::builder_with_details(Arc::new(provider()), Arc::new(Clock))
            .with_safe_default_protocol_versions()
            .map_err(|_| Failure::new(Kind::Unavailable, "there is no cipher suite"))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Verifier::new(anchors, self.pins.clone())));
        let mut config = match self.client()? {
            Some(key) => builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(key))),
            None => builder.with_no_client_auth(),
        };
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        config.resumption = Resumption::disabled();
        if self.key_log {
            config.key_log = Arc::new(Lines);
        }
        Ok(config)
    }

    fn anchors(&self) -> Result<Vec<TrustAnchor<'static>>, Failure> {
        let anchor = |(at, certificate)| {
            let anchor = webpki::anchor_from_trusted_cert(certificate);
            Ok(anchor.map_err(|_| invalid(&format!("ca: certificate {} can't be parsed", at + 1)))?.to_owned())
        };
        self.ca.iter().enumerate().map(anchor).collect()
    }

    fn client(&self) -> Result<Option<CertifiedKey>, Failure> {
        let Some(key) = &self.key else {
            return if self.certificates.is_empty() { Ok(None) } else { Err(invalid("cert: there is no key")) };
        };
        if self.certificates.is_empty() {
            return Err(invalid("key: there is no certificate"));
        }
        let key = client_key(key).ok_or_else(|| invalid("key: it is neither a P-256 nor an Ed25519 key"))?;
        let certified = CertifiedKey::new(self.certificates.clone(), key);
        match certified.keys_match() {
            Ok(()) => Ok(Some(certified)),
            Err(rustls::Error::InconsistentKeys(_)) => Err(invalid("key: it doesn't belong to the certificate")),
            Err(_) => Err(invalid("cert: the certificate can't be parsed")),
        }
    }
}

fn name(value: &[u8]) -> Result<ServerName<'static>, Failure> {
    let name = core::str::from_utf8(value).ok().and_then(|text| ServerName::try_from(text).ok());
    Ok(name.ok_or_else(|| invalid("servername: it is neither a host name nor an address"))?.to_owned())
}

fn invalid(what: &str) -> Failure {
    Failure::new(Kind::InvalidOptions, what)
}

/// The time that the page set.
#[derive(Debug)]
struct Clock;

impl TimeProvider for Clock {
    fn current_time(&self) -> Option<UnixTime> {
        clock::now()
    }
}
