//! The interface: attributes, `send()` and `close()` (WHATWG WebSockets 3.1).

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

use super::Socket;
use crate::dom::close::{InvalidClose, close_frame};
use crate::dom::exception::{invalid_access_error, invalid_state_error, syntax_error};
use crate::dom::failure::Failure;
use crate::dom::ready_state::ReadyState;
use crate::dom::send_queue::Outgoing;
use crate::protocol::{Fragment, MessageKind, SendError};

#[wasm_bindgen]
impl Socket {
    /// `url`.
    #[wasm_bindgen(getter)]
    pub fn url(&self) -> String {
        self.url.href.clone()
    }

    /// `readyState`.
    #[wasm_bindgen(getter, js_name = readyState)]
    pub fn ready_state(&self) -> u16 {
        self.state as u16
    }

    /// `bufferedAmount`, in bytes.
    #[wasm_bindgen(getter, js_name = bufferedAmount)]
    pub fn buffered_amount(&self) -> f64 {
        self.buffered.get() as f64
    }

    /// `extensions`.
    #[wasm_bindgen(getter)]
    pub fn extensions(&self) -> String {
        self.extensions.clone()
    }

    /// `protocol`.
    #[wasm_bindgen(getter)]
    pub fn protocol(&self) -> String {
        self.protocol.clone()
    }

    /// `send()` of a string. Returns the new `bufferedAmount`.
    ///
    /// # Errors
    /// An `InvalidStateError` while CONNECTING.
    #[wasm_bindgen(js_name = sendText)]
    pub fn send_text(&mut self, text: &str) -> Result<f64, JsValue> {
        self.count(text.len() as u64)?;
        if self.can_send() {
            if self.send_queue.is_empty() {
                let sent = self.connection.send_text(text);
                self.sent(sent, text.len() as u64);
            } else {
                self.send_queue.push(Outgoing::Text(text.to_owned()));
            }
        }
        Ok(self.buffered_amount())
    }

    /// `send()` of an ArrayBuffer or a view, as a view of its bytes. Returns the new `bufferedAmount`.
    ///
    /// # Errors
    /// An `InvalidStateError` while CONNECTING.
    #[wasm_bindgen(js_name = sendBinary)]
    pub fn send_binary(&mut self, bytes: &Uint8Array) -> Result<f64, JsValue> {
        let len = bytes.length();
        self.count(len.into())?;
        if self.can_send() {
            if self.send_queue.is_empty() {
                self.send_bytes(Fragment::Whole(MessageKind::Binary), bytes);
            } else {
                self.send_queue.push(Outgoing::Binary(bytes.to_vec()));
            }
        }
        Ok(self.buffered_amount())
    }

    /// `send()` of a message in parts: a Blob, or a payload that is too large to be held twice. The caller passes the
    /// parts to [`bring_part`](Self::bring_part) when [`wanted`](Self::wanted) is `id`. Returns whether it will be: not if
    /// the connection is closing.
    ///
    /// # Errors
    /// An `InvalidStateError` while CONNECTING.
    #[wasm_bindgen(js_name = sendParts)]
    pub fn send_parts(&mut self, id: u32, text: bool, size: f64) -> Result<bool, JsValue> {
        self.count(size as u64)?;
        if self.can_send() {
            let kind = if text { MessageKind::Text } else { MessageKind::Binary };
            self.send_queue.push_parts(id, kind, size as u64);
            return Ok(true);
        }
        Ok(false)
    }

    /// `close()`.
    ///
    /// # Errors
    /// An `InvalidAccessError` for the code, a `SyntaxError` for the reason, in that order and in every state.
    pub fn close(&mut self, code: Option<u16>, reason: Option<String>, now: f64) -> Result<(), JsValue> {
        let frame = close_frame(code, reason.as_deref()).map_err(close_exception)?;
        match self.state {
            ReadyState::Closing | ReadyState::Closed => return Ok(()),
            // The connection may be established, and its open event not dispatched: it never will be.
            ReadyState::Connecting => self.abort_for(Failure::Aborted),
            ReadyState::Open if self.send_queue.is_empty() => self.connection.close(&frame, now as u64),
            ReadyState::Open => {
                self.connection.announce_close(now as u64);
                self.send_queue.push(Outgoing::Close(frame));
            }
        }
        self.state = ReadyState::Closing;
        Ok(())
    }

    /// Counts a payload as buffered.
    fn count(&mut self, payload: u64) -> Result<(), JsValue> {
        if self.state == ReadyState::Connecting {
            return Err(still_connecting());
        }
        self.buffered.add(payload);
        Ok(())
    }

    /// Whether data is sent; in other states it is only counted.
    fn can_send(&self) -> bool {
        self.state == ReadyState::Open && self.connection.is_open()
    }

    pub(super) fn send_bytes(&mut self, fragment: Fragment, bytes: &Uint8Array) {
        let len = bytes.length();
        let sent = self.connection.send_fragment(fragment, len as usize, |payload| bytes.copy_to(payload));
        self.sent(sent, len.into());
    }

    pub(super) fn sent(&mut self, sent: Result<(), SendError>, payload: u64) {
        match sent {
            Ok(()) => self.buffered.framed(payload, self.output_taken + self.connection.output_len() as u64),
            Err(SendError::NotOpen) => {}
            // "If the data cannot be sent, e.g. because it would need to be buffered but the buffer is full".
            Err(_) => self.abort_for(Failure::NoMemoryToSend(payload)),
        }
    }
}

/// The checks of `close()` alone, for a socket that was freed.
///
/// # Errors
/// As [`Socket::close`].
#[wasm_bindgen(js_name = checkClose)]
pub fn check_close(code: Option<u16>, reason: Option<String>) -> Result<(), JsValue> {
    close_frame(code, reason.as_deref()).map(drop).map_err(close_exception)
}

fn close_exception(why: InvalidClose) -> JsValue {
    let message = format!("Failed to execute 'close' on 'WebSocket': {why}");
    match why {
        InvalidClose::Code(_) => invalid_access_error(&message),
        InvalidClose::Reason(_) => syntax_error(&message),
    }
}

fn still_connecting() -> JsValue {
    invalid_state_error("Failed to execute 'send' on 'WebSocket': Still in CONNECTING state.")
}
