//! Payloads that stay in the driver's input.

use alloc::vec::Vec;

use super::message::MessageKind;

/// The most ranges for which memory is kept from one input to the next.
const MAX_KEPT: usize = 1024;

/// Bytes of an input that belong to the payload of a message: a whole payload, or a piece of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PayloadRange {
    /// Where they start in the input.
    pub start: usize,
    /// How many they are; 0 only if [`is_last`](Self::is_last).
    pub len: usize,
    /// The kind of the message.
    pub kind: MessageKind,
    /// Whether they are a text's, and all ASCII.
    pub is_ascii: bool,
    /// Whether the message ends with them.
    pub is_last: bool,
}

/// The payload ranges of one input, in order.
#[derive(Debug, Default)]
pub struct RangeTable {
    ranges: Vec<PayloadRange>,
    /// The length of the input.
    input_len: usize,
}

impl RangeTable {
    /// Starts the table of an input of that length.
    pub fn start(&mut self, input_len: usize) {
        self.ranges.clear();
        self.ranges.shrink_to(MAX_KEPT);
        self.input_len = input_len;
    }

    /// Adds a piece of a payload, with `rest` bytes of the input behind it.
    pub fn push(&mut self, piece: &[u8], rest: usize, kind: MessageKind, is_ascii: bool, is_last: bool) {
        let len = piece.len();
        if len > 0 || is_last {
            self.ranges.push(PayloadRange { start: self.input_len - rest - len, len, kind, is_ascii, is_last });
        }
    }

    /// The ranges.
    pub fn ranges(&self) -> &[PayloadRange] {
        &self.ranges
    }
}
