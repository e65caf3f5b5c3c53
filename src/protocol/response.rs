//! The opening handshake's response (RFC 6455 4.1 "once the client's opening handshake has been sent", 4.2.2).

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::deflate::negotiation::Agreement;
use super::error::HandshakeError;
use super::request::{Request, join};

/// The response of a server, with a body if it refuses the connection.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The headers in order; values are decoded as Latin-1.
    pub headers: Vec<(String, String)>,
    /// The body, of at most [`Config::max_error_body`](super::Config::max_error_body) bytes. Always empty with status 101.
    pub body: Vec<u8>,
    /// Whether the body is only the beginning of what the server sends, or its framing is invalid.
    pub body_truncated: bool,
    /// The status line and the headers as they were received.
    pub(crate) head: Vec<u8>,
}

impl Response {
    /// The values of a header; `name` is case-insensitive.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// The reason phrase, decoded as Latin-1; empty if there is none.
    pub fn reason(&self) -> String {
        let line = self.head.split(|&b| b == b'\n').next().unwrap_or_default();
        value(line.get(STATUS_END..).unwrap_or_default())
    }

    /// The subprotocol in use; empty if there is none.
    pub fn subprotocol(&self) -> &str {
        self.values(PROTOCOL).next().unwrap_or_default()
    }

    /// The extensions in use, as the server listed them; empty if there are none.
    pub fn extensions(&self) -> String {
        join(self.values("Sec-WebSocket-Extensions").filter(|value| !value.is_empty()))
    }

    fn check_subprotocol(&self, subprotocols: &[String]) -> Result<(), HandshakeError> {
        match self.only(PROTOCOL)? {
            // WHATWG WebSockets 2.2: a request for subprotocols must be answered.
            None if subprotocols.is_empty() => Ok(()),
            None => Err(HandshakeError::Missing(PROTOCOL)),
            Some(chosen) if subprotocols.iter().any(|asked| asked == chosen) => Ok(()),
            Some(chosen) => Err(HandshakeError::Subprotocol(chosen.to_owned())),
        }
    }

    fn check_connection(&self) -> Result<(), HandshakeError> {
        let mut values = self.values("Connection").peekable();
        if values.peek().is_none() {
            return Err(HandshakeError::Missing("Connection"));
        }
        let value = join(values);
        let mut tokens = value.as_bytes().split(|&byte| byte == b',');
        if tokens.any(|token| token.trim_ascii().eq_ignore_ascii_case(b"upgrade")) {
            return Ok(());
        }
        Err(HandshakeError::Invalid("Connection", value))
    }

    pub(super) fn only(&self, name: &'static str) -> Result<Option<&str>, HandshakeError> {
        let mut values = self.values(name);
        let value = values.next();
        match values.next() {
            None => Ok(value),
            Some(_) => Err(HandshakeError::Repeated(name)),
        }
    }
}

/// Checks that a response accepts the connection. Returns the agreed parameters of permessage-deflate if that is in use. `sent` is the request with the value of `Sec-WebSocket-Accept` that answers it; without one, no response is
/// valid.
///
/// # Errors
/// The first violation.
pub fn check(response: &Response, sent: Option<(&Request, &str)>) -> Result<Option<Agreement>, HandshakeError> {
    if response.status != 101 {
        return Err(HandshakeError::Status(response.status));
    }
    let upgrade = response.only("Upgrade")?.ok_or(HandshakeError::Missing("Upgrade"))?;
    if !upgrade.eq_ignore_ascii_case("websocket") {
        return Err(HandshakeError::Invalid("Upgrade", upgrade.to_owned()));
    }
    response.check_connection()?;
    let accept = response.only("Sec-WebSocket-Accept")?;
    let accept = accept.ok_or(HandshakeError::Missing("Sec-WebSocket-Accept"))?;
    let Some((request, _)) = sent.filter(|(_, accept_key)| *accept_key == accept) else {
        return Err(HandshakeError::Invalid("Sec-WebSocket-Accept", accept.to_owned()));
    };
    let agreement = Agreement::read(&response.extensions(), request.deflate())?;
    response.check_subprotocol(request.subprotocols())?;
    Ok(agreement)
}

const PROTOCOL: &str = "Sec-WebSocket-Protocol";

