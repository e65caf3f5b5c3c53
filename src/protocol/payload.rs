//! A message's payload while it is received.

use alloc::vec::Vec;

use super::error::Error;

/// The maximum size of a chunk, in bytes.
const CHUNK: usize = 1 << 20;

/// The most memory for bytes that are only announced, in bytes, unless more were received: to announce them takes the peer a
/// few bytes.
const AHEAD: u64 = 64 << 10;

/// Bytes in chunks of 1 MiB: a large payload is never moved to make room for more, so that no message takes more memory
/// than its limit.
#[derive(Debug, Default)]
pub struct Payload {
    full: Vec<Vec<u8>>,
    last: Vec<u8>,
    /// How many bytes the frame is known to have beyond these.
    announced: u64,
}

impl Payload {
    /// The number of bytes.
    pub fn len(&self) -> u64 {
        (self.full.len() * CHUNK + self.last.len()) as u64
    }

    /// Says how many bytes follow: memory for them is allocated in larger pieces.
    pub fn announce(&mut self, len: u64) {
        self.announced = len;
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
                let announced = self.announced.min(self.len().max(AHEAD)).min(CHUNK as u64) as usize;
                let ahead = self.last.len().max(announced).min(CHUNK - self.last.len());
                self.last.try_reserve_exact(now.len().max(ahead)).map_err(|_| Error::OutOfMemory)?;
            }
            self.last.extend_from_slice(now);
            self.announced = self.announced.saturating_sub(now.len() as u64);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_for_what_is_only_announced_is_bounded_by_what_was_received() {
        let mut payload = Payload::default();
        payload.announce(u64::MAX);
        let mut received = 0;
        for piece in [1, 70_000, 100_000, 1 << 20, 3 << 20, 1] {
            payload.push(&vec![0; piece], u64::MAX).unwrap();
            received += piece;
            let allocated = payload.full.len() * CHUNK + payload.last.capacity();
            assert!(allocated <= 2 * received.max(AHEAD as usize), "{allocated} for {received}");
        }
    }

    #[test]
    fn an_announced_payload_is_allocated_once() {
        let mut payload = Payload::default();
        payload.announce(50_000);
        payload.push(&[0; 20_000], u64::MAX).unwrap();
        let at = payload.last.as_ptr();
        payload.push(&[0; 30_000], u64::MAX).unwrap();
        assert_eq!(payload.last.as_ptr(), at);
    }
}
