//! Why something can't be sent.

use core::fmt;

use super::frame::MAX_CONTROL_PAYLOAD;

/// Why a message, a fragment or a ping wasn't sent. Nothing of it was queued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SendError {
    /// The connection isn't open: not yet established, or a Close frame was sent, or it has ended.
    NotOpen,
    /// There is no memory for it. If it was a further fragment of a compressed message, the message can't be continued.
    OutOfMemory,
    /// The payload of a ping, in bytes, exceeds the 125 of a control frame (RFC 6455 5.5).
    ControlTooLong(usize),
    /// A message or first fragment between the fragments of another message, or a further fragment without a first one
    /// (5.4).
    FragmentOrder,
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotOpen => f.write_str("the connection isn't open"),
            Self::OutOfMemory => f.write_str("out of memory: can't buffer a message"),
            Self::ControlTooLong(len) => {
                write!(f, "a control frame's payload is limited to {MAX_CONTROL_PAYLOAD} bytes, and this one has {len}")
            }
            Self::FragmentOrder => f.write_str("a fragment or message is out of order"),
        }
    }
}

impl core::error::Error for SendError {}
