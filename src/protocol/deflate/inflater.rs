//! Decompressing what is received (RFC 7692 7.2.2).

use core::fmt;

use super::codec::{Decompressor, PIECE, Status};
use super::{Side, TAIL};
use crate::protocol::error::Error;

/// Takes what was decompressed, piece by piece.
pub type Sink<'a> = &'a mut dyn FnMut(&[u8]) -> Result<(), Error>;

/// Decompresses messages; what it needs for that is made at the first one.
pub struct Inflater {
    side: Side,
    state: Option<State>,
    /// Whether the payload so far ends with a final block (7.2.3.4).
    ended: bool,
    /// Whether the message has no payload so far.
    empty: bool,
}

struct State {
    inflate: Decompressor,
    room: Vec<u8>,
}

impl Inflater {
    /// One for what a peer compresses as `side` was agreed to.
    pub fn new(side: Side) -> Self {
        Self { side, state: None, ended: false, empty: true }
    }

    /// Decompresses the next bytes of a message.
    ///
    /// # Errors
    /// What isn't DEFLATE data; what `sink` finds wrong.
    pub fn push(&mut self, mut input: &[u8], sink: Sink) -> Result<(), Error> {
        if input.is_empty() {
            return Ok(());
        }
        self.empty = false;
        let bits = self.side.window_bits.get();
        let State { inflate, room } =
            self.state.get_or_insert_with(|| State { inflate: Decompressor::new(bits), room: vec![0; PIECE] });
        while !input.is_empty() || !self.ended {
            if self.ended {
                // What follows a final block is another DEFLATE stream.
                inflate.reset();
                self.ended = false;
            }
            let progress = inflate.decompress(input, room);
            input = &input[progress.taken..];
            sink(&room[..progress.made])?;
            match progress.status {
                Status::Ended => self.ended = true,
                // Where room is left, nothing waits inside.
                Status::Going if input.is_empty() && progress.made < room.len() => return Ok(()),
                Status::Going if progress.taken > 0 || progress.made > 0 => {}
                _ => return Err(Error::InvalidDeflate),
            }
        }
        Ok(())
    }

    /// Ends the message. One without any payload is an empty message: no compressor makes it (7.2.3.6 takes a byte), and
    /// the tail alone is the beginning of a block, which would swallow the next message.
    ///
    /// # Errors
    /// A payload that doesn't end where a block does.
    pub fn finish(&mut self) -> Result<(), Error> {
        if !self.ended && !self.empty {
            // The tail is the rest of an empty block: it adds nothing, unless it is read as something else.
            let nothing = |bytes: &[u8]| if bytes.is_empty() { Ok(()) } else { Err(Error::InvalidDeflate) };
            self.push(&TAIL, &mut { nothing })?;
        }
        if (self.side.no_context_takeover || self.ended)
            && let Some(State { inflate, .. }) = &mut self.state
        {
            inflate.reset();
        }
        self.ended = false;
        self.empty = true;
        Ok(())
    }
}

impl fmt::Debug for Inflater {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inflater").field("side", &self.side).finish_non_exhaustive()
    }
}
