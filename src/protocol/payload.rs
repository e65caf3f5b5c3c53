//! A message's payload while it is received.

use alloc::vec::Vec;

use super::error::Error;

/// The maximum size of a chunk, in bytes.
const CHUNK: usize = 1 << 20;

/// Bytes in chunks of 1 MiB: a large payload is never moved to make room for more, so that no message takes more memory
/// than its limit.
#[derive(Debug, Default)]
pub struct Payload {
    full: Vec<Vec<u8>>,
    last: Vec<u8>,
}

impl Payload {
    /// The number of bytes.
    pub fn len(&self) -> u64 {
        (self.full.len() * CHUNK + self.last.len()) as u64
    }

    /// Adds bytes, up to `limit` in total.
    ///
    /// # Errors
    /// [`Error::MessageTooBig`] beyond the limit, [`Error::OutOfMemory`].
    pub fn push(&mut self, mut bytes: &[u8], limit: u64) -> Result<(), Error> {
        if bytes.len() as u64 > limit.saturating_sub(self.len()) {
            return Err(Error::MessageTooBig(limit));
        }
        while !bytes.is_empty() {
            if self.last.len() == CHUNK {
                self.full.push(core::mem::take(&mut self.last));
            }
            let (now, later) = bytes.split_at(bytes.len().min(CHUNK - self.last.len()));
            if self.last.capacity() - self.last.len() < now.len() {
                let ahead = self.last.len().min(CHUNK - self.last.len());
                self.last.try_reserve_exact(now.len().max(ahead)).map_err(|_| Error::OutOfMemory)?;
            }
            self.last.extend_from_slice(now);
            bytes = later;
        }
        Ok(())
    }

    /// The chunks; at least one.
    pub fn into_chunks(mut self) -> Vec<Vec<u8>> {
        self.full.push(self.last);
        self.full
    }
}
