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
    /// Whether to compress the next message, if that isn't for the threshold to say.
    next: Option<bool>,
    /// Whether the message whose fragments are being sent is compressed.
    current: bool,
    /// Whether a part of that message is missing in what was sent: it can't be continued.
    incomplete: bool,
    /// The next frame's payload, compressed; kept for its memory.
    deflated: Vec<u8>,
}

/// Whether a payload was compressed.
#[derive(Debug)]
pub enum Compressed<'a> {
    /// It was, to this.
    Yes(&'a [u8]),
    /// It is to be sent as it is, as is the rest of its message.
    No,
}

impl Compression {
    /// Compresses messages of at least `threshold` bytes.
    pub fn new(deflater: Deflater, threshold: u64) -> Self {
        Self { deflater, threshold, next: None, current: false, incomplete: false, deflated: Vec::new() }
    }

    /// Says whether to compress the message that begins next; `None` if its length decides.
    pub fn choose(&mut self, choice: Option<bool>) {
        self.next = choice;
    }

    /// Whether to compress a fragment: it begins a message that is long enough or was chosen, or continues a compressed one.
    pub fn applies(&mut self, fragment: Fragment, len: usize) -> bool {
        if !fragment.is_first() {
            return self.current;
        }
        // The length of a fragmented message isn't known; it is assumed to be long, unless it starts empty.
        let is_long = !fragment.is_last() || len as u64 >= self.threshold;
        self.next.take().unwrap_or(is_long) && len > 0
    }

    /// Compresses a fragment. A first one that doesn't shrink is sent unchanged, and so is the rest of its message. `None`
    /// if there is no memory.
    pub fn compress(&mut self, fragment: Fragment, plain: &[u8]) -> Option<Compressed<'_>> {
        if self.incomplete {
            return None;
        }
        self.deflated.clear();
        let flush = match fragment {
            Fragment::Whole(_) | Fragment::Last => Flush::End,
            Fragment::First(_) => Flush::Sync,
            Fragment::Middle => Flush::None,
        };
        if !self.deflater.push(plain, flush, &mut self.deflated) {
            return None;
        }
        self.current = !fragment.is_last();
        if fragment.is_first() && self.deflated.len() >= plain.len() {
            self.current = false;
            self.deflater.reset();
            return Some(Compressed::No);
        }
        Some(Compressed::Yes(&self.deflated))
    }

    /// Records that a fragment passed to [`compress`](Self::compress) wasn't sent.
    pub fn failed(&mut self, fragment: Fragment) {
        self.deflater.reset();
        self.current = !fragment.is_first();
        self.incomplete = self.current;
    }

    /// Frees a large buffer.
    pub fn trim(&mut self) {
        if self.deflated.capacity() > MAX_KEPT {
            self.deflated = Vec::new();
        }
    }
}
