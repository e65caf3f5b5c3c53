//! Frames of a peer (RFC 6455 5): the events don't depend on how the bytes are cut, and no bytes panic.

use websocket_wasm::protocol::deflate::Offer;
use websocket_wasm::protocol::internals::{Agreement, OpenConnection, Role};

use crate::{LIMIT, Seen, config, open_connection, seen};

fn stream(choice: u8) -> OpenConnection {
    let role = if choice & 1 == 0 { Role::Client } else { Role::Server };
    let config = config(|config| {
        config.max_message_size = LIMIT;
        config.max_fragments = 100;
        // The small one is soon full: later frames wait until events are taken.
        config.high_water_mark = if choice & 2 == 0 { 1 << 20 } else { 200 };
    });
    let mut stream = open_connection(role, &config);
    if choice & 4 != 0 {
        stream.compress(&Agreement::default(), &Offer::default());
    }
    stream
}

/// The events for the bytes, received in pieces of `piece`.
fn read(choice: u8, bytes: &[u8], piece: usize) -> Vec<Seen> {
    let mut stream = stream(choice);
    let mut events = Vec::new();
    for piece in bytes.chunks(piece) {
        stream.receive(piece, 0);
        // Not after every piece: events may wait.
        if piece.len().is_multiple_of(2) {
            events.extend(std::iter::from_fn(|| stream.poll_event()).map(seen));
        }
    }
    stream.end(0);
    events.extend(std::iter::from_fn(|| stream.poll_event()).map(seen));
    assert!(stream.peek_event().is_none());
    assert!(!stream.is_open());
    events
}

/// Panics if any of this doesn't hold.
pub fn check(data: &[u8]) {
    let [choice, piece, bytes @ ..] = data else { return };
    let whole = read(*choice, bytes, usize::MAX);
    let pieces = read(*choice, bytes, 1 + usize::from(*piece));
    assert_eq!(whole, pieces);
    let roomy = read(choice ^ 2, bytes, usize::MAX);
    assert_eq!(whole, roomy);
}
