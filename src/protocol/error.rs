//! Why a connection is failed (RFC 6455 7.1.7), or wasn't closed cleanly.

use alloc::string::String;
use core::fmt::{self, Write};

use super::close::CloseCode;

/// Why a connection was failed, or wasn't closed cleanly.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The opening handshake was refused or invalid.
    Handshake(HandshakeError),
    /// No complete response was received within [`Config::handshake_timeout`](super::Config::handshake_timeout).
    HandshakeTimeout,
    /// The driver ended the connection: [`Connection::abort`](super::Connection::abort), or
    /// [`close`](super::Connection::close) before it was established.
    Aborted,
    /// The transport couldn't connect, or broke: [`Connection::transport_lost`](super::Connection::transport_lost).
    TransportLost,
    /// The driver refused a message: [`Connection::refuse_message`](super::Connection::refuse_message).
    MessageRefused,
    /// The driver kept delivering input while none was wanted: more than this many bytes
    /// ([`Config::max_backlog`](super::Config::max_backlog)).
    InputOverrun(usize),
    /// The driver didn't give back the bytes that it held of a message
    /// ([`Connection::give_partial`](super::Connection::give_partial)).
    PartialMissing,
    /// There is no memory for received data.
    OutOfMemory,
    /// The source of random bytes failed.
    NoRandomness,
    /// A reserved bit is set that no extension defines (5.2).
    ReservedBits,
    /// A reserved opcode (5.2).
    ReservedOpcode(u8),
    /// A server sent a masked frame (5.1).
    Masked,
    /// A client sent an unmasked frame (5.1).
    Unmasked,
    /// A length in a longer form than necessary (5.2).
    LengthNotMinimal,
    /// A 64-bit length with the most significant bit set (5.2).
    LengthTooLarge,
    /// A control frame without FIN (5.5).
    FragmentedControl,
    /// A control frame with more than 125 bytes (5.5).
    LongControl,
    /// A continuation frame without a message to continue (5.4).
    UnexpectedContinuation,
    /// A new message between the fragments of another (5.4).
    ExpectedContinuation,
    /// A Close frame with a payload of one byte (5.5.1).
    CloseTooShort,
    /// A close code that must not be sent (7.4).
    CloseCode(u16),
    /// A text message or close reason that isn't UTF-8 (8.1).
    InvalidUtf8,
    /// A message longer than this limit, in bytes.
    MessageTooBig(u64),
    /// A message with more fragments than this limit.
    TooManyFragments(u64),
    /// A compressed message that isn't valid DEFLATE data (RFC 7692 7.2.2).
    InvalidDeflate,
    /// The peer didn't answer a Close frame within [`Config::close_timeout`](super::Config::close_timeout).
    CloseTimeout,
    /// The peer sent nothing within [`KeepAlive::timeout`](super::KeepAlive::timeout) of a ping.
    KeepAliveTimeout,
    /// The peer ended the transport without a Close frame.
    NoCloseFrame,
    /// The peer sent a Close frame and ended the transport before this side's output was written up to its Close frame.
    Unsent,
}

impl Error {
    /// The code of the Close frame that is sent if this fails an open connection (7.4.1).
    pub fn close_code(&self) -> CloseCode {
        match self {
            Self::InvalidUtf8 | Self::InvalidDeflate => CloseCode::INVALID_PAYLOAD,
            Self::TooManyFragments(_) => CloseCode::POLICY_VIOLATION,
            Self::MessageTooBig(_) | Self::OutOfMemory => CloseCode::TOO_BIG,
            Self::InputOverrun(_) | Self::PartialMissing => CloseCode::INTERNAL_ERROR,
            _ => CloseCode::PROTOCOL_ERROR,
        }
    }

    /// Whether it fails the connection (7.1.7). The others only say why a connection wasn't closed cleanly.
    pub fn fails_connection(&self) -> bool {
        !matches!(self, Self::CloseTimeout | Self::NoCloseFrame | Self::Unsent)
    }

