//! Decompressing what is received (RFC 7692 7.2.2).

use core::fmt;

use zlib_rs::{Inflate, InflateFlush, Status};

use super::{Side, TAIL};
use crate::protocol::error::Error;

/// How much is decompressed at a time, in bytes.
const ROOM: usize = 32 << 10;

/// Takes what was decompressed, piece by piece.
pub type Sink<'a> = &'a mut dyn FnMut(&[u8]) -> Result<(), Error>;

/// Decompresses messages; what it needs for that is made at the first one.
pub struct Inflater {
    side: Side,
    state: Option<State>,
    /// Whether the payload so far ends with a final block (7.2.3.4).
    ended: bool,
}

struct State {
    inflate: Inflate,
    room: Vec<u8>,
}

impl Inflater {
    /// One for what a peer compresses as `side` was agreed to.
    pub fn new(side: Side) -> Self {
        Self { side, state: None, ended: false }
    }

    /// Decompresses the next bytes of a message.
    ///
    /// # Errors
    /// What isn't DEFLATE data; what `sink` finds wrong.
    pub fn push(&mut self, mut input: &[u8], sink: Sink) -> Result<(), Error> {
        let bits = self.side.window_bits.get();
        let State { inflate, room } =
            self.state.get_or_insert_with(|| State { inflate: Inflate::new(false, bits), room: vec![0; ROOM] });
        while !input.is_empty() || !self.ended {
            if self.ended {
                // What follows a final block is another DEFLATE stream.
                inflate.reset(false);
                self.ended = false;
            }
            let (taken, made) = (inflate.total_in(), inflate.total_out());
            let status = inflate.decompress(input, room, InflateFlush::SyncFlush);
            let (taken, made) = ((inflate.total_in() - taken) as usize, (inflate.total_out() - made) as usize);
            input = &input[taken..];
            sink(&room[..made])?;
            match status {
                Ok(Status::StreamEnd) => self.ended = true,
                // Where room is left, nothing waits inside.
                Ok(_) if input.is_empty() && made < room.len() => return Ok(()),
                Ok(_) if taken > 0 || made > 0 => {}
                _ => return Err(Error::InvalidDeflate),
            }
        }
        Ok(())
    }

    /// Ends the message.
    ///
    /// # Errors
    /// A payload that doesn't end where a block does.
    pub fn finish(&mut self) -> Result<(), Error> {
        if !self.ended {
            // The tail is the rest of an empty block: it adds nothing, unless it is read as something else.
            let nothing = |bytes: &[u8]| if bytes.is_empty() { Ok(()) } else { Err(Error::InvalidDeflate) };
            self.push(&TAIL, &mut { nothing })?;
        }
        if (self.side.no_context_takeover || self.ended)
            && let Some(State { inflate, .. }) = &mut self.state
        {
            inflate.reset(false);
        }
        self.ended = false;
        Ok(())
    }
}

impl fmt::Debug for Inflater {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inflater").field("side", &self.side).finish_non_exhaustive()
    }
}
