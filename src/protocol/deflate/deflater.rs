//! Compressing what is sent (RFC 7692 7.2.1).

use core::fmt;

use super::codec::{Compressor, PIECE, Status};
use super::{Side, TAIL};

/// How much room for output is made at a time, at least.
const MIN_ROOM: usize = 1024;

/// The smallest window that the compressor has: 512 bytes, of which it uses 250. So it serves for one of 256, too.
const MIN_WINDOW_BITS: u8 = 9;

/// How much of what was pushed must have come out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// As much as there is reason for: more of the message follows.
    Later,
    /// All of it, though more of the message follows.
    Now,
    /// All of it: the message ends.
    End,
}

/// Compresses messages; what it needs for that is made at the first one.
pub struct Deflater {
    side: Side,
    level: u8,
    state: Option<Compressor>,
}

impl Deflater {
    /// One that compresses as `side` was agreed to, on that level (0 to 9).
    pub fn new(side: Side, level: u8) -> Self {
        Self { side, level, state: None }
    }

    /// Compresses the next part of a message behind what `out` holds.
    ///
    /// Returns false where there is no memory for it, or no compressor any more: the message can't be sent.
    pub fn push(&mut self, mut input: &[u8], until: Until, out: &mut Vec<u8>) -> bool {
        let Side { no_context_takeover, window_bits } = self.side;
        let level = self.level;
        let state = self.state.get_or_insert_with(|| Compressor::new(level, window_bits.get().max(MIN_WINDOW_BITS)));
        let start = out.len();
        let mut filled = start;
        loop {
            if filled == out.len() {
                let room = (input.len() / 2).clamp(MIN_ROOM, PIECE);
                if out.try_reserve(room).is_err() {
                    return false;
                }
                out.resize(filled + room, 0);
            }
            let progress = state.compress(input, &mut out[filled..], until != Until::Later);
            input = &input[progress.taken..];
            filled += progress.made;
            match progress.status {
                // Where room is left, nothing waits inside.
                Status::Going if input.is_empty() && filled < out.len() => break,
                Status::Going if progress.taken > 0 || progress.made > 0 => {}
                _ => return false,
            }
        }
        out.truncate(filled);
        if until == Until::End {
            if out[start..].ends_with(&TAIL) {
                out.truncate(out.len() - TAIL.len());
            } else {
                // Nothing came behind the last flush: an empty block's head, whose rest is the tail (7.2.3.6).
                out.push(0);
            }
            if no_context_takeover {
                state.reset();
            }
        }
        true
    }

    /// Forgets what was compressed: the peer will not get to see it, so nothing may refer to it.
    pub fn forget(&mut self) {
        if let Some(state) = &mut self.state {
            state.reset();
        }
    }
}

impl fmt::Debug for Deflater {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deflater").field("side", &self.side).field("level", &self.level).finish_non_exhaustive()
    }
}
