//! This crate, by each of its ways.

use std::cell::RefCell;

use websocket_wasm::protocol::internals::{OpenConnection, Role};
use websocket_wasm::protocol::{Config, Event, Filled, MessageKind, PayloadRange, RandomError, RandomPool};

use super::{Contender, Job, MAX_MESSAGE, Tally};
use crate::wire::Wire;

/// The size of a chunk that is read.
const CHUNK: usize = 128 << 10;

/// How much output is written at a time.
const OUTPUT: usize = 64 << 10;

thread_local! {
    static POOL: RefCell<RandomPool> = const { RefCell::new(RandomPool::new()) };
}

fn random(bytes: &mut [u8]) -> Result<(), RandomError> {
    POOL.with_borrow_mut(|pool| pool.fill(bytes, |bytes| getrandom::fill(bytes).map_err(|_| RandomError)))
}

fn open() -> OpenConnection {
    let mut config = Config::default();
    config.max_message_size = MAX_MESSAGE as u64;
    OpenConnection::new(Role::Client, &config, random)
}

/// Writes the output to the wire, all of it or as soon as it is worth it.
fn write(connection: &mut OpenConnection, wire: &mut Wire, all: bool) {
    if connection.output_len() >= if all { 1 } else { OUTPUT } {
        let len = std::io::Write::write(wire, connection.output()).expect("written");
        connection.advance_output(len);
        connection.written(len as u64, 0);
    }
}

/// `receive`, with messages of their own; `send_text` and `send_binary`.
pub struct Owned {
    connection: OpenConnection,
    wire: Wire,
    chunk: Vec<u8>,
    job: Job,
}

impl Owned {
    pub fn new(job: &Job, wire: Wire) -> Self {
        Self { connection: open(), wire, chunk: Vec::with_capacity(CHUNK), job: job.clone() }
    }
}

impl Contender for Owned {
    fn parse(&mut self, count: usize, tally: &mut Tally) {
        let end = tally.messages + count;
        while tally.messages < end {
            self.chunk.clear();
            self.wire.read_to(&mut self.chunk, CHUNK);
            self.connection.receive(&self.chunk, 0);
            while let Some(event) = self.connection.poll_event() {
                let Event::Message(message) = event else { panic!("{event:?}") };
                let chunks = message.into_chunks();
                match &*chunks {
                    [only] => tally.add(only),
                    // As long as one chunk, but not in one piece.
                    chunks => tally.add(&chunks.concat()),
                }
            }
        }
    }

    fn build(&mut self, count: usize) {
        for _ in 0..count {
            let sent = match self.job.is_text {
                true => self.connection.send_text(str::from_utf8(&self.job.payload).expect("UTF-8")),
                false => self.connection.send_binary(&self.job.payload),
            };
            sent.expect("sent");
            write(&mut self.connection, &mut self.wire, false);
        }
        write(&mut self.connection, &mut self.wire, true);
    }
}

/// `receive_in_place`, with payloads in the chunk, or in a buffer of their own if they are longer; `send_with`.
pub struct InPlace {
    connection: OpenConnection,
    wire: Wire,
    chunk: Vec<u8>,
    /// The payload so far of the message that isn't complete.
    partial: Vec<u8>,
    job: Job,
}

impl InPlace {
    pub fn new(job: &Job, wire: Wire) -> Self {
        Self { connection: open(), wire, chunk: Vec::with_capacity(CHUNK), partial: Vec::new(), job: job.clone() }
    }
}

impl Contender for InPlace {
    fn parse(&mut self, count: usize, tally: &mut Tally) {
        let end = tally.messages + count;
        while tally.messages < end {
            // A long payload is read to where it belongs.
            let skippable = self.connection.skippable() as usize;
            if skippable >= CHUNK / 2 {
                self.partial.reserve_exact(skippable);
                let len = self.wire.read_to(&mut self.partial, skippable);
                if self.connection.skip(len as u64, 0) {
                    tally.add(&std::mem::take(&mut self.partial));
                    self.connection.take_in_place(1);
                }
                continue;
            }
            self.chunk.clear();
            self.wire.read_to(&mut self.chunk, CHUNK);
            for &PayloadRange { start, len, is_last, .. } in self.connection.receive_in_place(&self.chunk, 0, 0) {
                let piece = &self.chunk[start..start + len];
                if is_last && self.partial.is_empty() {
                    tally.add(piece);
                    continue;
                }
                self.partial.extend_from_slice(piece);
                if is_last {
                    tally.add(&self.partial);
                    self.partial.clear();
                }
            }
            assert!(!self.connection.wants_partial());
            let messages = self.connection.in_place_run();
            assert_eq!(messages, self.connection.event_count());
            self.connection.take_in_place(messages);
        }
    }

    fn build(&mut self, count: usize) {
        let payload = &self.job.payload;
        let kind = if self.job.is_text { MessageKind::Text } else { MessageKind::Binary };
        for _ in 0..count {
            let mut fill = |room: &mut [u8]| {
                room.copy_from_slice(payload);
                Filled { written: payload.len(), needed: 0 }
            };
            self.connection.send_with(kind, payload.len(), &mut fill).expect("sent");
            write(&mut self.connection, &mut self.wire, false);
        }
        write(&mut self.connection, &mut self.wire, true);
    }
}
