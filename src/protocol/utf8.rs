//! Validation of UTF-8 that is received in pieces (RFC 6455 8.1).

use super::error::Error;

/// Validates a text piece by piece; fails at the first byte that can't be part of a valid text.
#[derive(Debug, Clone, Default)]
pub struct Utf8 {
    /// The bytes of an incomplete character.
    partial: [u8; 4],
    len: usize,
}

impl Utf8 {
    /// Validates the next piece.
    ///
    /// # Errors
    /// [`Error::InvalidUtf8`].
    pub fn push(&mut self, mut piece: &[u8]) -> Result<(), Error> {
        while self.len > 0 {
            let Some((&byte, rest)) = piece.split_first() else { return Ok(()) };
            piece = rest;
            self.partial[self.len] = byte;
            self.len += 1;
            match core::str::from_utf8(&self.partial[..self.len]) {
                Ok(_) => self.len = 0,
                Err(e) if e.error_len().is_some() => return Err(Error::InvalidUtf8),
                Err(_) => {}
            }
        }
        let Err(e) = simdutf8::compat::from_utf8(piece) else { return Ok(()) };
        if e.error_len().is_some() {
            return Err(Error::InvalidUtf8);
        }
        let tail = &piece[e.valid_up_to()..];
        self.partial[..tail.len()].copy_from_slice(tail);
        self.len = tail.len();
        Ok(())
    }

    /// Checks that the text doesn't end within a character, and starts a new one.
    ///
    /// # Errors
    /// [`Error::InvalidUtf8`].
    pub fn finish(&mut self) -> Result<(), Error> {
        match core::mem::take(&mut self.len) {
            0 => Ok(()),
            _ => Err(Error::InvalidUtf8),
        }
    }
}
