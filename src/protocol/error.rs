//! Every reason for which a connection is failed (RFC 6455 7.1.7).

use core::fmt;

use super::close::CloseCode;
use super::response::Response;

/// Why a connection was failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// The opening handshake was refused or broken.
    Handshake(HandshakeError),
    /// No complete response came within [`Config::handshake_timeout`](super::Config::handshake_timeout).
    HandshakeTimeout,
    /// The caller closed the connection before it was established.
    Aborted,
    /// The transport could not connect or broke; the text is the transport's own.
    Transport(String),
    /// The port is one that nothing connects to (Fetch 2.8).
    BadPort(u16),
    /// There is no memory to buffer a message of that many bytes that is to be sent.
    Full(u64),
    /// There is no memory for a message that is being received.
    OutOfMemory,
    /// A Blob that is to be sent can't be read.
    UnreadableBlob,
    /// The system has no random numbers for keys and masks.
    NoRandomness,
    /// A reserved bit is set though no extension gave it a meaning (5.2).
    ReservedBits,
    /// An opcode that RFC 6455 reserves (5.2).
    ReservedOpcode(u8),
    /// A server sent a masked frame (5.1).
    Masked,
    /// A client sent a frame without a mask (5.1).
    Unmasked,
    /// A length in a longer form than it needs (5.2).
    LengthNotMinimal,
    /// A 64-bit length with its top bit set (5.2).
    LengthTooLarge,
    /// A control frame without FIN (5.5).
    FragmentedControl,
    /// A control frame with more than 125 bytes (5.5).
    LongControl,
    /// A continuation frame with nothing to continue (5.4).
    UnexpectedContinuation,
    /// A new message within another one's fragments (5.4).
    ExpectedContinuation,
    /// A Close frame whose payload is one byte (5.5.1).
    CloseTooShort,
    /// A close code that may not be sent (7.4).
    CloseCode(u16),
    /// Text, or a close reason, that isn't UTF-8 (8.1).
    InvalidUtf8,
    /// A message larger than the limit, in bytes.
    MessageTooBig(u64),
    /// A message that the driver can't hold, such as a text longer than the strings of a JavaScript engine.
    MessageUnusable,
    /// A message in more fragments than the limit.
    TooManyFragments(u64),
    /// A compressed message that isn't DEFLATE data, or ends within a block (RFC 7692 7.2.2).
    InvalidDeflate,
    /// The peer didn't answer a Close frame within [`Config::close_timeout`](super::Config::close_timeout).
    CloseTimeout,
    /// The peer ended the transport without a Close frame.
    NoCloseFrame,
    /// The peer sent a Close frame and ended the transport before everything up to this side's Close frame was written.
    Unsent,
}

impl Error {
    /// The code that the Close frame carries to the peer when this fails an open connection (7.4.1).
    pub fn close_code(&self) -> CloseCode {
        match self {
            Self::InvalidUtf8 | Self::InvalidDeflate => CloseCode::INVALID_PAYLOAD,
            Self::TooManyFragments(_) => CloseCode::POLICY_VIOLATION,
            Self::MessageTooBig(_) | Self::MessageUnusable | Self::OutOfMemory => CloseCode::TOO_BIG,
            _ => CloseCode::PROTOCOL_ERROR,
        }
    }

    /// Whether this fails the connection (7.1.7), for which the DOM fires `error`. What doesn't only says why the
    /// connection wasn't closed cleanly.
    pub fn fails_connection(&self) -> bool {
        !matches!(self, Self::CloseTimeout | Self::NoCloseFrame | Self::Unsent)
    }

