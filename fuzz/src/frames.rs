//! Frames of a peer (RFC 6455 5): the events don't depend on how the bytes are cut, nor on who holds the payloads, and no
//! bytes panic.

use websocket_wasm::protocol::deflate::Offer;
use websocket_wasm::protocol::internals::{Agreement, OpenConnection, Role};

use crate::holder::Holder;
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

/// The same with the payloads left in the input; frames are recorded for some of the time, if `trace`.
fn read_in_place(choice: u8, bytes: &[u8], piece: usize, trace: bool) -> Vec<Seen> {
    let mut holder = Holder::new(stream(choice));
    let mut events = Vec::new();
    for (at, piece) in bytes.chunks(piece).enumerate() {
        if trace && at % 4 == 1 {
            holder.endpoint.record(if at % 8 == 1 { Some(9) } else { None });
        }
        match piece.len() % 5 {
            0 => {
                holder.endpoint.receive(piece, 0);
                holder.give();
            }
            _ => holder.receive(piece),
        }
        while holder.endpoint.poll_frame().is_some() {}
        if piece.len().is_multiple_of(2) {
            events.extend(std::iter::from_fn(|| holder.poll()).map(seen));
        }
    }
    holder.endpoint.end(0);
    // More is read once records are taken.
    while holder.endpoint.event_count() > 0 {
        events.extend(std::iter::from_fn(|| holder.poll()).map(seen));
        while holder.endpoint.poll_frame().is_some() {}
    }
    assert!(holder.endpoint.event_count() == 0 && holder.take(1).next().is_none());
    events
}

/// Panics if any of this doesn't hold.
pub fn check(data: &[u8]) {
    let [choice, piece, bytes @ ..] = data else { return };
    let whole = read(*choice, bytes, usize::MAX);
    let pieces = read(*choice, bytes, 1 + usize::from(*piece));
    assert_eq!(whole, pieces);
    for size in [usize::MAX, 1 + usize::from(*piece)] {
        let in_place = read_in_place(*choice, bytes, size, piece % 2 == 1);
        assert_eq!(whole, in_place);
    }
    let roomy = read(choice ^ 2, bytes, usize::MAX);
    assert_eq!(whole, roomy);
}
