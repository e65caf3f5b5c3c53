//! Why a connection failed: numbers that src/shim/transports/tls/failures.ts gives names and sentences, and a detail.

use rustls::{Error, InvalidMessage, PeerIncompatible};

use crate::{alert, report};

/// The kind of a failure. Alerts that were received are [`ALERT`] and their number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Kind {
    CertificateExpired = 1,
    CertificateNotYetValid = 2,
    CertificateUnknownIssuer = 3,
    CertificateWrongHost = 4,
    CertificateWrongPurpose = 5,
    CertificateBadSignature = 6,
    CertificatePin = 7,
    CertificateInvalid = 8,
    CertificateWeak = 9,
    CertificateNameConstraint = 10,
    Handshake = 20,
    BadRecord = 21,
    Unavailable = 23,
    InvalidOptions = 40,
}

/// The code of alert 0.
const ALERT: u32 = 0x100;

/// A failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// A [`Kind`], or [`ALERT`] and an alert's number.
    pub code: u32,
    /// What the kind doesn't say: text, a Unix time in seconds, an alert's name; may be empty.
    pub detail: String,
}

impl Failure {
    /// A failure of that kind.
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self { code: kind as u32, detail: detail.into() }
    }

    /// The failure for an error of rustls. `open` says whether the handshake was complete.
    pub fn of(error: &Error, open: bool) -> Self {
        let handshake = |detail: &str| Self::new(Kind::Handshake, detail);
        match error {
            Error::InvalidCertificate(_) => report::take_failure().unwrap_or_else(Self::of_signature),
            Error::AlertReceived(alert) => {
                let number = u8::from(*alert);
                Self { code: ALERT + u32::from(number), detail: alert::name(number).to_owned() }
            }
            Error::DecryptError => Self::new(Kind::BadRecord, "a record can't be decrypted"),
            Error::PeerSentOversizedRecord => Self::new(Kind::BadRecord, "a record is too large"),
            Error::InvalidMessage(message) if open => Self::new(Kind::BadRecord, invalid(message)),
            Error::InvalidMessage(message) => handshake(invalid(message)),
            Error::PeerIncompatible(why) => handshake(incompatible(why)),
            Error::InappropriateMessage { .. } | Error::InappropriateHandshakeMessage { .. } => {
                handshake("the server sent a message out of order")
            }
            Error::FailedToGetCurrentTime => Self::new(Kind::Unavailable, "the time isn't known"),
            Error::FailedToGetRandomBytes => Self::new(Kind::Unavailable, "there are no random bytes"),
            _ => handshake("the server doesn't follow the protocol"),
        }
    }

    /// The failure for a signature that isn't valid, of a certificate or of the handshake.
    pub fn of_signature() -> Self {
        if report::take_weak_key() {
            Self::new(Kind::CertificateWeak, "an RSA key of fewer than 2,048 bits")
        } else {
            Self::new(Kind::CertificateBadSignature, "")
        }
    }
}

fn invalid(message: &InvalidMessage) -> &'static str {
    match message {
        InvalidMessage::InvalidContentType | InvalidMessage::UnknownProtocolVersion => "the server doesn't speak TLS",
        InvalidMessage::MessageTooLarge | InvalidMessage::HandshakePayloadTooLarge => "a message is too large",
        _ => "the server sent an invalid message",
    }
}

fn incompatible(why: &PeerIncompatible) -> &'static str {
    match why {
        PeerIncompatible::ServerDoesNotSupportTls12Or13 => "the server supports neither TLS 1.3 nor TLS 1.2",
        PeerIncompatible::NoCipherSuitesInCommon => "no cipher suite in common",
        PeerIncompatible::NoKxGroupsInCommon => "no group of key exchange in common",
        PeerIncompatible::NoSignatureSchemesInCommon => "no signature scheme in common",
        PeerIncompatible::NoCertificateRequestSignatureSchemesInCommon => {
            "the server accepts no signature of the client's key"
        }
        _ => "the server lacks a feature that is required",
    }
}