/// Reads a response whose bytes are received in pieces.
#[derive(Debug)]
pub struct ResponseReader {
    limit: usize,
    /// The size of the interim responses before.
    interim: usize,
    bytes: Vec<u8>,
}

impl ResponseReader {
    /// A reader for responses whose status line and headers have at most `limit` bytes.
    pub fn new(limit: usize) -> Self {
        Self { limit, interim: 0, bytes: Vec::new() }
    }

    /// Reads from the front of `input` and advances it to the end of the headers.
    ///
    /// # Errors
    /// Bytes that aren't HTTP/1.1, as soon as they show it; a response over the limit.
    pub fn read(&mut self, input: &mut &[u8]) -> Result<Option<Response>, HandshakeError> {
        loop {
            let Some(mut response) = self.read_one(input)? else { return Ok(None) };
            // Another response follows an interim one (RFC 9110 15.2), within the same limit.
            if !matches!(response.status, 100 | 102..=199) {
                // Copied: the reader's memory is larger.
                response.head = self.bytes.as_slice().to_owned();
                return Ok(Some(response));
            }
            self.interim += self.bytes.len();
            self.bytes.clear();
        }
    }

    fn read_one(&mut self, input: &mut &[u8]) -> Result<Option<Response>, HandshakeError> {
        let start = self.bytes.len();
        let limit = self.limit - self.interim;
        let room = (limit - start).min(input.len());
        self.bytes.extend_from_slice(&input[..room]);
        let shared = self.bytes.len().min(VERSION.len());
        if self.bytes[..shared] != VERSION[..shared] {
            return Err(HandshakeError::NotHttp);
        }
        match header_end(&self.bytes, start) {
            Some(end) => {
                *input = &input[end - start..];
                self.bytes.truncate(end);
                self.parse().map(Some)
            }
            None if self.bytes.len() == limit => Err(HandshakeError::HeaderTooLarge(self.limit)),
            None => {
                *input = &[];
                Ok(None)
            }
        }
    }

    // Not inlined: the wasm is smaller.
    #[inline(never)]
    fn parse(&self) -> Result<Response, HandshakeError> {
        // Each header takes a line, so the limit on bytes bounds the headers too.
        let lines = self.bytes.iter().filter(|&&b| b == b'\n').count();
        let mut headers = vec![httparse::EMPTY_HEADER; lines];
        let mut parsed = httparse::Response::new(&mut headers);
        let mut parser = httparse::ParserConfig::default();
        parser.allow_obsolete_multiline_headers_in_responses(true);
        match parser.parse_response(&mut parsed, &self.bytes) {
            Ok(httparse::Status::Complete(_)) => {}
            _ => return Err(HandshakeError::NotHttp),
        }
        if parsed.code == Some(101) && parsed.version != Some(1) {
            return Err(HandshakeError::NotHttp);
        }
        Ok(Response {
            status: parsed.code.unwrap_or_default(),
            headers: parsed.headers.iter().map(|h| (h.name.to_owned(), value(h.value))).collect(),
            body: Vec::new(),
            body_truncated: false,
            head: Vec::new(),
        })
    }
}

/// The length of the version, a space and the status.
const STATUS_END: usize = "HTTP/1.1 101".len();

/// A header's value as Latin-1; a line fold is replaced by a space (RFC 9112 5.2).
fn value(raw: &[u8]) -> String {
    let lines = raw.split(|&b| b == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let mut value = String::with_capacity(raw.len());
    for line in lines {
        if !value.is_empty() {
            value.push(' ');
        }
        value.extend(line.iter().map(|&b| char::from(b)));
    }
    value
}

/// Every response begins with this; the parser reads the minor version.
const VERSION: &[u8] = b"HTTP/1.";

/// The end of the empty line after the headers, if it is at `from` or later.
fn header_end(bytes: &[u8], from: usize) -> Option<usize> {
    // The line end before it may be up to two bytes earlier.
    let mut at = from.saturating_sub(2);
    while let Some(found) = bytes[at..].iter().position(|&b| b == b'\n') {
        at += found + 1;
        match bytes[at..] {
            [b'\n', ..] => return Some(at + 1),
            [b'\r', b'\n', ..] => return Some(at + 2),
            _ => {}
        }
    }
    None
}
