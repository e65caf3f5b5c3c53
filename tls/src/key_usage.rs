//! The extension "key usage" of a certificate (RFC 5280 4.2.1.3), which webpki doesn't check.

use der::asn1::{AnyRef, ObjectIdentifier};
use der::{Decode, Tag, TagNumber, Tagged};

use crate::certificate::{contents, fields, next};

/// The key verifies signatures other than those of certificates: those of the handshake.
pub const DIGITAL_SIGNATURE: u8 = 0x80;

/// The key verifies signatures of certificates.
pub const KEY_CERT_SIGN: u8 = 0x04;

const KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.15");

/// Whether a certificate's key may be used for that: it says so, or doesn't restrict its use. False if it can't be parsed.
pub fn allows(certificate: &[u8], usage: u8) -> bool {
    extension(certificate).is_some_and(|usages| usages.is_none_or(|usages| usages & usage != 0))
}

/// The first eight bits of the extension, `Some(None)` if there is none, `None` if the certificate can't be parsed.
fn extension(certificate: &[u8]) -> Option<Option<u8>> {
    let mut fields = fields(certificate)?;
    while let Some(field) = next(&mut fields) {
        if field.tag() != (Tag::ContextSpecific { constructed: true, number: TagNumber(3) }) {
            continue;
        }
        let mut extensions = contents(AnyRef::from_der(field.value()).ok()?)?;
        while let Some(extension) = next(&mut extensions) {
            let mut extension = contents(extension)?;
            if next(&mut extension)?.decode_as::<ObjectIdentifier>().ok()? != KEY_USAGE {
                continue;
            }
            let second = next(&mut extension)?;
            // Whether the extension is critical precedes its value, if at all.
            let value = if second.tag() == Tag::Boolean { next(&mut extension)? } else { second };
            let bits = AnyRef::from_der(value.value()).ok()?;
            // The first byte says how many bits of the last one don't count; they are 0.
            return Some(Some(bits.value().get(1).copied().unwrap_or(0)));
        }
    }
    Some(None)
}
