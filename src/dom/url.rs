//! The constructor's `url` (WHATWG WebSockets 3.1, constructor, steps 1 to 7), and the parts of it that a transport
//! needs.

use web_sys::Url;

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
    /// Whether the scheme is `wss`.
    pub secure: bool,
    /// The value of the `Host` header.
    pub host: String,
    /// The path and the query.
    pub resource: String,
    /// The value of the `Authorization` header, if the URL has a user name or a password.
    pub authorization: Option<String>,
}

impl SocketUrl {
    /// Parses a URL, relative to `base` if there is one.
    ///
    /// # Errors
    /// The message of the `SyntaxError`.
    pub fn parse(url: &str, base: Option<&str>) -> Result<Self, String> {
        let parsed = match base {
            Some(base) => Url::new_with_base(url, base),
            None => Url::new(url),
        };
        let invalid = || format!("The URL '{url}' is invalid.");
        let parsed = parsed.map_err(|_| invalid())?;
        // Forbidden domain code points, which Chromium's parser escapes instead of failing (URL 3.1).
        if parsed.hostname().bytes().any(|byte| matches!(byte, b'%' | b' ')) {
            return Err(invalid());
        }
        match parsed.protocol().as_str() {
            "http:" => parsed.set_protocol("ws:"),
            "https:" => parsed.set_protocol("wss:"),
            "ws:" | "wss:" => {}
            scheme => {
                return Err(format!(
                    "The URL's scheme must be either 'http', 'https', 'ws', or 'wss'. '{scheme}' is not allowed."
                ));
            }
        }
        let href = parsed.href();
        // `hash` doesn't show an empty fragment.
        if href.bytes().any(|byte| byte == b'#') {
            return Err(format!("The URL contains a fragment identifier, which is not allowed in '{href}'."));
        }
        let hostname = parsed.hostname();
        let address = hostname.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let secure = parsed.protocol() == "wss:";
        let port = parsed.port().parse().unwrap_or(if secure { 443 } else { 80 });
        Ok(Self {
            href,
            hostname: address.unwrap_or(&hostname).to_owned(),
            port,
            secure,
            host: parsed.host(),
            resource: parsed.pathname() + &parsed.search(),
            authorization: authorization(&parsed),
        })
    }
}

fn authorization(url: &Url) -> Option<String> {
    let (user, password) = (url.username(), url.password());
    if user.is_empty() && password.is_empty() {
        return None;
    }
    let mut credentials = percent_decode(&user);
    credentials.push(b':');
    credentials.extend(percent_decode(&password));
    Some(format!("Basic {}", base64::encode(&credentials)))
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
