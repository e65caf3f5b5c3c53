//! Frames as the trace shows them to JavaScript.

use wasm_bindgen::prelude::*;

use crate::protocol::{Direction, FrameRecord};

/// One frame that passed.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Frame(FrameRecord);

#[wasm_bindgen]
impl Frame {
    /// Whether it went to the server.
    #[wasm_bindgen(getter)]
    pub fn sent(&self) -> bool {
        self.0.direction == Direction::Sent
    }

    /// Whether it is its message's last fragment.
    #[wasm_bindgen(getter)]
    pub fn fin(&self) -> bool {
        self.0.head.fin
    }

    /// Whether its message is compressed: RSV1, on the first fragment (RFC 7692 6).
    #[wasm_bindgen(getter)]
    pub fn compressed(&self) -> bool {
        self.0.head.compressed
    }

    /// The opcode's number (RFC 6455 5.2).
    #[wasm_bindgen(getter)]
    pub fn opcode(&self) -> u8 {
        self.0.head.opcode.number()
    }

    /// Whether its payload is masked on the wire.
    #[wasm_bindgen(getter)]
    pub fn masked(&self) -> bool {
        self.0.head.key.is_some()
    }

    /// The payload's length in bytes.
    #[wasm_bindgen(getter)]
    pub fn length(&self) -> f64 {
        self.0.head.len as f64
    }

    /// The first bytes of its payload, unmasked; compressed where the message is.
    #[wasm_bindgen(getter)]
    pub fn preview(&self) -> Vec<u8> {
        self.0.preview.clone()
    }
}

impl From<FrameRecord> for Frame {
    fn from(record: FrameRecord) -> Self {
        Self(record)
    }
}