    /// A stable name for programs, in kebab case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Handshake(why) => why.code(),
            Self::HandshakeTimeout => "handshake-timeout",
            Self::Aborted => "aborted",
            Self::Transport(_) => "transport-failed",
            Self::BadPort(_) => "blocked-port",
            Self::Full(_) | Self::OutOfMemory => "out-of-memory",
            Self::UnreadableBlob => "unreadable-blob",
            Self::NoRandomness => "no-randomness",
            Self::ReservedBits => "reserved-bits",
            Self::ReservedOpcode(_) => "reserved-opcode",
            Self::Masked => "masked-frame",
            Self::Unmasked => "unmasked-frame",
            Self::LengthNotMinimal | Self::LengthTooLarge => "invalid-length",
            Self::FragmentedControl | Self::LongControl => "invalid-control-frame",
            Self::UnexpectedContinuation => "unexpected-continuation",
            Self::ExpectedContinuation => "expected-continuation",
            Self::CloseTooShort => "invalid-close-frame",
            Self::CloseCode(_) => "invalid-close-code",
            Self::InvalidUtf8 => "invalid-utf8",
            Self::MessageTooBig(_) | Self::MessageUnusable => "message-too-big",
            Self::TooManyFragments(_) => "too-many-fragments",
            Self::InvalidDeflate => "invalid-deflate",
            Self::CloseTimeout => "close-timeout",
            Self::NoCloseFrame => "closed-without-close-frame",
            Self::Unsent => "closed-before-sent",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Handshake(why) => write!(f, "the opening handshake failed: {why}"),
            Self::HandshakeTimeout => f.write_str("the opening handshake took too long"),
            Self::Aborted => f.write_str("the connection was closed before it was established"),
            Self::Transport(why) => f.write_str(why),
            Self::BadPort(port) => write!(f, "connections to port {port} are blocked"),
            Self::Full(bytes) => write!(f, "out of memory: can't buffer a message of {bytes} bytes"),
            Self::OutOfMemory => f.write_str("out of memory: can't receive a message"),
            Self::UnreadableBlob => f.write_str("a Blob that is to be sent can't be read"),
            Self::NoRandomness => f.write_str("the system has no source of random numbers"),
            Self::ReservedBits => f.write_str("a frame has a reserved bit set"),
            Self::ReservedOpcode(opcode) => write!(f, "a frame has the reserved opcode {opcode:#x}"),
            Self::Masked => f.write_str("a frame from the server is masked"),
            Self::Unmasked => f.write_str("a frame from the client isn't masked"),
            Self::LengthNotMinimal => f.write_str("a frame's length isn't in its shortest form"),
            Self::LengthTooLarge => f.write_str("a frame's 64-bit length has its top bit set"),
            Self::FragmentedControl => f.write_str("a control frame is fragmented"),
            Self::LongControl => f.write_str("a control frame is longer than 125 bytes"),
            Self::UnexpectedContinuation => f.write_str("a continuation frame continues nothing"),
            Self::ExpectedContinuation => f.write_str("a new message began before the last one's final fragment"),
            Self::CloseTooShort => f.write_str("a Close frame's payload is a single byte"),
            Self::CloseCode(code) => write!(f, "the close code {code} may not be sent"),
            Self::InvalidUtf8 => f.write_str("a text isn't valid UTF-8"),
            Self::TooManyFragments(limit) => write!(f, "a message has more than {limit} fragments"),
            Self::InvalidDeflate => f.write_str("a compressed message can't be decompressed"),
            Self::MessageTooBig(limit) => write!(f, "a message is larger than {limit} bytes"),
            Self::MessageUnusable => f.write_str("a message is too large for this environment"),
            Self::CloseTimeout => f.write_str("the server didn't answer the Close frame in time"),
            Self::NoCloseFrame => f.write_str("the connection ended without a Close frame"),
            Self::Unsent => f.write_str("the server closed the connection before everything was sent"),
        }
    }
}

impl core::error::Error for Error {}

/// What was wrong with the response to the opening handshake (RFC 6455 4.1; WHATWG WebSockets 2.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HandshakeError {
    /// The bytes aren't an HTTP/1.1 response.
    NotHttp,
    /// The response's status line and headers are larger than the limit, in bytes.
    HeadTooLarge(usize),
    /// The peer ended the connection before its response was complete.
    Incomplete,
    /// Another status than 101.
    Status(Box<Response>),
    /// A header that must be there exactly once is missing.
    Missing(&'static str),
    /// A header that must be there exactly once is repeated.
    Repeated(&'static str),
    /// A header has another value than it must have.
    Wrong(&'static str, String),
    /// `Sec-WebSocket-Extensions` names what wasn't offered, or doesn't answer what was.
    Extension(String),
    /// `Sec-WebSocket-Protocol` names what wasn't asked for.
    Subprotocol(String),
}

impl HandshakeError {
    /// A stable name for programs, in kebab case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotHttp => "handshake-not-http",
            Self::HeadTooLarge(_) => "handshake-too-large",
            Self::Incomplete => "handshake-incomplete",
            Self::Status(_) => "handshake-status",
            Self::Missing(_) | Self::Repeated(_) | Self::Wrong(..) => "handshake-header",
            Self::Extension(_) => "handshake-extension",
            Self::Subprotocol(_) => "handshake-subprotocol",
        }
    }
}

impl fmt::Display for HandshakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotHttp => f.write_str("the answer isn't an HTTP/1.1 response"),
            Self::HeadTooLarge(limit) => write!(f, "the response's headers have more than {limit} bytes"),
            Self::Incomplete => f.write_str("the connection was closed before a response came"),
            Self::Status(response) => write!(f, "unexpected response code: {}", response.status),
            Self::Missing(name) => write!(f, "the response has no {name} header"),
            Self::Repeated(name) => write!(f, "the response has more than one {name} header"),
            Self::Wrong(name, value) => write!(f, "the response's {name} header is wrong: '{value}'"),
            Self::Extension(value) => {
                write!(f, "the server chose an extension, or a parameter of one, that wasn't offered: '{value}'")
            }
            Self::Subprotocol(value) => {
                write!(f, "the server chose a subprotocol that wasn't asked for: '{value}'")
            }
        }
    }
}

impl From<HandshakeError> for Error {
    fn from(why: HandshakeError) -> Self {
        Self::Handshake(why)
    }
}
