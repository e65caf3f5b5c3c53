//! Frames of a peer (RFC 6455 5): what comes of them doesn't depend on how they are cut, and no bytes panic.

use websocket_wasm::protocol::deflate::{Agreement, Offer};
use websocket_wasm::protocol::{Config, MessageStream, Role};

use crate::{LIMIT, Seen, seen};

fn stream(choice: u8) -> MessageStream {
    let role = if choice & 1 == 0 { Role::Client } else { Role::Server };
    let config = Config {
        max_message_size: LIMIT,
        max_fragments: 100,
        // Small enough that events wait for one another.
        high_water_mark: if choice & 2 == 0 { 1 << 20 } else { 200 },
        ..Config::default()
    };
    let mut stream = MessageStream::new(role, &config);
    if choice & 4 != 0 {
        stream.compress(&Agreement::default(), &Offer::default());
    }
    stream
}

/// The events, and the Close frame's presence in what is answered.
fn read(choice: u8, bytes: &[u8], piece: usize) -> Vec<Seen> {
    let mut stream = stream(choice);
    let mut events = Vec::new();
    for piece in bytes.chunks(piece) {
        stream.receive(piece, 0);
        // Now and then only: events may gather.
        if piece.len().is_multiple_of(2) {
            events.extend(std::iter::from_fn(|| stream.poll_event()).map(seen));
        }
    }
    stream.end();
    events.extend(std::iter::from_fn(|| stream.poll_event()).map(seen));
    assert!(!stream.has_event());
    assert!(!stream.is_open());
    events
}

/// The check.
pub fn check(data: &[u8]) {
    let [choice, piece, bytes @ ..] = data else { return };
    let whole = read(*choice, bytes, usize::MAX);
    let pieces = read(*choice, bytes, 1 + usize::from(*piece));
    assert_eq!(whole, pieces);
    let roomy = read(choice ^ 2, bytes, usize::MAX);
    assert_eq!(whole, roomy);
}
