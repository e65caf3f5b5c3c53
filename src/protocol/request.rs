//! The opening handshake's request (RFC 6455 4.1, 11.3; WHATWG WebSockets 2.2).

use core::fmt;

use base64ct::{Base64, Encoding};

use super::deflate::Offer;

/// Headers that the protocol owns: what they say follows from the rest of the request.
const OWNED: [&str; 10] = [
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

/// What a client asks of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    host: String,
    resource: String,
    subprotocols: Vec<String>,
    deflate: Option<Offer>,
    headers: Vec<(String, String)>,
}

/// A part of a request that may not be sent as it is. It holds the part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InvalidRequest {
    /// The host or the resource name has characters that no request line can have.
    Target(String),
    /// A subprotocol that isn't a token (RFC 9110 5.6.2).
    Subprotocol(String),
    /// A header's name that isn't a token.
    HeaderName(String),
    /// A header's value with characters that none can have; the header's name.
    HeaderValue(String),
    /// A header that the protocol owns.
    OwnedHeader(String),
}

impl fmt::Display for InvalidRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Target(target) => write!(f, "'{target}' can't be asked for over HTTP"),
            Self::Subprotocol(name) => write!(f, "the subprotocol '{name}' is invalid"),
            Self::HeaderName(name) => write!(f, "the header name '{name}' is invalid"),
            Self::HeaderValue(name) => write!(f, "the value of the header '{name}' is invalid"),
            Self::OwnedHeader(name) => write!(f, "the header '{name}' is the protocol's own"),
        }
    }
}

impl core::error::Error for InvalidRequest {}

impl Request {
    /// A request for `resource` (path and query) of `host` (with its port where that isn't the scheme's own).
    ///
    /// # Errors
    /// Where either is empty or has characters other than visible ASCII, or the resource name isn't a path without fragment.
    pub fn new(host: &str, resource: &str) -> Result<Self, InvalidRequest> {
        for part in [host, resource] {
            if part.is_empty() || !part.bytes().all(|b| b.is_ascii_graphic()) {
                return Err(InvalidRequest::Target(part.to_owned()));
            }
        }
        if !resource.starts_with('/') || resource.contains('#') {
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

    /// Adds a subprotocol, behind those that are preferred to it.
    ///
    /// # Errors
    /// Where it isn't a token. (Whether one is named twice is for the caller to judge.)
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
    /// Where its name isn't a token or is the protocol's own, or its value has control characters or more than Latin-1.
    pub fn header(&mut self, name: &str, value: &str) -> Result<(), InvalidRequest> {
        if !is_token(name) {
            return Err(InvalidRequest::HeaderName(name.to_owned()));
        }
        if OWNED.contains(&name.to_ascii_lowercase().as_str()) {
            return Err(InvalidRequest::OwnedHeader(name.to_owned()));
        }
        let value = value.trim_matches([' ', '\t']);
        if !value.chars().all(|c| c == '\t' || (' '..='\u{FF}').contains(&c) && c != '\u{7F}') {
            return Err(InvalidRequest::HeaderValue(name.to_owned()));
        }
        self.headers.push((name.to_owned(), value.to_owned()));
        Ok(())
    }

    /// Offers permessage-deflate (RFC 7692), or nothing.
    pub fn offer_deflate(&mut self, offer: Option<Offer>) {
        self.deflate = offer;
    }

    /// What is offered of permessage-deflate.
    pub fn deflate(&self) -> Option<&Offer> {
        self.deflate.as_ref()
    }

    /// The subprotocols that are asked for, the preferred one first.
    pub fn subprotocols(&self) -> &[String] {
        &self.subprotocols
    }

    /// The request as it goes over the wire, with that nonce as its key.
    pub fn encode(&self, nonce: [u8; 16]) -> Vec<u8> {
        let Self { host, resource, .. } = self;
        let key = Base64::encode_string(&nonce);
        let mut head = format!(
            "GET {resource} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
        );
        if !self.subprotocols.is_empty() {
            head += &format!("Sec-WebSocket-Protocol: {}\r\n", self.subprotocols.join(", "));
        }
        if let Some(offer) = &self.deflate {
            head += &format!("Sec-WebSocket-Extensions: {offer}\r\n");
        }
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        head += "\r\n";
        // Latin-1, as header values are.
        head.chars().map(|c| c as u8).collect()
    }
}

/// The value of `Sec-WebSocket-Accept` that answers a nonce (4.2.2).
pub fn accept_key(nonce: [u8; 16]) -> String {
    let mut sha1 = sha1_smol::Sha1::from(Base64::encode_string(&nonce));
    sha1.update(b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    Base64::encode_string(&sha1.digest().bytes())
}

/// Whether it is a token (RFC 9110 5.6.2), as a subprotocol or a header's name must be.
pub fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}
