//! Decompressing what is received (RFC 7692 7.2.2).

use core::fmt;

use zlib_rs::{Inflate, InflateFlush, Status};

use super::{Side, TAIL};
use crate::protocol::error::Error;
use crate::protocol::message::reserve;

/// How much room for output is made at a time: from 4 to 64 KiB, by how much there is to decompress.
const MIN_ROOM: usize = 4 << 10;
const MAX_ROOM: usize = 64 << 10;

/// Decompresses messages; what it needs for that is made at the first one.
pub struct Inflater {
    side: Side,
    state: Option<Inflate>,
    /// Whether the payload so far ends with a final block (7.2.3.4).
    ended: bool,
}

impl Inflater {
    /// One for what a peer compresses as `side` was agreed to.
    pub fn new(side: Side) -> Self {
        Self { side, state: None, ended: false }
    }

    /// Decompresses the next bytes of a message behind what `out` holds, which may become `limit` bytes.
    ///
    /// # Errors
    /// What isn't DEFLATE data; more than `limit` bytes, or than there is memory for.
    pub fn push(&mut self, input: &[u8], out: &mut Vec<u8>, limit: u64) -> Result<(), Error> {
        let mut filled = out.len();
        let result = self.fill(input, out, &mut filled, limit);
        out.truncate(filled);
        result
    }

    /// Decompresses into `out` from `filled` on. What it makes room for stays there, as zeros, for the next piece.
    fn fill(&mut self, mut input: &[u8], out: &mut Vec<u8>, filled: &mut usize, limit: u64) -> Result<(), Error> {
        let bits = self.side.window_bits.get();
        let state = self.state.get_or_insert_with(|| Inflate::new(false, bits));
        loop {
            if self.ended && !input.is_empty() {
                // What follows a final block is another DEFLATE stream.
                state.reset(false);
                self.ended = false;
            }
            if *filled == out.len() {
                make_room(out, input.len(), limit)?;
            }
            let (taken, made) = (state.total_in(), state.total_out());
            let status = state.decompress(input, &mut out[*filled..], InflateFlush::SyncFlush);
            let (taken, made) = (state.total_in() - taken, state.total_out() - made);
            input = &input[taken as usize..];
            *filled += made as usize;
            if *filled as u64 > limit {
                return Err(Error::MessageTooBig(limit));
            }
            match status {
                Ok(Status::StreamEnd) => self.ended = true,
                // Where room is left, nothing waits inside.
                Ok(_) if input.is_empty() && *filled < out.len() => {}
                Ok(_) if taken > 0 || made > 0 => continue,
                _ => return Err(Error::InvalidDeflate),
            }
            if input.is_empty() {
                return Ok(());
            }
        }
    }

    /// Ends the message.
    ///
    /// # Errors
    /// A payload that doesn't end where a block does.
    pub fn finish(&mut self, out: &mut Vec<u8>, limit: u64) -> Result<(), Error> {
        if !self.ended {
            let len = out.len();
            match self.push(&TAIL, out, limit) {
                // The tail is the rest of an empty block: it adds nothing, unless it is read as something else.
                Ok(()) if out.len() == len => {}
                _ => return Err(Error::InvalidDeflate),
            }
        }
        if (self.side.no_context_takeover || self.ended)
            && let Some(state) = &mut self.state
        {
            state.reset(false);
        }
        self.ended = false;
        Ok(())
    }
}

/// Adds zeros to fill, up to one byte above the limit: that one tells that the message is larger.
fn make_room(out: &mut Vec<u8>, input: usize, limit: u64) -> Result<(), Error> {
    let left = usize::try_from(limit.saturating_sub(out.len() as u64)).map_or(MAX_ROOM, |left| left.saturating_add(1));
    let room = input.saturating_mul(4).clamp(MIN_ROOM, MAX_ROOM).min(left);
    reserve(out, room, limit)?;
    out.resize(out.len() + room, 0);
    Ok(())
}

impl fmt::Debug for Inflater {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inflater").field("side", &self.side).finish_non_exhaustive()
    }
}
