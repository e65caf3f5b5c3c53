//! The opening handshake's response (RFC 6455 4.1 "once the client's opening handshake has been sent", 4.2.2).

use super::deflate::Agreement;
use super::error::HandshakeError;
use super::request::Request;

/// A response's status and headers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The headers in their order; values as Latin-1.
    pub headers: Vec<(String, String)>,
}

impl Response {
    /// The values of a header, whose name is compared without case.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// The subprotocol in use; empty where there is none.
    pub fn subprotocol(&self) -> &str {
        self.values(PROTOCOL).next().unwrap_or_default()
    }

    /// The extensions in use, as the server lists them; empty where there are none.
    pub fn extensions(&self) -> String {
        let values = self.values("Sec-WebSocket-Extensions").filter(|value| !value.is_empty());
        values.collect::<Vec<_>>().join(", ")
    }

    /// Checks that it accepts the connection. Returns what was agreed on of permessage-deflate.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn check(&self, accept_key: &str, request: &Request) -> Result<Option<Agreement>, HandshakeError> {
        if self.status != 101 {
            return Err(HandshakeError::Status(Box::new(self.clone())));
        }
        let upgrade = self.only("Upgrade")?.ok_or(HandshakeError::Missing("Upgrade"))?;
        if !upgrade.eq_ignore_ascii_case("websocket") {
            return Err(HandshakeError::Wrong("Upgrade", upgrade.to_owned()));
        }
        self.check_connection()?;
        let accept = self.only("Sec-WebSocket-Accept")?;
        let accept = accept.ok_or(HandshakeError::Missing("Sec-WebSocket-Accept"))?;
        if accept != accept_key {
            return Err(HandshakeError::Wrong("Sec-WebSocket-Accept", accept.to_owned()));
        }
        let agreement = Agreement::read(&self.extensions(), request.deflate())?;
        self.check_subprotocol(request.subprotocols())?;
        Ok(agreement)
    }

    fn check_subprotocol(&self, subprotocols: &[String]) -> Result<(), HandshakeError> {
        match self.only(PROTOCOL)? {
            // WHATWG WebSockets 2.2: who asks must be answered.
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
        let value = values.collect::<Vec<_>>().join(", ");
        if value.split(',').any(|token| token.trim_matches([' ', '\t']).eq_ignore_ascii_case("upgrade")) {
            return Ok(());
        }
        Err(HandshakeError::Wrong("Connection", value))
    }

    fn only(&self, name: &'static str) -> Result<Option<&str>, HandshakeError> {
        let mut values = self.values(name);
        let value = values.next();
        match values.next() {
            None => Ok(value),
            Some(_) => Err(HandshakeError::Repeated(name)),
        }
    }
}

const PROTOCOL: &str = "Sec-WebSocket-Protocol";

/// Collects a response whose bytes come in pieces.
#[derive(Debug)]
pub struct ResponseReader {
    limit: usize,
    /// The bytes of interim responses that came before.
    interim: usize,
    head: Vec<u8>,
}

impl ResponseReader {
    /// One that takes a head of at most `limit` bytes.
    pub fn new(limit: usize) -> Self {
        Self { limit, interim: 0, head: Vec::new() }
    }

    /// Reads on from the front of `input`, and takes the head's bytes off it; what stays is behind the head.
    ///
    /// # Errors
    /// What isn't HTTP/1.1, as soon as the bytes show it; a head over the limit.
    pub fn read(&mut self, input: &mut &[u8]) -> Result<Option<Response>, HandshakeError> {
        loop {
            let Some(response) = self.read_one(input)? else { return Ok(None) };
            // Another response follows an interim one (RFC 9110 15.2), within the same limit.
            if !matches!(response.status, 100 | 102..=199) {
                return Ok(Some(response));
            }
            self.interim += self.head.len();
            self.head.clear();
        }
    }

    fn read_one(&mut self, input: &mut &[u8]) -> Result<Option<Response>, HandshakeError> {
        let start = self.head.len();
        let limit = self.limit - self.interim;
        let room = (limit - start).min(input.len());
        self.head.extend_from_slice(&input[..room]);
        let shared = self.head.len().min(VERSION.len());
        if self.head[..shared] != VERSION[..shared] {
            return Err(HandshakeError::NotHttp);
        }
        match head_end(&self.head, start) {
            Some(end) => {
                *input = &input[end - start..];
                self.head.truncate(end);
                self.parse().map(Some)
            }
            None if self.head.len() == limit => Err(HandshakeError::HeadTooLarge(self.limit)),
            None => {
                *input = &[];
                Ok(None)
            }
        }
    }

    fn parse(&self) -> Result<Response, HandshakeError> {
        // A header takes a line, so the limit on bytes is one on headers too.
        let lines = self.head.iter().filter(|&&b| b == b'\n').count();
        let mut headers = vec![httparse::EMPTY_HEADER; lines];
        let mut parsed = httparse::Response::new(&mut headers);
        let mut parser = httparse::ParserConfig::default();
        parser.allow_obsolete_multiline_headers_in_responses(true);
        match parser.parse_response(&mut parsed, &self.head) {
            Ok(httparse::Status::Complete(_)) => {}
            _ => return Err(HandshakeError::NotHttp),
        }
        if parsed.code == Some(101) && parsed.version != Some(1) {
            return Err(HandshakeError::NotHttp);
        }
        Ok(Response {
            status: parsed.code.unwrap_or_default(),
            headers: parsed.headers.iter().map(|h| (h.name.to_owned(), value(h.value))).collect(),
        })
    }
}

/// A header's value as Latin-1; where its line is folded, a space takes the fold's place (RFC 9112 5.2).
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

/// What every response begins with; the minor version's digit is for the parser to read.
const VERSION: &[u8] = b"HTTP/1.";

/// Where the empty line that ends the head ends, if it ends at `from` or later.
fn head_end(head: &[u8], from: usize) -> Option<usize> {
    // The line end before it may be as far as two bytes back.
    let mut at = from.saturating_sub(2);
    while let Some(found) = head[at..].iter().position(|&b| b == b'\n') {
        at += found + 1;
        match head[at..] {
            [b'\n', ..] => return Some(at + 1),
            [b'\r', b'\n', ..] => return Some(at + 2),
            _ => {}
        }
    }
    None
}
