//! Compression of messages that are sent (RFC 7692 7.2.1).

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use super::codec::{Codec, Coder, Status};
use super::negotiation::Side;
use super::{BLOCK, TAIL};

/// The least room for output to add at a time.
const MIN_ROOM: usize = 1024;

/// The smallest window of zlib's compressor: 512 bytes, of which it uses 250. So it fits an agreed window of 256, too.
const MIN_WINDOW_BITS: u8 = 9;

/// How much of the input must be in the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flush {
    /// The compressor decides.
    None,
    /// All of it, although the message continues.
    Sync,
    /// All of it: the message ends.
    End,
}

/// Compresses messages; the compressor is created with the first one.
pub struct Deflater {
    codec: &'static dyn Codec,
    side: Side,
    level: u8,
    coder: Option<Box<dyn Coder>>,
}

impl Deflater {
    /// A deflater with the agreed parameters and that level (0 to 9).
    pub fn new(codec: &'static dyn Codec, side: Side, level: u8) -> Self {
        Self { codec, side, level, coder: None }
    }

    /// Compresses the next part of a message and appends it to `out`.
    ///
    /// Returns false if there is no memory for it: the message can't be sent.
    pub fn push(&mut self, mut input: &[u8], flush: Flush, out: &mut Vec<u8>) -> bool {
        let Side { no_context_takeover, window_bits } = self.side;
        let coder = match &mut self.coder {
            Some(coder) => coder,
            None => {
                let window_bits = window_bits.get().max(MIN_WINDOW_BITS);
                let Some(coder) = self.codec.compressor(self.level, window_bits) else { return false };
                self.coder.insert(coder)
            }
        };
        let start = out.len();
        let mut filled = start;
        loop {
            if filled == out.len() {
                let room = (input.len() / 2).clamp(MIN_ROOM, BLOCK);
                if out.try_reserve(room).is_err() {
                    return false;
                }
                out.resize(filled + room, 0);
            }
            let Some(progress) = coder.run(input, &mut out[filled..], flush != Flush::None) else { return false };
            input = &input[progress.consumed..];
            filled += progress.produced;
            // If there is room left, nothing is left inside.
            if progress.status == Status::Open && input.is_empty() && filled < out.len() {
                break;
            }
            if progress.status != Status::Open || progress.consumed == 0 && progress.produced == 0 {
                return false;
            }
        }
        out.truncate(filled);
        if flush == Flush::End {
            if out[start..].ends_with(&TAIL) {
                out.truncate(out.len() - TAIL.len());
            } else {
                // There was nothing to flush: the header of an empty block, whose rest is the tail (7.2.3.6).
                out.push(0);
            }
            if no_context_takeover {
                coder.reset();
            }
        }
        true
    }

    /// Empties the window: the peer never receives the compressed data, so later messages must not refer to it.
    pub fn reset(&mut self) {
        if let Some(coder) = &mut self.coder {
            coder.reset();
        }
    }
}

impl fmt::Debug for Deflater {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deflater").field("side", &self.side).field("level", &self.level).finish_non_exhaustive()
    }
}
