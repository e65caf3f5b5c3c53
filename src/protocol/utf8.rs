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
    /// Validates the next piece. Returns whether it is ASCII.
    ///
    /// # Errors
    /// [`Error::InvalidUtf8`].
    pub fn push(&mut self, mut piece: &[u8]) -> Result<bool, Error> {
        if self.len == 0 {
            piece = &piece[ascii_len(piece)..];
            if piece.is_empty() {
                return Ok(true);
            }
        }
        while self.len > 0 {
            let Some((&byte, rest)) = piece.split_first() else { return Ok(false) };
            piece = rest;
            self.partial[self.len] = byte;
            self.len += 1;
            match core::str::from_utf8(&self.partial[..self.len]) {
                Ok(_) => self.len = 0,
                Err(e) if e.error_len().is_some() => return Err(Error::InvalidUtf8),
                Err(_) => {}
            }
        }
        let (whole, tail) = piece.split_at(piece.len() - incomplete_len(piece));
        simdutf8::basic::from_utf8(whole).map_err(|_| Error::InvalidUtf8)?;
        // The first bytes of a character restrict the next one, too.
        if core::str::from_utf8(tail).is_err_and(|e| e.error_len().is_some()) {
            return Err(Error::InvalidUtf8);
        }
        self.partial[..tail.len()].copy_from_slice(tail);
        self.len = tail.len();
        Ok(false)
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

/// How many bytes at the end begin a character that is longer, if they are valid.
fn incomplete_len(bytes: &[u8]) -> usize {
    let last = bytes.iter().rev().take(3);
    let start = last.enumerate().find(|(_, byte)| !matches!(byte, 0x80..=0xBF));
    match start {
        Some((0, 0xC0..)) => 1,
        Some((1, 0xE0..)) => 2,
        Some((2, 0xF0..)) => 3,
        _ => 0,
    }
}

/// Validates a whole text. Returns whether it is ASCII.
///
/// # Errors
/// [`Error::InvalidUtf8`].
pub fn check(text: &[u8]) -> Result<bool, Error> {
    let rest = &text[ascii_len(text)..];
    if rest.is_empty() {
        return Ok(true);
    }
    simdutf8::basic::from_utf8(rest).map_err(|_| Error::InvalidUtf8)?;
    Ok(false)
}

/// How many bytes at the front are ASCII: all, or a multiple of 32.
// Not inlined: the wasm is smaller.
#[inline(never)]
fn ascii_len(bytes: &[u8]) -> usize {
    let (blocks, rest) = bytes.as_chunks::<32>();
    for (at, block) in blocks.iter().enumerate() {
        // Words, without a branch for each.
        let all = block.as_chunks::<8>().0.iter().fold(0, |all, word| all | u64::from_ne_bytes(*word));
        if all & 0x8080_8080_8080_8080 != 0 {
            return at * 32;
        }
    }
    bytes.len() - if rest.is_ascii() { 0 } else { rest.len() }
}
