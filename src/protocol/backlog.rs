//! Received bytes that can't be read yet: the events before them fill the queue.

use alloc::vec::Vec;

use super::error::Error;

/// Unread bytes.
#[derive(Debug, Default)]
pub struct Backlog {
    bytes: Vec<u8>,
    /// How many of `bytes` were read.
    read: usize,
    /// How many of the unread bytes, at most, were received while no input was wanted.
    unwanted: usize,
}

impl Backlog {
    /// Whether there are no unread bytes.
    pub fn is_empty(&self) -> bool {
        self.read == self.bytes.len()
    }

    /// The unread bytes.
    pub fn unread(&self) -> &[u8] {
        self.bytes.get(self.read..).unwrap_or_default()
    }

    /// Adds bytes; `wanted` says whether input was wanted when they were received.
    ///
    /// # Errors
    /// [`Error::InputOverrun`] if more than `limit` unread bytes were received unwanted, [`Error::OutOfMemory`].
    pub fn push(&mut self, bytes: &[u8], wanted: bool, limit: usize) -> Result<(), Error> {
        if !wanted {
            self.unwanted = self.unwanted.min(self.unread().len()).saturating_add(bytes.len());
            if self.unwanted > limit {
                return Err(Error::InputOverrun(limit));
            }
        }
        self.bytes.try_reserve(bytes.len()).map_err(|_| Error::OutOfMemory)?;
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    /// Records that all but the last `unread` bytes were read.
    pub fn keep(&mut self, unread: usize) {
        self.read = self.bytes.len() - unread;
        // Moves no more bytes than it drops: linear in total.
        if self.read >= unread {
            self.bytes.drain(..self.read);
            self.read = 0;
        }
    }
}
