//! Fields of a certificate (RFC 5280 4.1), for display: nothing is decided by them.

use der::asn1::{AnyRef, GeneralizedTime, UtcTime};
use der::{Decode, Reader, SliceReader, Tag, Tagged};

use crate::distinguished_name;

/// Fields of a certificate.
pub struct Description {
    /// The names as text (RFC 4514).
    pub subject: String,
    pub issuer: String,
    /// The validity, as Unix time in seconds.
    pub not_before: u64,
    pub not_after: u64,
}

impl Description {
    /// Reads them; `None` if it isn't a certificate.
    pub fn of(certificate: &[u8]) -> Option<Self> {
        let mut fields = fields(certificate)?;
        let first = next(&mut fields)?;
        // The version, which version 1 lacks, precedes the serial number.
        if first.tag() != Tag::Integer {
            next(&mut fields)?;
        }
        let (_signature, issuer) = (next(&mut fields)?, next(&mut fields)?);
        let (mut validity, subject) = (contents(next(&mut fields)?)?, next(&mut fields)?);
        Some(Self {
            subject: distinguished_name::text(subject)?,
            issuer: distinguished_name::text(issuer)?,
            not_before: seconds(next(&mut validity)?)?,
            not_after: seconds(next(&mut validity)?)?,
        })
    }
}

/// A reader of the fields of a certificate that are signed.
pub fn fields(certificate: &[u8]) -> Option<SliceReader<'_>> {
    let mut certificate = contents(AnyRef::from_der(certificate).ok()?)?;
    contents(next(&mut certificate)?)
}

/// A reader of the elements of a SEQUENCE or SET.
pub fn contents(value: AnyRef<'_>) -> Option<SliceReader<'_>> {
    SliceReader::new(value.value()).ok()
}

/// The next element.
pub fn next<'a>(reader: &mut SliceReader<'a>) -> Option<AnyRef<'a>> {
    if reader.is_finished() {
        return None;
    }
    reader.decode().ok()
}

fn seconds(time: AnyRef<'_>) -> Option<u64> {
    let since = match time.tag() {
        Tag::UtcTime => time.decode_as::<UtcTime>().ok()?.to_unix_duration(),
        _ => time.decode_as::<GeneralizedTime>().ok()?.to_unix_duration(),
    };
    Some(since.as_secs())
}
