//! A message's payload as it comes in.

use super::error::Error;

/// What a part holds at most, in bytes.
const PART: usize = 1 << 20;

/// Bytes in one piece while they are few, and then in parts of 1 MiB: what is large is never moved to make room for more,
/// so that no message takes more memory than its limit.
#[derive(Debug, Default)]
pub struct Payload {
    full: Vec<Vec<u8>>,
    last: Vec<u8>,
}

impl Payload {
    /// How many bytes there are.
    pub fn size(&self) -> u64 {
        (self.full.len() * PART + self.last.len()) as u64
    }

    /// Adds bytes, up to `limit` in all.
    ///
    /// # Errors
    /// [`Error::MessageTooBig`] beyond the limit, [`Error::OutOfMemory`].
    pub fn push(&mut self, mut bytes: &[u8], limit: u64) -> Result<(), Error> {
        if bytes.len() as u64 > limit.saturating_sub(self.size()) {
            return Err(Error::MessageTooBig(limit));
        }
        while !bytes.is_empty() {
            if self.last.len() == PART {
                self.full.push(core::mem::take(&mut self.last));
            }
            let (now, later) = bytes.split_at(bytes.len().min(PART - self.last.len()));
            if self.last.capacity() - self.last.len() < now.len() {
                let ahead = self.last.len().min(PART - self.last.len());
                self.last.try_reserve_exact(now.len().max(ahead)).map_err(|_| Error::OutOfMemory)?;
            }
            self.last.extend_from_slice(now);
            bytes = later;
        }
        Ok(())
    }

    /// The parts; a single one unless there is more than 1 MiB.
    pub fn into_parts(mut self) -> Vec<Vec<u8>> {
        self.full.push(self.last);
        self.full
    }
}
