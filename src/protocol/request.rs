//! The opening handshake's request (RFC 6455 4.1, 11.3; WHATWG WebSockets 2.2).

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::base64;

use super::deflate::Offer;

/// Headers that are derived from the rest of the request and can't be set.
const RESERVED: [&str; 10] = [
    "connection",
    "content-length",
    "host",
    "sec-websocket-accept",
    "sec-websocket-extensions",
    "sec-websocket-key",
    "sec-websocket-protocol",
    "sec-websocket-version",
    "transfer-encoding",
    "upgrade",
];

/// The request of an opening handshake.
#[derive(Debug, Clone)]
pub struct Request {
    host: String,
    resource: String,
    subprotocols: Vec<String>,
    deflate: Option<Offer>,
    headers: Vec<(String, String)>,
}

/// An invalid part of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidRequest {
    /// The host or the resource name isn't valid in a request.
    Target(String),
    /// A subprotocol that isn't a token (RFC 9110 5.6.2).
    Subprotocol(String),
    /// A header name that isn't a token.
    HeaderName(String),
    /// The name of a header whose value has invalid characters.
    HeaderValue(String),
    /// A header that the protocol sets itself.
    ReservedHeader(String),
}

impl fmt::Display for InvalidRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Target(target) => write!(f, "the request target '{target}' is invalid"),
            Self::Subprotocol(name) => write!(f, "the subprotocol '{name}' is invalid"),
            Self::HeaderName(name) => write!(f, "the header name '{name}' is invalid"),
            Self::HeaderValue(name) => write!(f, "the value of the header '{name}' is invalid"),
            Self::ReservedHeader(name) => write!(f, "the header '{name}' is reserved"),
        }
    }
}

impl core::error::Error for InvalidRequest {}

impl Request {
    /// A request for `resource` (path and query) on `host` (with the port, unless it is the scheme's default).
    ///
    /// # Errors
    /// If either is empty or has characters other than visible ASCII, or `resource` isn't a path without a fragment.
    pub fn new(host: &str, resource: &str) -> Result<Self, InvalidRequest> {
        for part in [host, resource] {
            if part.is_empty() || !part.bytes().all(|b| b.is_ascii_graphic()) {
                return Err(InvalidRequest::Target(part.to_owned()));
            }
        }
        if !resource.starts_with('/') || resource.bytes().any(|byte| byte == b'#') {
            return Err(InvalidRequest::Target(resource.to_owned()));
        }
        Ok(Self {
            host: host.to_owned(),
            resource: resource.to_owned(),
            subprotocols: Vec::new(),
            deflate: None,
            headers: Vec::new(),
        })
    }

    /// Adds a subprotocol; the preferred one is added first.
    ///
    /// # Errors
    /// If it isn't a token. Duplicates aren't checked.
    pub fn subprotocol(&mut self, name: &str) -> Result<(), InvalidRequest> {
        if !is_token(name) {
            return Err(InvalidRequest::Subprotocol(name.to_owned()));
        }
        self.subprotocols.push(name.to_owned());
        Ok(())
    }

    /// Adds a header.
    ///
    /// # Errors
    /// If the name isn't a token or is reserved, or the value has control characters or characters beyond Latin-1.
    pub fn header(&mut self, name: &str, value: &str) -> Result<(), InvalidRequest> {
        if !is_token(name) {
            return Err(InvalidRequest::HeaderName(name.to_owned()));
        }
        if RESERVED.contains(&name.to_ascii_lowercase().as_str()) {
            return Err(InvalidRequest::ReservedHeader(name.to_owned()));
        }
        let value = trim(value);
        if !value.chars().all(|c| c == '\t' || (' '..='\u{FF}').contains(&c) && c != '\u{7F}') {
            return Err(InvalidRequest::HeaderValue(name.to_owned()));
        }
        self.headers.push((name.to_owned(), value.to_owned()));
        Ok(())
    }

    /// Offers permessage-deflate (RFC 7692), or withdraws the offer.
    pub fn offer_deflate(&mut self, offer: Option<Offer>) {
        self.deflate = offer;
    }

    /// The offer of permessage-deflate.
    pub fn deflate(&self) -> Option<&Offer> {
        self.deflate.as_ref()
    }

    /// The requested subprotocols, the preferred one first.
    pub fn subprotocols(&self) -> &[String] {
        &self.subprotocols
    }
}

/// The bytes to send, with `nonce` as the key.
pub fn encode(request: &Request, nonce: [u8; 16]) -> Vec<u8> {
    let Request { host, resource, subprotocols, deflate, headers } = request;
    let mut bytes = Vec::new();
    for part in ["GET ", resource, " HTTP/1.1\r\n"] {
        bytes.extend_from_slice(part.as_bytes());
    }
    let mut header = |name: &str, value: &str| push_header(&mut bytes, name, value);
    header("Host", host);
    header("Upgrade", "websocket");
    header("Connection", "Upgrade");
    header("Sec-WebSocket-Key", &base64::encode(&nonce));
    header("Sec-WebSocket-Version", "13");
    if !subprotocols.is_empty() {
        header("Sec-WebSocket-Protocol", &join(subprotocols.iter()));
    }
    if let Some(offer) = deflate {
        header("Sec-WebSocket-Extensions", &format!("{offer}"));
    }
    for (name, value) in headers {
        header(name, value);
    }
    bytes.extend_from_slice(b"\r\n");
    bytes
}

// Not inlined: the wasm is smaller.
#[inline(never)]
fn push_header(bytes: &mut Vec<u8>, name: &str, value: &str) {
    bytes.extend_from_slice(name.as_bytes());
    bytes.extend_from_slice(b": ");
    // Latin-1, as header values are.
    bytes.extend(value.chars().map(|c| c as u8));
    bytes.extend_from_slice(b"\r\n");
}

/// The values of a header as one (RFC 9110 5.3).
pub fn join(values: impl Iterator<Item: AsRef<str>>) -> String {
    let mut list = String::new();
    let mut separator = "";
    for value in values {
        list.push_str(separator);
        list.push_str(value.as_ref());
        separator = ", ";
    }
    list
}

/// The value of the `Sec-WebSocket-Accept` header for a nonce (4.2.2).
pub fn accept_key(nonce: [u8; 16]) -> String {
    let mut sha1 = sha1_smol::Sha1::from(base64::encode(&nonce));
    sha1.update(b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    base64::encode(&sha1.digest().bytes())
}

/// Whether `text` is a token (RFC 9110 5.6.2), as a subprotocol or a header name must be.
pub fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

/// A header's value, or a part of it, without the whitespace around it.
pub fn trim(text: &str) -> &str {
    let is_text = |byte: u8| !matches!(byte, b' ' | b'\t');
    let start = text.bytes().position(is_text);
    let end = text.bytes().rposition(is_text);
    start.zip(end).and_then(|(start, end)| text.get(start..=end)).unwrap_or_default()
}
