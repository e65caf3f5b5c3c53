//! Compression of messages that are sent (RFC 7692 6.1, 7.2.1).

use alloc::vec::Vec;

use super::deflate::deflater::{Deflater, Flush};
use super::fragment::Fragment;

/// How many bytes of memory for payloads are kept from one message to the next.
const MAX_KEPT: usize = 64 << 10;

/// Decides which messages to compress, and compresses them.
#[derive(Debug)]
pub struct Compression {
    deflater: Deflater,
    threshold: u64,
    /// Whether the message whose fragments are being sent is compressed.
    current: bool,
    /// Whether a part of that message is missing in what was sent: it can't be continued.
    incomplete: bool,
    /// The next frame's payload; kept for its memory.
    plain: Vec<u8>,
    /// The same, compressed.
    deflated: Vec<u8>,
}

/// Whether a payload was compressed, and the payload to send.
#[derive(Debug)]
pub enum Compressed<'a> {
    /// It was compressed.
    Yes(&'a [u8]),
    /// It wasn't, and neither is the rest of its message.
    No(&'a [u8]),
}

impl Compression {
    /// Compresses messages of at least `threshold` bytes.
    pub fn new(deflater: Deflater, threshold: u64) -> Self {
        Self { deflater, threshold, current: false, incomplete: false, plain: Vec::new(), deflated: Vec::new() }
    }

    /// Whether to compress a fragment: it begins a message that is long enough, or continues a compressed one.
    pub fn applies(&self, fragment: Fragment, len: usize) -> bool {
        if !fragment.is_first() {
            return self.current;
        }
        // The length of a fragmented message isn't known; it is assumed to be long, unless it starts empty.
        len > 0 && (!fragment.is_last() || len as u64 >= self.threshold)
    }

    /// Compresses the `len` bytes that `fill` writes. A first fragment that doesn't shrink is returned unchanged, and its
    /// message is sent uncompressed. `None` if there is no memory.
    pub fn compress(
        &mut self,
        fragment: Fragment,
        len: usize,
        fill: &mut dyn FnMut(&mut [u8]),
    ) -> Option<Compressed<'_>> {
        if self.incomplete {
            return None;
        }
        self.plain.clear();
        self.deflated.clear();
        self.plain.try_reserve_exact(len).ok()?;
        self.plain.resize(len, 0);
        fill(&mut self.plain);
        let flush = match fragment {
            Fragment::Whole(_) | Fragment::Last => Flush::End,
            Fragment::First(_) => Flush::Sync,
            Fragment::Middle => Flush::None,
        };
        if !self.deflater.push(&self.plain, flush, &mut self.deflated) {
            return None;
        }
        self.current = !fragment.is_last();
        if fragment.is_first() && self.deflated.len() >= len {
            self.current = false;
            self.deflater.reset();
            return Some(Compressed::No(&self.plain));
        }
        Some(Compressed::Yes(&self.deflated))
    }

    /// Records that a fragment passed to [`compress`](Self::compress) wasn't sent.
    pub fn failed(&mut self, fragment: Fragment) {
        self.deflater.reset();
        self.current = !fragment.is_first();
        self.incomplete = self.current;
    }

    /// Frees large buffers.
    pub fn trim(&mut self) {
        for kept in [&mut self.plain, &mut self.deflated] {
            if kept.capacity() > MAX_KEPT {
                *kept = Vec::new();
            }
        }
    }
}
