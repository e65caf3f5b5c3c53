//! What must hold whatever comes in and whatever is called. Each check takes the fuzzer's bytes, and panics where it doesn't.

pub mod connection;
pub mod deflate;
pub mod frames;
pub mod handshake;
pub mod memory;
mod wire;

use websocket_wasm::protocol::{Event, Message};

/// The largest message that the checks allow.
const LIMIT: u64 = 1 << 16;

/// An event as it is compared: large messages in one piece.
#[derive(Debug, PartialEq)]
enum Seen {
    Message(bool, Vec<u8>),
    Other(Event),
}

fn seen(event: Event) -> Seen {
    match event {
        Event::Message(message) => {
            assert!(message.size() as u64 <= LIMIT, "a message over the limit");
            let text = matches!(message, Message::Text(_) | Message::Large { text: true, .. });
            let bytes = message.into_bytes();
            assert!(!text || str::from_utf8(&bytes).is_ok(), "a text that isn't UTF-8");
            Seen::Message(text, bytes)
        }
        event => Seen::Other(event),
    }
}