    /// A stable code for programs, in kebab case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Handshake(why) => why.code(),
            Self::HandshakeTimeout => "handshake-timeout",
            Self::Aborted => "aborted",
            Self::TransportLost => "transport-failed",
            Self::MessageRefused => "message-refused",
            Self::InputOverrun(_) => "input-overrun",
            Self::PartialMissing => "partial-missing",
            Self::OutOfMemory => "out-of-memory",
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
            Self::MessageTooBig(_) => "message-too-big",
            Self::TooManyFragments(_) => "too-many-fragments",
            Self::InvalidDeflate => "invalid-deflate",
            Self::CloseTimeout => "close-timeout",
            Self::KeepAliveTimeout => "keep-alive-timeout",
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
            Self::Aborted => f.write_str("the connection was aborted"),
            Self::TransportLost => f.write_str("the transport failed"),
            Self::MessageRefused => f.write_str("a received message was refused"),
            Self::InputOverrun(limit) => {
                write!(f, "the transport delivered more than {limit} bytes while it should pause")
            }
            Self::PartialMissing => f.write_str("the beginning of a message wasn't given back"),
            Self::OutOfMemory => f.write_str("out of memory: can't receive a message"),
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
            Self::CloseCode(code) => write!(f, "the close code {code} must not be sent"),
            Self::InvalidUtf8 => f.write_str("a text isn't valid UTF-8"),
            Self::TooManyFragments(limit) => write!(f, "a message has more than {limit} fragments"),
            Self::InvalidDeflate => f.write_str("a compressed message can't be decompressed"),
            Self::MessageTooBig(limit) => write!(f, "a message is larger than {limit} bytes"),
            Self::CloseTimeout => f.write_str("the server didn't answer the Close frame in time"),
            Self::KeepAliveTimeout => f.write_str("the server didn't answer a ping in time"),
            Self::NoCloseFrame => f.write_str("the connection ended without a Close frame"),
            Self::Unsent => f.write_str("the server closed the connection before everything was sent"),
        }
    }
}

impl core::error::Error for Error {}

/// What was wrong with the response to the opening handshake (RFC 6455 4.1; WHATWG WebSockets 2.2).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum HandshakeError {
    /// The bytes aren't an HTTP/1.1 response.
    NotHttp,
    /// The response's status line and headers are longer than this limit, in bytes.
    HeaderTooLarge(usize),
    /// The peer ended the transport before the response was complete.
    Incomplete,
    /// The status isn't 101. Redirects aren't followed.
    Status(u16),
    /// A header that is required exactly once is missing.
    Missing(&'static str),
    /// A header that is allowed once is repeated.
    Repeated(&'static str),
    /// A header has an invalid value.
    Invalid(&'static str, String),
    /// `Sec-WebSocket-Extensions` names an extension that wasn't offered, or a parameter that isn't valid in an answer.
    Extension(String),
    /// `Sec-WebSocket-Protocol` names a subprotocol that wasn't requested.
    Subprotocol(String),
}

impl HandshakeError {
    /// A stable code for programs, in kebab case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotHttp => "handshake-not-http",
            Self::HeaderTooLarge(_) => "handshake-too-large",
            Self::Incomplete => "handshake-incomplete",
            Self::Status(_) => "handshake-status",
            Self::Missing(_) | Self::Repeated(_) | Self::Invalid(..) => "handshake-header",
            Self::Extension(_) => "handshake-extension",
            Self::Subprotocol(_) => "handshake-subprotocol",
        }
    }
}

/// A value that the server chose, without what a terminal or a log may act on, and not all of a long one.
struct Shown<'a>(&'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().filter(|c| matches!(c, ' '..='~')).take(200).try_for_each(|c| f.write_char(c))
    }
}

impl fmt::Display for HandshakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotHttp => f.write_str("the answer isn't an HTTP/1.1 response"),
            Self::HeaderTooLarge(limit) => write!(f, "the response's headers have more than {limit} bytes"),
            Self::Incomplete => f.write_str("the connection was closed before a response came"),
            Self::Status(status) => write!(f, "unexpected response code: {status}"),
            Self::Missing(name) => write!(f, "the response has no {name} header"),
            Self::Repeated(name) => write!(f, "the response has more than one {name} header"),
            Self::Invalid(name, value) => write!(f, "the response's {name} header is invalid: '{}'", Shown(value)),
            Self::Extension(value) => {
                write!(
                    f,
                    "the server chose an extension, or a parameter of one, that wasn't offered: '{}'",
                    Shown(value)
                )
            }
            Self::Subprotocol(value) => {
                write!(f, "the server chose a subprotocol that wasn't requested: '{}'", Shown(value))
            }
        }
    }
}

impl core::error::Error for HandshakeError {}

impl From<HandshakeError> for Error {
    fn from(why: HandshakeError) -> Self {
        Self::Handshake(why)
    }
}
