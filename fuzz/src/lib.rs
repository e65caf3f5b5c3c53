//! Properties of any input and any calls. Each check takes the fuzzer's bytes, and panics if its property doesn't hold.

pub mod connection;
pub mod deflate;
pub mod frames;
pub mod handshake;
#[path = "../../tests/protocol/holder.rs"]
mod holder;
#[path = "../../tests/protocol/memory.rs"]
pub mod memory;
pub mod tls;
mod wire;

use websocket_wasm::protocol::internals::{OpenConnection, Role};
use websocket_wasm::protocol::{Config, Event, RandomError};

/// The maximum size of a message in the checks.
const LIMIT: u64 = 1 << 16;

/// An event in the form in which it is compared: a message is its bytes.
#[derive(Debug, PartialEq)]
enum Seen {
    Message(bool, Vec<u8>),
    Other(Event),
}

fn seen(event: Event) -> Seen {
    match event {
        Event::Message(message) => {
            assert!(message.len() as u64 <= LIMIT, "a message over the limit");
            let text = message.is_text();
            let bytes = message.into_bytes();
            assert!(!text || str::from_utf8(&bytes).is_ok(), "a text that isn't UTF-8");
            Seen::Message(text, bytes)
        }
        event => Seen::Other(event),
    }
}

fn random(bytes: &mut [u8]) -> Result<(), RandomError> {
    getrandom::fill(bytes).map_err(|_| RandomError)
}

fn config(change: impl FnOnce(&mut Config)) -> Config {
    let mut config = Config::default();
    change(&mut config);
    config
}

fn open_connection(role: Role, config: &Config) -> OpenConnection {
    OpenConnection::new(role, config, random)
}
