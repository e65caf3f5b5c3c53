//! What `connectionOf()` adds to the interface: pings, frames, counters, an end at once.

use wasm_bindgen::prelude::*;

use super::Socket;
use crate::dom::engine;
use crate::dom::failure::Failure;
use crate::dom::frame;
use crate::dom::ready_state::ReadyState;
use crate::protocol::deflate::Side;
use crate::protocol::{Statistics, Traffic};

#[wasm_bindgen]
impl Socket {
    /// Sends a ping of at most 125 bytes. Returns whether it was sent.
    pub fn ping(&mut self, payload: &[u8]) -> bool {
        self.state == ReadyState::Open && self.connection.ping(payload).is_ok()
    }

    /// Ends the connection at once, in any state: nothing more is written.
    pub fn terminate(&mut self) -> u32 {
        if self.state != ReadyState::Closed {
            self.state = ReadyState::Closing;
            self.send_queue.clear();
            self.abort_for(Failure::Terminated);
        }
        self.status_word()
    }

    /// Says whether the message that is sent next is compressed; `undefined` if its length decides.
    #[wasm_bindgen(js_name = compressNext)]
    pub fn compress_next(&mut self, choice: Option<bool>) {
        self.compress = choice;
    }

    /// Records frames from now on, with the first `preview` bytes of their payloads; `undefined` stops it. `pings`: whether
    /// received pings are events from now on.
    pub fn trace(&mut self, preview: Option<u32>, pings: bool) -> u32 {
        self.connection.trace(preview.map(|bytes| bytes as usize));
        self.connection.report_pings(pings);
        self.status_word()
    }

    /// The next frame that was recorded, as `dom::frame` encodes it. When there is none, more input may have been read:
    /// [`status`](Self::status).
    #[wasm_bindgen(js_name = nextFrame, unchecked_return_type = "Uint8Array<ArrayBuffer> | undefined")]
    pub fn next_frame(&mut self) -> JsValue {
        self.connection.poll_frame().map_or(JsValue::UNDEFINED, |frame| engine::copy(&frame::encode(&frame)))
    }

    /// A number that describes the connection: the counters of what was sent (0 to 5) and of what was received (6 to 11), in
    /// the order of [`Traffic`]'s members; then (12) for compression 0 if it isn't in use, otherwise the bits of the server's
    /// window, 16 if it has no context takeover, and the same of the client, times 256.
    pub fn fact(&self, which: u32) -> f64 {
        let agreement = self.connection.compression().filter(|_| self.state != ReadyState::Connecting);
        let Statistics { sent, received, .. } = self.connection.statistics();
        let Traffic { messages, frames, bytes, payload, plain, deflated, .. } = if which < 6 { sent } else { received };
        let number = match which % 6 {
            _ if which == 12 => agreement.map_or(0, |agreement| side(&agreement.server) | side(&agreement.client) << 8),
            0 => messages,
            1 => frames,
            2 => bytes,
            3 => payload,
            4 => plain,
            _ => deflated,
        };
        number as f64
    }
}

fn side(side: &Side) -> u64 {
    u64::from(side.window_bits.get()) | u64::from(side.no_context_takeover) << 4
}
