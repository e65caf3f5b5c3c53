//! The trust anchors of `roots.bin`, which tls/roots writes. Its main.rs describes the format.

use rustls::pki_types::{Der, TrustAnchor};

/// Magic and version.
const HEADER: &[u8] = b"wwr\x01";

/// Reads the file; `None` if it isn't one.
pub fn read(file: &[u8]) -> Option<Vec<TrustAnchor<'static>>> {
    let mut rest = file.strip_prefix(HEADER)?;
    let count = u16(&mut rest)?;
    let mut column = || (0..count).map(|_| field(&mut rest)).collect::<Option<Vec<_>>>();
    let (subjects, keys, constraints) = (column()?, column()?, column()?);
    if count == 0 || !rest.is_empty() || subjects.iter().chain(&keys).any(|field| field.is_empty()) {
        return None;
    }
    let anchors = subjects.into_iter().zip(keys).zip(constraints).map(|((subject, key), constraints)| TrustAnchor {
        subject: der(subject),
        subject_public_key_info: der(key),
        name_constraints: (!constraints.is_empty()).then(|| der(constraints)),
    });
    Some(anchors.collect())
}

fn der(bytes: &[u8]) -> Der<'static> {
    bytes.to_vec().into()
}

fn u16(rest: &mut &[u8]) -> Option<u16> {
    let (bytes, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(u16::from_le_bytes(*bytes))
}

fn field<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let len = u16(rest)?;
    let (field, after) = rest.split_at_checked(len.into())?;
    *rest = after;
    Some(field)
}
