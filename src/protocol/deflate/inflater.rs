//! Decompression of messages that are received (RFC 7692 7.2.2).

use alloc::boxed::Box;
use alloc::vec;
use core::fmt;

use super::codec::{Codec, Coder, Status};
use super::negotiation::Side;
use super::{BLOCK, TAIL};
use crate::protocol::error::Error;

/// How many times as long as the input the output may be without another call of the decompressor.
const USUAL_RATIO: usize = 8;

/// The least room for output.
const MIN_OUTPUT: usize = 1024;

/// Receives decompressed bytes, piece by piece.
pub type Sink<'a> = &'a mut dyn FnMut(&[u8]) -> Result<(), Error>;

/// Decompresses messages; the decompressor is created with the first one.
pub struct Inflater {
    codec: &'static dyn Codec,
    side: Side,
    coder: Option<Box<dyn Coder>>,
    /// Whether the payload so far ends with a final block (7.2.3.4).
    ended: bool,
    /// Whether the message has no payload so far.
    empty: bool,
}

impl Inflater {
    /// An inflater for messages compressed with the agreed parameters.
    pub fn new(codec: &'static dyn Codec, side: Side) -> Self {
        Self { codec, side, coder: None, ended: false, empty: true }
    }

    /// Decompresses the next bytes of a message.
    ///
    /// # Errors
    /// Invalid DEFLATE data; the errors of `sink`.
    pub fn push(&mut self, mut input: &[u8], sink: Sink) -> Result<(), Error> {
        if input.is_empty() {
            return Ok(());
        }
        self.empty = false;
        let coder = match &mut self.coder {
            Some(coder) => coder,
            None => {
                let coder = self.codec.decompressor(self.side.window_bits.get()).ok_or(Error::OutOfMemory)?;
                self.coder.insert(coder)
            }
        };
        // Not kept: most connections are idle most of the time.
        let mut output = vec![0; (input.len() * USUAL_RATIO).clamp(MIN_OUTPUT, BLOCK)];
        while !input.is_empty() || !self.ended {
            if self.ended {
                // A final block is followed by another DEFLATE stream.
                coder.reset();
                self.ended = false;
            }
            let progress = coder.run(input, &mut output, true).ok_or(Error::OutOfMemory)?;
            input = &input[progress.consumed..];
            sink(&output[..progress.produced])?;
            if progress.status == Status::Invalid {
                return Err(Error::InvalidDeflate);
            }
            if progress.status == Status::Ended {
                self.ended = true;
            } else if input.is_empty() && progress.produced < output.len() {
                // There is room left, so nothing is left inside.
                return Ok(());
            } else if progress.consumed == 0 && progress.produced == 0 {
                return Err(Error::InvalidDeflate);
            }
        }
        Ok(())
    }

    /// Ends the message. A message without any payload is empty: no compressor produces it (7.2.3.6 takes a byte), and the
    /// tail alone would be the beginning of a block that swallows the next message.
    ///
    /// # Errors
    /// A payload that doesn't end with a whole block.
    pub fn finish(&mut self) -> Result<(), Error> {
        if !self.ended && !self.empty {
            // The tail completes an empty block: it adds nothing, unless it is read as something else.
            let nothing = |bytes: &[u8]| if bytes.is_empty() { Ok(()) } else { Err(Error::InvalidDeflate) };
            self.push(&TAIL, &mut { nothing })?;
        }
        if (self.side.no_context_takeover || self.ended)
            && let Some(coder) = &mut self.coder
        {
            coder.reset();
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
