//! Names of X.509 as text (RFC 4514).

use core::fmt::Write;

use der::asn1::{AnyRef, ObjectIdentifier};
use der::{Encode, Tag, Tagged};

use crate::certificate::{contents, next};

/// The keywords of attribute types (RFC 4514 3), and two that tools write beside these. Others are written as numbers.
const KEYWORDS: [(ObjectIdentifier, &str); 11] = [
    (ObjectIdentifier::new_unwrap("2.5.4.3"), "CN"),
    (ObjectIdentifier::new_unwrap("2.5.4.5"), "serialNumber"),
    (ObjectIdentifier::new_unwrap("2.5.4.6"), "C"),
    (ObjectIdentifier::new_unwrap("2.5.4.7"), "L"),
    (ObjectIdentifier::new_unwrap("2.5.4.8"), "ST"),
    (ObjectIdentifier::new_unwrap("2.5.4.9"), "STREET"),
    (ObjectIdentifier::new_unwrap("2.5.4.10"), "O"),
    (ObjectIdentifier::new_unwrap("2.5.4.11"), "OU"),
    (ObjectIdentifier::new_unwrap("0.9.2342.19200300.100.1.1"), "UID"),
    (ObjectIdentifier::new_unwrap("0.9.2342.19200300.100.1.25"), "DC"),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.1"), "emailAddress"),
];

/// A name as text: the last relative name first.
pub fn text(name: AnyRef<'_>) -> Option<String> {
    let mut names = contents(name)?;
    let mut relative = Vec::new();
    while let Some(set) = next(&mut names) {
        let mut attributes = contents(set)?;
        let mut text = String::new();
        while let Some(attribute) = next(&mut attributes) {
            if !text.is_empty() {
                text.push('+');
            }
            let mut attribute = contents(attribute)?;
            write_attribute(&mut text, next(&mut attribute)?.decode_as().ok()?, next(&mut attribute)?);
        }
        relative.push(text);
    }
    relative.reverse();
    Some(relative.join(","))
}

fn write_attribute(text: &mut String, kind: ObjectIdentifier, value: AnyRef<'_>) {
    let keyword = KEYWORDS.iter().find(|(oid, _)| *oid == kind);
    // Writing to a String can't fail.
    let _ = match keyword {
        Some((_, keyword)) => text.write_str(keyword),
        None => write!(text, "{kind}"),
    };
    text.push('=');
    let is_utf8 = matches!(value.tag(), Tag::Utf8String | Tag::PrintableString | Tag::Ia5String);
    match core::str::from_utf8(value.value()) {
        Ok(string) if is_utf8 && keyword.is_some() => write_escaped(text, string),
        _ => {
            text.push('#');
            for byte in value.to_der().unwrap_or_default() {
                let _ = write!(text, "{byte:02x}");
            }
        }
    }
}

/// RFC 4514 2.4. Of the characters that may be escaped, all control characters are.
fn write_escaped(text: &mut String, value: &str) {
    let last = value.chars().count().wrapping_sub(1);
    for (at, char) in value.chars().enumerate() {
        match char {
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => text.extend(['\\', char]),
            ' ' if at == 0 || at == last => text.push_str("\\ "),
            '#' if at == 0 => text.push_str("\\#"),
            _ if char.is_control() => {
                for byte in char.encode_utf8(&mut [0; 4]).bytes() {
                    // Writing to a String can't fail.
                    let _ = write!(text, "\\{byte:02x}");
                }
            }
            _ => text.push(char),
        }
    }
}
