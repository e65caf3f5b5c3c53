//! The interface: attributes, `send()` and `close()` (WHATWG WebSockets 3.1).

use js_sys::{JsString, Uint8Array};
use wasm_bindgen::prelude::*;

use super::Socket;
use crate::dom::close::{InvalidClose, close_frame};
use crate::dom::engine;
use crate::dom::exception::{invalid_access_error, syntax_error};
use crate::dom::failure::Failure;
use crate::dom::ready_state::ReadyState;
use crate::dom::send_queue::Outgoing;
use crate::protocol::{Filled, Fragment, MessageKind, SendError};

/// Returned in place of a length.
const NOT_SENT: f64 = -1.0;

#[wasm_bindgen]
impl Socket {
    /// `url`.
    #[wasm_bindgen(getter)]
    pub fn url(&self) -> JsString {
        self.url.href.as_str().into()
    }

    /// `bufferedAmount`, in bytes.
    #[wasm_bindgen(getter, js_name = bufferedAmount)]
    pub fn buffered_amount(&self) -> f64 {
        self.buffered.get() as f64
    }

    /// `protocol` and `extensions`, with a line feed between them, which neither has.
    #[wasm_bindgen(getter)]
    pub fn agreement(&self) -> JsString {
        self.agreement.as_str().into()
    }

    /// `send()` of a string of `length` code units, in the state OPEN. Returns the number of bytes by which
    /// `bufferedAmount` grew, or -1 if nothing was sent: then the caller calls [`count`](Self::count).
    #[wasm_bindgen(js_name = sendText)]
    pub fn send_text(&mut self, text: &JsString, length: u32) -> f64 {
        if !self.can_send() {
            return NOT_SENT;
        }
        if !self.send_queue.is_empty() {
            let text = String::from(text);
            let len = text.len() as u64;
            self.send_queue.push(Outgoing::Text(text, self.compress.take()));
            self.buffered.add(len);
            return len as f64;
        }
        self.choose_compression();
        self.lend_memory();
        let mut read = 0;
        let sent = self.connection.send_with(MessageKind::Text, length as usize, &mut |to| {
            let encoded = engine::encode(text, read, to) as u64;
            read += (encoded >> 24) as u32;
            // A code unit has at most three bytes in UTF-8.
            Filled { written: (encoded & 0xFF_FFFF) as usize, needed: (length - read) as usize * 3 }
        });
        self.sent_whole(sent, length.into())
    }

    /// `send()` of an ArrayBuffer or a view, as a view of its `length` bytes. Returns what [`send_text`](Self::send_text)
    /// does.
    #[wasm_bindgen(js_name = sendBinary)]
    pub fn send_binary(&mut self, bytes: &Uint8Array, length: u32) -> f64 {
        if !self.can_send() {
            return NOT_SENT;
        }
        if !self.send_queue.is_empty() {
            self.send_queue.push(Outgoing::Binary(bytes.to_vec(), self.compress.take()));
            self.buffered.add(length.into());
            return length.into();
        }
        self.choose_compression();
        self.lend_memory();
        let whole = Fragment::Whole(MessageKind::Binary);
        let sent = self.connection.send_fragment(whole, length as usize, |payload| bytes.copy_to(payload));
        self.sent_whole(sent.map(|()| length as usize), length.into())
    }

    /// Counts the payload of a `send()` that sends nothing. Returns the new `bufferedAmount`.
    pub fn count(&mut self, payload: f64) -> f64 {
        self.buffered.add(payload as u64);
        self.buffered_amount()
    }

    /// `send()` of a message in parts: a Blob, or a payload that is too large to be held twice. The caller passes the
    /// parts to [`bring_part`](Self::bring_part) when [`wanted`](Self::wanted) is `id`. Returns whether it will be: not if
    /// the connection is closing.
    #[wasm_bindgen(js_name = sendParts)]
    pub fn send_parts(&mut self, id: u32, text: bool, size: f64) -> bool {
        self.buffered.add(size as u64);
        if self.can_send() {
            let kind = if text { MessageKind::Text } else { MessageKind::Binary };
            self.send_queue.push_parts(id, kind, size as u64, self.compress.take());
            return true;
        }
        false
    }

    /// `close()`.
    ///
    /// # Errors
    /// An `InvalidAccessError` for the code, a `SyntaxError` for the reason, in that order and in every state.
    pub fn close(&mut self, code: Option<u16>, reason: Option<String>, now: f64) -> Result<u32, JsValue> {
        let frame = close_frame(code, reason.as_deref()).map_err(close_exception)?;
        match self.state {
            ReadyState::Closing | ReadyState::Closed => return Ok(self.status_word()),
            // The connection may be established, and its open event not dispatched: it never will be.
            ReadyState::Connecting => self.abort_for(Failure::Aborted),
            ReadyState::Open if self.send_queue.is_empty() => self.connection.close(&frame, now as u64),
            ReadyState::Open => {
                self.connection.announce_close(now as u64);
                self.send_queue.push(Outgoing::Close(frame));
            }
        }
        self.state = ReadyState::Closing;
        Ok(self.status_word())
    }

    /// Whether data is sent; in other states it is only counted.
    fn can_send(&self) -> bool {
        self.state == ReadyState::Open && self.connection.is_open()
    }

    fn choose_compression(&mut self) {
        if self.compress.is_some() {
            self.connection.compress_next(self.compress.take());
        }
    }

    pub(super) fn send_bytes(&mut self, fragment: Fragment, bytes: &Uint8Array, len: u32) {
        let sent = self.connection.send_fragment(fragment, len as usize, |payload| bytes.copy_to(payload));
        self.sent(sent, len.into());
    }

    /// A message was framed when `send()` was called, or couldn't be.
    fn sent_whole(&mut self, sent: Result<usize, SendError>, length: u64) -> f64 {
        if let Ok(len) = sent {
            self.buffered.add(len as u64);
            self.sent(Ok(()), len as u64);
            return len as f64;
        }
        self.sent(sent.map(drop), length);
        NOT_SENT
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
