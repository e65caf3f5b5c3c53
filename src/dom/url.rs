//! The constructor's `url` (WHATWG WebSockets 3.1, constructor, steps 1 to 7), and the parts of it that a transport
//! needs.

use super::engine;
use crate::protocol::base64;

/// A URL that a WebSocket can connect to.
#[derive(Debug)]
pub struct SocketUrl {
    /// The URL, serialised.
    pub href: String,
    /// The host without the port; an IPv6 address without brackets.
    pub hostname: String,
    /// The port; by default the scheme's.
    pub port: u16,
    /// The value of the `Host` header.
    pub host: String,
    /// The path and the query.
    pub resource: String,
    /// The value of the `Authorization` header, if the URL has a user name or a password.
    pub authorization: Option<String>,
}

impl SocketUrl {
    /// Parses a URL, relative to `base` unless that is empty.
    ///
    /// # Errors
    /// The message of the `SyntaxError`.
    pub fn parse(url: &str, base: &str) -> Result<Self, String> {
        let invalid = || format!("The URL '{url}' is invalid.");
        let parsed = engine::href(url, base).map_err(|_| invalid())?;
        let (scheme, rest) = cut(&parsed, b':').unwrap_or_default();
        let secure = match scheme {
            "ws" | "http" => false,
            "wss" | "https" => true,
            _ => {
                return Err(format!(
                    "The URL's scheme must be either 'http', 'https', 'ws', or 'wss'. '{scheme}:' is not allowed."
                ));
            }
        };
        // All four are special schemes, and have the same default ports in pairs: nothing else of the URL changes.
        let href = format!("{}:{rest}", if secure { "wss" } else { "ws" });
        // `//`, perhaps the credentials and `@`, the host, perhaps `:` and the port, then `/` (URL 4.5). In the credentials these
        // characters are escaped.
        let (authority, path) = rest.get(2..).and_then(|rest| cut(rest, b'/')).ok_or_else(invalid)?;
        let (credentials, host) = cut(authority, b'@').unwrap_or(("", authority));
        let (hostname, port) = match cut(host, b']') {
            Some((address, port)) => (after_first(address), after_first(port)),
            None => cut(host, b':').unwrap_or((host, "")),
        };
        // Forbidden domain code points, which Chromium's parser escapes instead of failing (URL 3.1).
        if hostname.bytes().any(|byte| matches!(byte, b'%' | b' ')) {
            return Err(invalid());
        }
        // An empty fragment counts, too.
        if path.bytes().any(|byte| byte == b'#') {
            return Err(format!("The URL contains a fragment identifier, which is not allowed in '{href}'."));
        }
        Ok(Self {
            hostname: hostname.to_owned(),
            port: port.parse().unwrap_or(if secure { 443 } else { 80 }),
            host: host.to_owned(),
            resource: format!("/{path}"),
            authorization: authorization(credentials),
            href,
        })
    }
}

/// The parts before and after the first such character, which is ASCII. `str` has the same for characters, with more code.
#[inline(never)]
fn cut(text: &str, at: u8) -> Option<(&str, &str)> {
    let index = text.bytes().position(|byte| byte == at)?;
    Some((text.get(..index)?, after_first(text.get(index..)?)))
}

/// Without the first character, which is ASCII.
fn after_first(text: &str) -> &str {
    text.get(1..).unwrap_or_default()
}

fn authorization(credentials: &str) -> Option<String> {
    if credentials.is_empty() {
        return None;
    }
    // Without a password there is no colon; one in the user name is escaped.
    let mut decoded = percent_decode(credentials);
    if cut(credentials, b':').is_none() {
        decoded.push(b':');
    }
    Some(format!("Basic {}", base64::encode(&decoded)))
}

fn percent_decode(text: &str) -> Vec<u8> {
    let hex = |byte: Option<&u8>| byte.and_then(|&byte| char::from(byte).to_digit(16));
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match (byte, hex(bytes.get(at + 1)), hex(bytes.get(at + 2))) {
            (b'%', Some(high), Some(low)) => {
                decoded.push((high << 4 | low) as u8);
                at += 3;
            }
            _ => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    decoded
}
