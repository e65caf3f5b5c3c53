//! Fragments of messages that are sent (RFC 6455 5.4).

use super::frame::Opcode;
use super::message::MessageKind;

/// A fragment's place in its message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fragment {
    /// The only one: a whole message.
    Whole(MessageKind),
    /// The first of several.
    First(MessageKind),
    /// Neither the first nor the last.
    Middle,
    /// The last of several.
    Last,
}

impl Fragment {
    /// The fragment of a message of that kind, by its place.
    pub fn new(kind: MessageKind, is_first: bool, is_last: bool) -> Self {
        match (is_first, is_last) {
            (true, true) => Self::Whole(kind),
            (true, false) => Self::First(kind),
            (false, false) => Self::Middle,
            (false, true) => Self::Last,
        }
    }

    /// Whether a message starts with it.
    pub fn is_first(self) -> bool {
        matches!(self, Self::Whole(_) | Self::First(_))
    }

    /// Whether a message ends with it: FIN.
    pub fn is_last(self) -> bool {
        matches!(self, Self::Whole(_) | Self::Last)
    }

    pub(super) fn opcode(self) -> Opcode {
        match self {
            Self::Whole(MessageKind::Text) | Self::First(MessageKind::Text) => Opcode::Text,
            Self::Whole(MessageKind::Binary) | Self::First(MessageKind::Binary) => Opcode::Binary,
            Self::Middle | Self::Last => Opcode::Continuation,
        }
    }
}
