//! Whether a server's certificate is valid: path, dates, usage and constraints (RFC 5280 6), name (RFC 9525), pins.

use core::cell::Cell;
use core::fmt;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, TrustAnchor, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};
use webpki::{Cert, EndEntityCert, KeyUsage, VerifiedPath};

use crate::failure::{Failure, Kind};
use crate::key_usage::{self, DIGITAL_SIGNATURE, KEY_CERT_SIGN};
use crate::provider::{ALGORITHMS, sha256};
use crate::report;

/// Checks certificates against trust anchors and pins.
pub struct Verifier {
    anchors: Vec<TrustAnchor<'static>>,
    /// SHA-256 of the SubjectPublicKeyInfo of certificates, one of which must be on the path. If empty, any path is accepted.
    pins: Vec<[u8; 32]>,
}

impl Verifier {
    /// A verifier for these anchors and pins.
    pub fn new(anchors: Vec<TrustAnchor<'static>>, pins: Vec<[u8; 32]>) -> Self {
        Self { anchors, pins }
    }

    fn check(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<(), Failure> {
        report::take_weak_key();
        let leaf = EndEntityCert::try_from(leaf).map_err(failure)?;
        let refused = Cell::new(None);
        let accept = |path: &VerifiedPath<'_>| {
            let certifies = |certificate: &Cert<'_>| key_usage::allows(&certificate.der(), KEY_CERT_SIGN);
            if !path.intermediate_certificates().all(certifies) {
                refused.set(Some(Kind::CertificateWrongPurpose));
            } else if !self.pins.is_empty() && !self.has_pin(path) {
                refused.set(Some(Kind::CertificatePin));
            } else {
                return Ok(());
            }
            // Another path may be accepted.
            Err(webpki::Error::UnknownIssuer)
        };
        leaf.verify_for_usage(
            ALGORITHMS.all,
            &self.anchors,
            intermediates,
            now,
            KeyUsage::server_auth(),
            None,
            Some(&accept),
        )
        .map_err(|error| refused.get().map_or_else(|| failure(error), |kind| Failure::new(kind, "")))?;
        // The server signs in each handshake: keys are exchanged by (EC)DHE only (RFC 8446 4.4.2.2, RFC 8422 3).
        if !key_usage::allows(&leaf.der(), DIGITAL_SIGNATURE) {
            return Err(Failure::new(Kind::CertificateWrongPurpose, ""));
        }
        leaf.verify_is_valid_for_subject_name(name).map_err(failure)
    }

    fn has_pin(&self, path: &VerifiedPath<'_>) -> bool {
        let pinned = |spki: &[u8]| self.pins.contains(&sha256(spki));
        pinned(&path.end_entity().subject_public_key_info())
            || path.intermediate_certificates().any(|certificate| pinned(&certificate.subject_public_key_info()))
            || pinned(&webpki::spki_for_anchor(path.anchor()))
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match self.check(leaf, intermediates, name, now) {
            Ok(()) => Ok(ServerCertVerified::assertion()),
            Err(failure) => {
                let error = alert_for(&failure);
                report::failure(failure);
                Err(error.into())
            }
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        report::take_weak_key();
        verify_tls12_signature(message, leaf, signature, &ALGORITHMS)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        leaf: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        report::take_weak_key();
        verify_tls13_signature(message, leaf, signature, &ALGORITHMS)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        ALGORITHMS.supported_schemes()
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Verifier")
    }
}

/// The failure for an error of webpki.
#[allow(deprecated)]
fn failure(error: webpki::Error) -> Failure {
    use webpki::Error as E;
    let invalid = |what: &str| Failure::new(Kind::CertificateInvalid, what);
    match error {
        E::CertExpired { not_after, .. } => Failure::new(Kind::CertificateExpired, not_after.as_secs().to_string()),
        E::CertNotValidYet { not_before, .. } => {
            Failure::new(Kind::CertificateNotYetValid, not_before.as_secs().to_string())
        }
        E::UnknownIssuer => Failure::new(Kind::CertificateUnknownIssuer, ""),
        E::CertNotValidForName(context) => Failure::new(Kind::CertificateWrongHost, presented(&context.presented)),
        E::RequiredEkuNotFound | E::RequiredEkuNotFoundContext(_) | E::EmptyEkuExtension => {
            Failure::new(Kind::CertificateWrongPurpose, "")
        }
        E::InvalidSignatureForPublicKey => Failure::of_signature(),
        E::SignatureAlgorithmMismatch => Failure::new(Kind::CertificateBadSignature, ""),
        E::UnsupportedSignatureAlgorithm | E::UnsupportedSignatureAlgorithmContext(_) => {
            Failure::new(Kind::CertificateWeak, "a signature algorithm that isn't accepted")
        }
        E::UnsupportedSignatureAlgorithmForPublicKey | E::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => {
            Failure::new(Kind::CertificateWeak, "a kind of key that isn't accepted")
        }
        E::NameConstraintViolation => Failure::new(Kind::CertificateNameConstraint, ""),
        E::EndEntityUsedAsCa => invalid("a certificate of a server issued it, not one of an authority"),
        E::CaUsedAsEndEntity => invalid("it is the certificate of an authority, not of a server"),
        E::PathLenConstraintViolated => invalid("an authority may not issue authorities that deep"),
        E::InvalidCertValidity => invalid("it ends before it begins"),
        E::UnsupportedCertVersion => invalid("it isn't of version 3"),
        E::UnsupportedCriticalExtension => invalid("it has a critical extension that isn't supported"),
        E::MaximumPathBuildCallsExceeded
        | E::MaximumPathDepthExceeded
        | E::MaximumSignatureChecksExceeded
        | E::MaximumNameConstraintComparisonsExceeded => invalid("the chain is too long"),
        _ => invalid("it can't be parsed"),
    }
}

/// The names of a certificate, of a bounded length in all.
fn presented(names: &[String]) -> String {
    /// As webpki words them: `DnsName("a.example")`, `IpAddress(127.0.0.1)`.
    fn bare(name: &str) -> &str {
        name.split_once('(').map_or(name, |(_, rest)| rest.trim_end_matches(')').trim_matches('"'))
    }
    let shown: Vec<_> = names.iter().take(10).map(|name| bare(name)).collect();
    let mut text = shown.join(", ");
    if names.len() > shown.len() {
        text.push_str(", ...");
    }
    text
}

/// The error that makes rustls send the right alert (RFC 8446 6.2).
fn alert_for(failure: &Failure) -> CertificateError {
    const EXPIRED: u32 = Kind::CertificateExpired as u32;
    const NOT_YET_VALID: u32 = Kind::CertificateNotYetValid as u32;
    const UNKNOWN_ISSUER: u32 = Kind::CertificateUnknownIssuer as u32;
    const WRONG_HOST: u32 = Kind::CertificateWrongHost as u32;
    const WRONG_PURPOSE: u32 = Kind::CertificateWrongPurpose as u32;
    const BAD_SIGNATURE: u32 = Kind::CertificateBadSignature as u32;
    const PIN: u32 = Kind::CertificatePin as u32;
    match failure.code {
        EXPIRED => CertificateError::Expired,
        NOT_YET_VALID => CertificateError::NotValidYet,
        UNKNOWN_ISSUER => CertificateError::UnknownIssuer,
        WRONG_HOST => CertificateError::NotValidForName,
        WRONG_PURPOSE => CertificateError::InvalidPurpose,
        BAD_SIGNATURE => CertificateError::BadSignature,
        PIN => CertificateError::ApplicationVerificationFailure,
        _ => CertificateError::BadEncoding,
    }
}
