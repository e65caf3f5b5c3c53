//! A record of the frames sent and received, for debugging tools.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use super::frame::{FrameHeader, Opcode};

/// How many records, and how many bytes of previews, may wait before no more input is read.
const MAX_RECORDS: usize = 4096;
const MAX_PREVIEWS: usize = 16 << 20;

/// The longest preview in bytes.
const MAX_PREVIEW: usize = 64 << 20;

/// Whether a frame was sent or received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To the peer.
    Sent,
    /// From the peer.
    Received,
}

/// A frame (RFC 6455 5.2).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FrameRecord {
    /// Whether it was sent or received.
    pub direction: Direction,
    /// FIN: whether it is the final fragment of its message.
    pub fin: bool,
    /// RSV1: whether the message that begins with it is compressed (RFC 7692 6).
    pub compressed: bool,
    /// The opcode.
    pub opcode: Opcode,
    /// Whether the payload is masked on the wire.
    pub masked: bool,
    /// The length of the payload in bytes.
    pub len: u64,
    /// The first bytes of the payload, unmasked; compressed if the message is.
    pub preview: Vec<u8>,
}

impl FrameRecord {
    fn new(direction: Direction, header: FrameHeader, preview: Vec<u8>) -> Self {
        let FrameHeader { fin, compressed, opcode, key, len } = header;
        Self { direction, fin, compressed, opcode, masked: key.is_some(), len, preview }
    }
}

/// Records frames while it is switched on.
#[derive(Debug, Default)]
pub struct Trace {
    /// How many bytes of payload a record keeps; `None` while it is off.
    preview: Option<usize>,
    /// The frame that is being received.
    incoming: Option<FrameRecord>,
    records: VecDeque<FrameRecord>,
    /// The bytes of all previews in `records`.
    size: usize,
}

impl Trace {
    /// Switches recording on, with the first `preview` bytes of each payload, or off.
    pub fn record(&mut self, preview: Option<usize>) {
        self.preview = preview.map(|bytes| bytes.min(MAX_PREVIEW));
        if preview.is_none() {
            *self = Self::default();
        }
    }

    /// Whether it is switched on.
    pub fn is_on(&self) -> bool {
        self.preview.is_some()
    }

    /// Whether there is room for the record of another frame that is received. Frames that are sent are recorded in any case:
    /// their records take no more memory than they do.
    pub fn has_room(&self) -> bool {
        self.records.len() < MAX_RECORDS && self.size < MAX_PREVIEWS
    }

    /// Records a frame that is sent; its payload is unmasked.
    pub fn sent(&mut self, header: FrameHeader, payload: &[u8]) {
        if let Some(max) = self.preview {
            let preview = payload[..payload.len().min(max)].to_vec();
            self.push(FrameRecord::new(Direction::Sent, header, preview));
        }
    }

    /// Begins a frame that is being received.
    pub fn begin(&mut self, header: FrameHeader) {
        if self.preview.is_some() {
            self.incoming = Some(FrameRecord::new(Direction::Received, header, Vec::new()));
        }
    }

    /// Adds to the payload of the frame that is being received.
    pub fn extend(&mut self, payload: &[u8]) {
        let (Some(max), Some(record)) = (self.preview, &mut self.incoming) else { return };
        let room = max.saturating_sub(record.preview.len()).min(payload.len());
        record.preview.extend_from_slice(&payload[..room]);
    }

    /// Ends the frame that is being received: it is complete, or no more of it will be read.
    pub fn end(&mut self) {
        if let Some(record) = self.incoming.take() {
            self.push(record);
        }
    }

    fn push(&mut self, record: FrameRecord) {
        self.size += record.preview.len();
        self.records.push_back(record);
    }

    /// Whether no record waits.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Removes the oldest record.
    pub fn poll(&mut self) -> Option<FrameRecord> {
        let record = self.records.pop_front()?;
        self.size -= record.preview.len();
        Some(record)
    }
}
