//! Frames, as the trace reports them to JavaScript.

use wasm_bindgen::prelude::*;

use crate::protocol::{Direction, FrameRecord};

/// A frame that was sent or received.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Frame(FrameRecord);

#[wasm_bindgen]
impl Frame {
    /// Whether it was sent to the server.
    #[wasm_bindgen(getter)]
    pub fn sent(&self) -> bool {
        self.0.direction == Direction::Sent
    }

    /// Whether it is the final fragment of its message.
    #[wasm_bindgen(getter)]
    pub fn fin(&self) -> bool {
        self.0.fin
    }

    /// Whether its message is compressed: RSV1, on the first fragment (RFC 7692 6).
    #[wasm_bindgen(getter)]
    pub fn compressed(&self) -> bool {
        self.0.compressed
    }

    /// The number of the opcode (RFC 6455 5.2).
    #[wasm_bindgen(getter)]
    pub fn opcode(&self) -> u8 {
        self.0.opcode.number()
    }

    /// Whether the payload is masked on the wire.
    #[wasm_bindgen(getter)]
    pub fn masked(&self) -> bool {
        self.0.masked
    }

    /// The length of the payload in bytes.
    #[wasm_bindgen(getter)]
    pub fn length(&self) -> f64 {
        self.0.len as f64
    }

    /// The first bytes of the payload, unmasked; compressed if the message is.
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
