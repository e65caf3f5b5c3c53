//! A record of the frames that pass, for tools that show them.

use std::collections::VecDeque;

use super::frame::Head;

/// The most records kept for who doesn't take them; older ones are dropped.
const MAX_RECORDS: usize = 4096;

/// Which way a frame went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To the peer.
    Sent,
    /// From the peer.
    Received,
}

/// One frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameRecord {
    /// Which way it went.
    pub direction: Direction,
    /// Its head.
    pub head: Head,
    /// The first bytes of its payload, unmasked.
    pub preview: Vec<u8>,
}

/// Records frames once it is switched on.
#[derive(Debug, Default)]
pub struct Trace {
    /// How many bytes of payload a record keeps, if records are kept.
    preview: Option<usize>,
    /// The frame that is being received.
    incoming: Option<FrameRecord>,
    records: VecDeque<FrameRecord>,
}

impl Trace {
    /// Switches recording on, with the first `preview` bytes of each payload, or off.
    pub fn record(&mut self, preview: Option<usize>) {
        self.preview = preview;
        if preview.is_none() {
            self.incoming = None;
            self.records.clear();
        }
    }

    /// Notes a frame that is sent, with its payload unmasked.
    pub fn sent(&mut self, head: Head, payload: &[u8]) {
        if let Some(max) = self.preview {
            let preview = payload[..payload.len().min(max)].to_vec();
            self.push(FrameRecord { direction: Direction::Sent, head, preview });
        }
    }

    /// Notes the head of a frame that is being received.
    pub fn begin(&mut self, head: Head) {
        if self.preview.is_some() {
            self.incoming = Some(FrameRecord { direction: Direction::Received, head, preview: Vec::new() });
        }
    }

    /// Adds to the payload of the frame that is being received.
    pub fn extend(&mut self, payload: &[u8]) {
        let (Some(max), Some(record)) = (self.preview, &mut self.incoming) else { return };
        let room = max.saturating_sub(record.preview.len()).min(payload.len());
        record.preview.extend_from_slice(&payload[..room]);
    }

    /// Records the frame that is being received: it is complete, or nothing more of it will be read.
    pub fn end(&mut self) {
        if let Some(record) = self.incoming.take() {
            self.push(record);
        }
    }

    fn push(&mut self, record: FrameRecord) {
        if self.records.len() == MAX_RECORDS {
            self.records.pop_front();
        }
        self.records.push_back(record);
    }

    /// The oldest record that was not taken yet.
    pub fn poll(&mut self) -> Option<FrameRecord> {
        self.records.pop_front()
    }
}
