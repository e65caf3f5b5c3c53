//! Compressed messages (RFC 7692 6, 7.2).

mod any_messages;
mod codec;
mod receiving;
mod sending;

use websocket_wasm::protocol::deflate::{Offer, WindowBits};
use websocket_wasm::protocol::internals::{Agreement, OpenConnection, Role, Side};
use websocket_wasm::protocol::{Error, Event, Message};

use crate::support::*;

const RSV1: u8 = 0x40;
const LIMIT: u64 = 1 << 20;

fn side(no_context_takeover: bool, bits: u8) -> Side {
    Side { no_context_takeover, window_bits: WindowBits::new(bits).unwrap() }
}

fn stream_with(role: Role, agreement: &Agreement, offer: &Offer) -> OpenConnection {
    let config = config(|config| config.max_message_size = LIMIT);
    let mut stream = open_connection(role, &config);
    stream.compress(agreement, offer);
    stream
}

/// Compresses everything that shrinks.
fn eager() -> Offer {
    offer(|offer| offer.threshold = 0)
}

fn client() -> OpenConnection {
    stream_with(Role::Client, &Agreement::default(), &eager())
}

fn server(agreement: &Agreement, offer: &Offer) -> OpenConnection {
    stream_with(Role::Server, agreement, offer)
}

fn text(text: &str) -> Event {
    Event::Message(Message::text(text))
}

fn binary(bytes: impl AsRef<[u8]>) -> Event {
    Event::Message(Message::binary(bytes.as_ref().to_vec()))
}

/// Whether these events end with that failure and no other.
fn fails_with(events: &[Event], error: &Error) -> bool {
    matches!(events.last(), Some(Event::Closed(closed)) if closed.error.as_ref() == Some(error) && closed.code == 1006)
}

const HELLO: [u8; 7] = [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00];
