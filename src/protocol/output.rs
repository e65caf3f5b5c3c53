//! Bytes for the transport, and how far it has written them.

use alloc::vec::Vec;

use super::frame::Opcode;

/// How many bytes of memory an empty buffer keeps for the next output.
const MAX_KEPT: usize = 64 << 10;

/// Output. Positions are in bytes since the connection began.
#[derive(Debug, Default)]
pub struct Output {
    buffer: Vec<u8>,
    /// How many bytes at the front of `buffer` were taken.
    start: usize,
    /// The end of the bytes that were taken.
    taken: u64,
    /// The end of the bytes that the transport has written.
    written: u64,
    /// The end of the last data frame.
    data: u64,
    /// The end of the Close frame.
    close: Option<u64>,
}

impl Output {
    /// The bytes that were not taken yet.
    pub fn pending(&self) -> &[u8] {
        self.buffer.get(self.start..).unwrap_or_default()
    }

    /// The buffer to append to, with room for `len` more bytes, or `None` if there is no memory for them.
    pub fn reserve(&mut self, len: usize) -> Option<&mut Vec<u8>> {
        self.buffer.try_reserve(len).ok()?;
        Some(&mut self.buffer)
    }

    /// Records that a frame was appended.
    pub fn framed(&mut self, opcode: Opcode) {
        let end = self.taken + self.pending().len() as u64;
        match opcode {
            Opcode::Close => self.close = Some(end),
            Opcode::Ping | Opcode::Pong => {}
            Opcode::Continuation | Opcode::Text | Opcode::Binary => self.data = end,
        }
    }

    /// Records that the first `len` pending bytes were taken.
    pub fn advance(&mut self, len: usize) {
        let len = len.min(self.pending().len());
        self.taken += len as u64;
        self.start += len;
        if self.start == self.buffer.len() {
            self.buffer.clear();
            self.start = 0;
            if self.buffer.capacity() > MAX_KEPT {
                self.buffer = Vec::new();
            }
        } else if self.start >= self.buffer.len() - self.start {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
    }

    /// Takes all pending bytes.
    pub fn take(&mut self) -> Vec<u8> {
        let mut bytes = core::mem::take(&mut self.buffer);
        bytes.drain(..core::mem::take(&mut self.start));
        self.taken += bytes.len() as u64;
        bytes
    }

    /// Discards the pending bytes.
    pub fn clear(&mut self) {
        self.buffer = Vec::new();
        self.start = 0;
    }

    /// Records that the transport has written `bytes` more bytes of what was taken. Returns whether that is progress
    /// towards the end of the data.
    pub fn written(&mut self, bytes: u64) -> bool {
        let before = self.written;
        self.written = before.saturating_add(bytes).min(self.taken);
        before < self.written.min(self.data)
    }

    /// Whether the transport has written the Close frame.
    pub fn close_written(&self) -> bool {
        self.close.is_some_and(|end| self.written >= end)
    }
}
