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
    records: VecDeque<FrameRecord>,
}

impl Trace {
    /// Switches recording on, with the first `preview` bytes of each payload, or off.
    pub fn record(&mut self, preview: Option<usize>) {
        self.preview = preview;
        if preview.is_none() {
            self.records.clear();
        }
    }

    /// Notes a frame that begins with `payload`, unmasked.
    pub fn begin(&mut self, direction: Direction, head: Head, payload: &[u8]) {
        let Some(max) = self.preview else { return };
        if self.records.len() == MAX_RECORDS {
            self.records.pop_front();
        }
        let preview = payload[..payload.len().min(max)].to_vec();
        self.records.push_back(FrameRecord { direction, head, preview });
    }

    /// Adds to the preview of the frame that was begun last, where its payload came in pieces.
    pub fn extend(&mut self, payload: &[u8]) {
        let (Some(max), Some(record)) = (self.preview, self.records.back_mut()) else { return };
        let room = max.saturating_sub(record.preview.len()).min(payload.len());
        record.preview.extend_from_slice(&payload[..room]);
    }

    /// The oldest record that was not taken yet.
    pub fn poll(&mut self) -> Option<FrameRecord> {
        self.records.pop_front()
    }
}
