//! What a compressor's window holds, so that another compressor can continue its stream.

/// The last bytes of a stream, at most as many as its window has.
#[derive(Default)]
pub struct History {
    /// A ring once it has `capacity` bytes.
    bytes: Vec<u8>,
    capacity: usize,
    /// Where the oldest byte of a full ring is.
    start: usize,
}

impl History {
    /// An empty history of at most `capacity` bytes.
    pub const fn new(capacity: usize) -> Self {
        Self { bytes: Vec::new(), capacity, start: 0 }
    }

    /// Appends bytes. Returns false if there is no memory for them: then it is incomplete, and must be cleared.
    #[must_use]
    pub fn push(&mut self, bytes: &[u8]) -> bool {
        let mut bytes = &bytes[bytes.len().saturating_sub(self.capacity)..];
        let room = (self.capacity - self.bytes.len()).min(bytes.len());
        if self.bytes.try_reserve(room).is_err() {
            return false;
        }
        self.bytes.extend_from_slice(&bytes[..room]);
        bytes = &bytes[room..];
        while !bytes.is_empty() {
            let len = bytes.len().min(self.capacity - self.start);
            self.bytes[self.start..self.start + len].copy_from_slice(&bytes[..len]);
            self.start = (self.start + len) % self.capacity;
            bytes = &bytes[len..];
        }
        true
    }

    /// Its bytes, the oldest first, in two slices.
    pub fn slices(&self) -> [&[u8]; 2] {
        let (newer, older) = self.bytes.split_at(self.start);
        [older, newer]
    }

    /// Removes its bytes, and frees them.
    pub fn clear(&mut self) {
        *self = Self::new(self.capacity);
    }
}
