//! Frames, as the trace reports them to JavaScript.

use crate::protocol::{Direction, FrameRecord};

// The bits of the first byte above the opcode, as in src/shim/channel/byte/frame-trace.ts.
const SENT: u8 = 1 << 4;
const FIN: u8 = 1 << 5;
const COMPRESSED: u8 = 1 << 6;
const MASKED: u8 = 1 << 7;

/// A frame in bytes: the opcode and flags, the payload's length as a little-endian double, then the preview.
pub fn encode(frame: &FrameRecord) -> Vec<u8> {
    let mut first = frame.opcode.number();
    for (bit, is_set) in [
        (SENT, frame.direction == Direction::Sent),
        (FIN, frame.fin),
        (COMPRESSED, frame.compressed),
        (MASKED, frame.masked),
    ] {
        if is_set {
            first |= bit;
        }
    }
    let mut bytes = vec![first];
    bytes.extend_from_slice(&(frame.len as f64).to_le_bytes());
    bytes.extend_from_slice(&frame.preview);
    bytes
}
