//! Bytes for the transport, and how far it has written them.

use alloc::vec::Vec;

use super::frame::{HEADER_ROOM, MAX_HEADER, Opcode};

/// How many bytes of memory an empty buffer keeps for the next output: those of a message of 64 KiB, and some.
const MAX_KEPT: usize = 128 << 10;

/// The largest output that is copied by [`Output::take`], so that the buffer stays.
const MAX_COPIED: usize = 4 << 10;

/// Where output begins in an empty buffer. Large allocations start at the same place in a page, and so would payload be 2 to
/// 14 bytes (the header) above its source modulo 4 KiB: some processors copy so at a tenth of their speed. With the 14 bytes
/// of a client's longest header it is 80: the payload of a large message, and the memory that it is masked from, are both
/// aligned to 16 bytes, so that no load crosses a cache line: 10% and more of the time.
const START: usize = 80 - MAX_HEADER;

/// Output. Positions are in bytes since the connection began.
#[derive(Debug, Default)]
pub struct Output {
    /// All of it may be written to: bytes are set to zero only when it grows.
    buffer: Vec<u8>,
    /// How many bytes at the front of `buffer` were taken.
    start: usize,
    /// Where the output ends in `buffer`.
    end: usize,
    /// The end of the bytes that were taken.
    taken: u64,
    /// The end of the bytes that the transport has written.
    written: u64,
    /// The end of the last data frame.
    data: u64,
    /// The end of the Close frame.
    close: Option<u64>,
}

/// How much was written into the room for a payload ([`send_with`](super::Connection::send_with)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Filled {
    /// The number of bytes that were written to the front of the room.
    pub written: usize,
    /// The size of the room that is wanted for the rest, in bytes; 0 if there is none.
    pub needed: usize,
}

impl Output {
    /// The bytes that were not taken yet.
    pub fn pending(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Room for `len` bytes behind the output, with arbitrary bytes in it; `None` if there is no memory.
    pub fn room(&mut self, len: usize) -> Option<&mut [u8]> {
        if self.start == self.end {
            self.start = START;
            self.end = START;
        }
        let end = self.end.checked_add(len)?;
        if end > self.buffer.len() {
            self.grow(end)?;
        }
        self.buffer.get_mut(self.end..end)
    }

    // Rare.
    #[inline(never)]
    fn grow(&mut self, len: usize) -> Option<()> {
        let kept = len.max(self.buffer.len().saturating_mul(2).min(MAX_KEPT));
        let more = kept - self.buffer.len();
        // Not more than is kept, as long as it suffices.
        let reserved = if len > MAX_KEPT { self.buffer.try_reserve(more) } else { self.buffer.try_reserve_exact(more) };
        reserved.ok()?;
        self.buffer.resize(kept, 0);
        Some(())
    }

    /// Lets `fill` write into the room that is `at` bytes behind the output, first of `len` bytes, then of as many as it
    /// needs. Returns how many bytes it has written; `None` if there is no memory for them.
    pub fn fill(&mut self, at: usize, len: usize, fill: &mut dyn FnMut(&mut [u8]) -> Filled) -> Option<usize> {
        let (mut written, mut size) = (0, len);
        loop {
            let start = at + written;
            // And some more, so that it needn't grow again if the header becomes longer.
            let room = self.room(start.checked_add(size)?.checked_add(HEADER_ROOM)?)?.get_mut(start..start + size)?;
            let filled = fill(room);
            written += filled.written.min(size);
            // It may not go on for ever.
            let is_stuck = filled.written == 0 && filled.needed <= size;
            if filled.needed == 0 || is_stuck {
                return Some(written);
            }
            size = filled.needed;
        }
    }

    /// What was written there.
    pub fn filled(&self, at: usize, len: usize) -> &[u8] {
        self.buffer.get(self.end + at..).and_then(|room| room.get(..len)).unwrap_or_default()
    }

    /// Adds the next `len` bytes of the room to the output. They end a frame, unless they are the handshake's.
    pub fn commit(&mut self, len: usize, opcode: Option<Opcode>) {
        self.end += len;
        let end = self.end_position();
        match opcode {
            Some(Opcode::Close) => self.close = Some(end),
            Some(Opcode::Continuation | Opcode::Text | Opcode::Binary) => self.data = end,
            Some(Opcode::Ping | Opcode::Pong) | None => {}
        }
    }

    /// The end of the output.
    pub fn end_position(&self) -> u64 {
        self.taken + (self.end - self.start) as u64
    }

    /// The end of what the transport has written.
    pub fn written_position(&self) -> u64 {
        self.written
    }

    /// Records that the first `len` pending bytes were taken.
    pub fn advance(&mut self, len: usize) {
        let len = len.min(self.pending().len());
        self.taken += len as u64;
        self.start += len;
        let left = self.end - self.start;
        if left == 0 {
            if self.buffer.capacity() > MAX_KEPT {
                self.buffer = Vec::new();
            }
        } else if self.start >= START + left {
            // Moves no more bytes than were taken: linear in total.
            self.buffer.copy_within(self.start..self.end, START);
            self.end = START + left;
            self.start = START;
        }
    }

    /// Takes all pending bytes.
    pub fn take(&mut self) -> Vec<u8> {
        let len = self.pending().len();
        if len <= MAX_COPIED {
            let bytes = self.pending().to_vec();
            self.advance(len);
            return bytes;
        }
        let mut bytes = core::mem::take(&mut self.buffer);
        bytes.truncate(self.end);
        bytes.drain(..self.start);
        self.taken += len as u64;
        self.start = 0;
        self.end = 0;
        bytes
    }

    /// Takes over the memory of `spare` for output, if it is larger and no output is pending.
    pub fn lend(&mut self, spare: &mut Vec<u8>) {
        if self.start == self.end && spare.len() > self.buffer.len() {
            core::mem::swap(&mut self.buffer, spare);
        }
    }

    /// Gives its memory to `spare` if no output is pending, or frees it if `spare` has more.
    pub fn give_back(&mut self, spare: &mut Vec<u8>) {
        if self.start == self.end {
            let memory = core::mem::take(&mut self.buffer);
            if memory.len() > spare.len() {
                *spare = memory;
            }
        }
    }

    /// Discards the pending bytes.
    pub fn clear(&mut self) {
        self.buffer = Vec::new();
        self.start = 0;
        self.end = 0;
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
