//! A driver that keeps payloads (`receive_in_place`). The fuzz targets share this file.

use std::collections::VecDeque;

use websocket_wasm::protocol::internals::OpenConnection;
use websocket_wasm::protocol::{Event, Message, MessageKind, PayloadRange};

/// An endpoint whose driver holds the payloads.
pub struct Holder {
    pub endpoint: OpenConnection,
    complete: VecDeque<Message>,
    /// The payload so far of the message that isn't complete.
    partial: Vec<u8>,
}

impl Holder {
    /// A driver of that endpoint.
    pub fn new(endpoint: OpenConnection) -> Self {
        Self { endpoint, complete: VecDeque::new(), partial: Vec::new() }
    }

    /// Receives bytes, and skips what it may.
    pub fn receive(&mut self, mut input: &[u8]) {
        let skippable = usize::try_from(self.endpoint.skippable()).unwrap_or(usize::MAX);
        if skippable > 0 {
            let (piece, rest) = input.split_at(skippable.min(input.len()));
            input = rest;
            self.partial.extend(piece);
            if self.endpoint.skip(piece.len() as u64, 0) {
                self.complete.push_back(Message::binary(std::mem::take(&mut self.partial)));
            }
        }
        for range in self.endpoint.receive_in_place(input, 0, 0).to_vec() {
            let PayloadRange { start, len, kind, is_ascii, is_last, .. } = range;
            let piece = &input[start..start + len];
            assert!(len > 0 || is_last);
            assert_eq!(is_ascii, kind == MessageKind::Text && piece.is_ascii());
            self.partial.extend(piece);
            if is_last {
                let payload = std::mem::take(&mut self.partial);
                self.complete.push_back(match kind {
                    MessageKind::Text => Message::text(String::from_utf8(payload).expect("valid UTF-8")),
                    MessageKind::Binary => Message::binary(payload),
                });
            }
        }
        self.give();
    }

    /// Gives back what is wanted.
    pub fn give(&mut self) {
        if self.endpoint.wants_partial() {
            let partial = std::mem::take(&mut self.partial);
            assert!(!partial.is_empty());
            self.endpoint.give_partial(&partial);
            assert!(!self.endpoint.wants_partial());
        }
    }

    /// The next event; a message in place as `receive` would have it.
    pub fn poll(&mut self) -> Option<Event> {
        let run = self.endpoint.in_place_run();
        assert_eq!(run > 0, matches!(self.endpoint.peek_event(), Some(Event::InPlace(..))));
        match self.endpoint.poll_event()? {
            Event::InPlace(kind, len) => {
                assert!(run > 0);
                let message = self.complete.pop_front().expect("a message that is held");
                assert_eq!((message.kind(), message.len()), (kind, len));
                Some(Event::Message(message))
            }
            event => Some(event),
        }
    }

    /// The payloads of the next `count` messages in place, whose events were removed.
    pub fn take(&mut self, count: usize) -> impl Iterator<Item = Message> {
        self.complete.drain(..count.min(self.complete.len()))
    }

    /// All events.
    pub fn events(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.poll()).collect()
    }
}
