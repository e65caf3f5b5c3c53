//! What follows from a call: one word, so that the shim need not ask. Its bits are those of src/shim/wasm/status.ts.

use super::Socket;
use crate::protocol::{Event, MessageKind, PayloadRange};

/// An event waits.
const EVENT: u32 = 1 << 0;
/// The next event is a message.
const MESSAGE_NEXT: u32 = 1 << 1;
/// The next event is `error`.
const ERROR_NEXT: u32 = 1 << 2;
/// All events that wait are messages in place.
const IN_PLACE_ONLY: u32 = 1 << 3;
/// No more input is wanted for now.
const FULL: u32 = 1 << 4;
/// The deadline changed since it was last read.
const DEADLINE: u32 = 1 << 5;
/// A Close frame was sent or received.
const CLOSING_HANDSHAKE: u32 = 1 << 6;
/// The bytes of the message that is incomplete are needed.
const PARTIAL_WANTED: u32 = 1 << 7;
/// The next bytes are payload that need not be seen.
const SKIPPABLE: u32 = 1 << 8;
/// Two bits: `readyState`.
const READY_STATE: u32 = 9;
/// There are several payloads in the input: [`Socket::ranges`].
const RANGES: u32 = 1 << 11;
/// There is one, up to the end of the input. The next bits describe it.
const RANGE: u32 = 1 << 12;
const TEXT: u32 = 1 << 13;
const ASCII: u32 = 1 << 14;
/// A message ends.
const LAST: u32 = 1 << 15;
/// Where the payload starts: the other bits.
const START: u32 = 16;

/// The status of a skip.
pub(super) const fn ended(last: bool) -> u32 {
    if last { LAST } else { 0 }
}

/// The part of the status that describes the payloads in `len` bytes of input. Several are written to `table`, in two words
/// each: the start with the description in its upper byte, and the length.
pub(super) fn describe(ranges: &[PayloadRange], len: usize, table: &mut Vec<u32>) -> u32 {
    table.clear();
    match ranges {
        [] => 0,
        [only] if only.start + only.len == len && only.start < 1 << (32 - START) => {
            RANGE | flags(only) | (only.start as u32) << START
        }
        _ => {
            table.resize(ranges.len() * 2, 0);
            for (range, words) in ranges.iter().zip(table.as_chunks_mut().0) {
                // The shim passes at most 8 MiB at a time.
                *words = [range.start as u32 | (flags(range) / TEXT) << 24, range.len as u32];
            }
            RANGES
        }
    }
}

fn flags(range: &PayloadRange) -> u32 {
    let text = if range.kind == MessageKind::Text { TEXT } else { 0 };
    let ascii = if range.is_ascii { ASCII } else { 0 };
    text | ascii | ended(range.is_last)
}

impl Socket {
    /// The status now.
    pub(super) fn status_word(&self) -> u32 {
        let connection = &self.connection;
        let mut status = (self.state as u32) << READY_STATE;
        let mut set = |bit, is_set| {
            if is_set {
                status |= bit;
            }
        };
        set(EVENT, self.dispatch.closed.is_some());
        match connection.peek_event() {
            None => {}
            Some(Event::InPlace(..)) => {
                set(EVENT | MESSAGE_NEXT, true);
                set(IN_PLACE_ONLY, connection.in_place_run() == connection.event_count());
            }
            Some(Event::Message(_)) => set(EVENT | MESSAGE_NEXT, true),
            Some(Event::Closed(closed)) if closed.failed() => set(EVENT | ERROR_NEXT, true),
            Some(_) => set(EVENT, true),
        }
        set(FULL, !connection.wants_input());
        set(DEADLINE, connection.deadline() != self.reported_deadline);
        set(CLOSING_HANDSHAKE, connection.is_closing());
        set(PARTIAL_WANTED, connection.wants_partial());
        set(SKIPPABLE, connection.skippable() > 0);
        status
    }
}
