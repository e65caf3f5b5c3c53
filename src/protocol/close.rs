//! Close codes and the payload of Close frames (RFC 6455 5.5.1, 7.4).

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use super::error::Error;

/// The maximum length of a reason in bytes of UTF-8: a control frame's 125 minus two for the code.
pub const MAX_REASON: usize = 123;

/// A status code of the closing handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CloseCode(u16);

impl CloseCode {
    /// The purpose of the connection is fulfilled.
    pub const NORMAL: Self = Self(1000);
    /// An endpoint goes away: a page is left, a server stops.
    pub const GOING_AWAY: Self = Self(1001);
    /// The peer violated the protocol.
    pub const PROTOCOL_ERROR: Self = Self(1002);
    /// The peer sent data that doesn't match its type, such as text that isn't UTF-8.
    pub const INVALID_PAYLOAD: Self = Self(1007);
    /// The peer violated a policy of this endpoint.
    pub const POLICY_VIOLATION: Self = Self(1008);
    /// The peer sent a message that is too big to process.
    pub const TOO_BIG: Self = Self(1009);
    /// This endpoint met an unexpected condition.
    pub const INTERNAL_ERROR: Self = Self(1011);

    /// Reported if a Close frame had no code; never sent.
    pub const NO_STATUS: u16 = 1005;
    /// Reported if no Close frame was received; never sent.
    pub const ABNORMAL: u16 = 1006;

    /// A code that may be sent in a Close frame: defined by 7.4.1 or registered, or in 3000..=4999.
    pub fn new(code: u16) -> Option<Self> {
        matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999).then_some(Self(code))
    }

    /// The code as a number.
    pub fn value(self) -> u16 {
        self.0
    }
}

impl From<CloseCode> for u16 {
    fn from(code: CloseCode) -> Self {
        code.value()
    }
}

impl PartialEq<CloseCode> for u16 {
    fn eq(&self, code: &CloseCode) -> bool {
        *self == code.value()
    }
}

/// The contents of a Close frame.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CloseFrame {
    /// The code, if there is one.
    pub code: Option<CloseCode>,
    /// The reason; empty without a code.
    pub reason: String,
}

impl CloseFrame {
    /// Decodes the payload of a Close frame.
    ///
    /// # Errors
    /// A payload of one byte, a code that must not be sent, a reason that isn't UTF-8.
    pub fn decode(payload: &[u8]) -> Result<Self, Error> {
        let Some((code, reason)) = payload.split_first_chunk() else {
            return if payload.is_empty() { Ok(Self::default()) } else { Err(Error::CloseTooShort) };
        };
        let number = u16::from_be_bytes(*code);
        let code = CloseCode::new(number).ok_or(Error::CloseCode(number))?;
        let reason = simdutf8::basic::from_utf8(reason).map_err(|_| Error::InvalidUtf8)?;
        Ok(Self { code: Some(code), reason: reason.to_owned() })
    }

    /// Encodes the payload. A reason without a code is omitted; one longer than 123 bytes is truncated between characters.
    pub fn encode(&self) -> Vec<u8> {
        let Some(code) = self.code else { return Vec::new() };
        let longest = self.reason.len().min(MAX_REASON);
        let cut = (0..=longest).rev().find(|&at| self.reason.is_char_boundary(at)).unwrap_or(0);
        let mut payload = code.0.to_be_bytes().to_vec();
        payload.extend_from_slice(&self.reason.as_bytes()[..cut]);
        payload
    }
}
