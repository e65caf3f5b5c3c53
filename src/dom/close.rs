//! The arguments of `close()` (WHATWG WebSockets 3.1, `close(code, reason)`, steps 1 and 2).

use crate::protocol::internals::MAX_REASON;
use crate::protocol::{CloseCode, CloseFrame};

/// Why `close()` throws.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InvalidClose {
    /// An `InvalidAccessError`: the code is neither 1000 nor in 3000 to 4999.
    Code(u16),
    /// A `SyntaxError`: the reason's length in bytes of UTF-8 exceeds 123.
    Reason(usize),
}

impl core::fmt::Display for InvalidClose {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Code(code) => {
                write!(f, "The close code must be either 1000, or between 3000 and 4999. {code} is neither.")
            }
            Self::Reason(len) => {
                write!(f, "The close reason must not be greater than {MAX_REASON} UTF-8 bytes, and it has {len}.")
            }
        }
    }
}

/// Checks the arguments. Returns the Close frame to send.
///
/// # Errors
/// The code is checked before the reason.
pub fn close_frame(code: Option<u16>, reason: Option<&str>) -> Result<CloseFrame, InvalidClose> {
    let checked = match code {
        Some(1000 | 3000..=4999) => code.and_then(CloseCode::new),
        Some(other) => return Err(InvalidClose::Code(other)),
        None => None,
    };
    let reason = reason.unwrap_or_default();
    if reason.len() > MAX_REASON {
        return Err(InvalidClose::Reason(reason.len()));
    }
    // A reason can't be sent without a code: it implies 1000, as for WebSocketStream.
    let code = checked.or_else(|| (!reason.is_empty()).then_some(CloseCode::NORMAL));
    Ok(CloseFrame { code, reason: reason.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_1000_and_3000_to_4999_are_codes() {
        for code in 0..=u16::MAX {
            let valid = code == 1000 || (3000..=4999).contains(&code);
            let expected = if valid { Ok(CloseCode::new(code)) } else { Err(InvalidClose::Code(code)) };
            assert_eq!(close_frame(Some(code), None).map(|frame| frame.code), expected);
        }
    }

    #[test]
    fn a_reason_has_at_most_123_bytes() {
        assert!(close_frame(Some(1000), Some(&"é".repeat(61))).is_ok());
        assert_eq!(close_frame(Some(1000), Some(&"é".repeat(62))), Err(InvalidClose::Reason(124)));
    }

    #[test]
    fn the_code_is_checked_first() {
        assert_eq!(close_frame(Some(999), Some(&"x".repeat(124))), Err(InvalidClose::Code(999)));
    }

    #[test]
    fn without_arguments_the_frame_is_empty() {
        assert_eq!(close_frame(None, None), Ok(CloseFrame::default()));
        assert_eq!(close_frame(None, Some("")), Ok(CloseFrame::default()));
        assert_eq!(close_frame(None, Some("x")).unwrap().code, Some(CloseCode::NORMAL));
    }
}
