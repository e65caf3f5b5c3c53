//! The grammar of `Sec-WebSocket-Extensions` (RFC 6455 9.1).

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use super::request::{is_token, trim};

/// An extension with its parameters, as listed in the header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// The extension token.
    pub name: String,
    /// Names and values in order; quoted values without their quotes.
    pub params: Vec<(String, Option<String>)>,
}

/// Parses a header's value. The caller joins the values of several headers by commas (RFC 9110 5.3).
///
/// `None` if it doesn't match the grammar. Empty elements of the list are ignored (RFC 9110 5.6.1.2).
pub fn parse(value: &str) -> Option<Vec<Extension>> {
    let mut extensions = Vec::new();
    for element in split(value, b',')? {
        if !element.is_empty() {
            extensions.push(parse_one(element)?);
        }
    }
    Some(extensions)
}

fn parse_one(element: &str) -> Option<Extension> {
    let mut parts = split(element, b';')?.into_iter();
    let name = parts.next().filter(|name| is_token(name))?.to_owned();
    let mut params = Vec::new();
    for part in parts {
        params.push(parse_param(part)?);
    }
    Some(Extension { name, params })
}

fn parse_param(param: &str) -> Option<(String, Option<String>)> {
    // Not `split_once('=')`, whose search for any `char` adds a kilobyte of wasm.
    let equals = param.bytes().position(|byte| byte == b'=');
    let (name, value) = match equals.and_then(|at| param.split_at_checked(at)) {
        Some((name, value)) => (trim(name), Some(unquote(trim(value.strip_prefix('=')?))?)),
        None => (param, None),
    };
    is_token(name).then(|| (name.to_owned(), value))
}

/// "When using the quoted-string syntax variant, the value after quoted-string unescaping MUST conform to the 'token' ABNF."
fn unquote(value: &str) -> Option<String> {
    let value = match value.strip_prefix('"') {
        Some(quoted) => unescape(quoted.strip_suffix('"')?),
        None => value.to_owned(),
    };
    is_token(&value).then_some(value)
}

fn unescape(quoted: &str) -> String {
    let mut chars = quoted.chars();
    let mut plain = String::new();
    while let Some(char) = chars.next() {
        plain.extend(if char == '\\' { chars.next() } else { Some(char) });
    }
    plain
}

/// The trimmed parts between separators outside quotes; `None` if a quote isn't closed.
fn split(text: &str, separator: u8) -> Option<Vec<&str>> {
    // By bytes, as in `trim`: the wasm is smaller than with the search for any `char`.
    let (mut quoted, mut escaped) = (false, false);
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if byte == separator && !quoted => {
                parts.push(trim(text.get(start..at)?));
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(trim(text.get(start..)?));
    (!quoted).then_some(parts)
}
