//! This crate, by each of its ways.

use std::ops::Range;

use rand::Rng;
use rand::rngs::StdRng;
use websocket_wasm::protocol::internals::{OpenConnection, Role};
use websocket_wasm::protocol::{Config, Event, Filled, MessageKind};

use super::{Contender, Job, MAX_MESSAGE, Tally};
use crate::wire::Wire;

/// The size of a chunk that is read.
const CHUNK: usize = 32 << 10;

/// How much output is written at a time.
const OUTPUT: usize = 64 << 10;

fn open() -> OpenConnection {
    let mut config = Config::default();
    config.max_message_size = MAX_MESSAGE as u64;
    // As good as the generator of those that use `rand::rng()`, and like that one no call of the system for each message.
    let mut random: StdRng = rand::make_rng();
    OpenConnection::new(Role::Client, &config, move |bytes| {
        random.fill_bytes(bytes);
        Ok(())
    })
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
                tally.add_chunks(message.chunks());
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

/// `receive_in_place`: a payload stays in the buffer that it was read to. And `send_with`.
pub struct InPlace {
    connection: OpenConnection,
    wire: Wire,
    buffer: Vec<u8>,
    /// Where the payload of the message that isn't complete is in `buffer`.
    partial: Option<Range<usize>>,
    job: Job,
}

impl InPlace {
    pub fn new(job: &Job, wire: Wire) -> Self {
        Self { connection: open(), wire, buffer: Vec::new(), partial: None, job: job.clone() }
    }

    /// Reads the next bytes behind the payload that they belong to, if there is one, and at most up to its end. Returns where
    /// they are.
    fn read(&mut self) -> Range<usize> {
        let rest = usize::try_from(self.connection.skippable()).expect("an addressable payload");
        match &mut self.partial {
            None => self.buffer.clear(),
            // To the front, or the buffer would grow with each message that is in two chunks. Not if that moves much.
            Some(partial) if partial.start >= partial.len() => {
                self.buffer.copy_within(partial.clone(), 0);
                *partial = 0..partial.len();
                self.buffer.truncate(partial.end);
            }
            Some(_) => {}
        }
        self.buffer.reserve(if rest > 0 { rest } else { CHUNK });
        let start = self.buffer.len();
        let len = self.wire.read_to(&mut self.buffer, if rest > 0 { rest } else { CHUNK });
        start..start + len
    }
}

impl Contender for InPlace {
    fn parse(&mut self, count: usize, tally: &mut Tally) {
        let end = tally.messages + count;
        while tally.messages < end {
            let Range { start, end: read } = self.read();
            if self.connection.skippable() > 0 {
                let payload = self.partial.as_ref().map_or(start, |partial| partial.start)..read;
                self.partial = Some(payload.clone());
                if self.connection.skip((read - start) as u64, 0) {
                    tally.add(&self.buffer[payload]);
                    self.partial = None;
                    self.connection.take_in_place(1);
                }
                continue;
            }
            for range in self.connection.receive_in_place(&self.buffer[start..], 0, 0) {
                let piece = start + range.start..start + range.start + range.len;
                let payload = match self.partial.take() {
                    None => piece,
                    Some(partial) => {
                        assert_eq!(partial.end, piece.start, "this driver knows no fragments");
                        partial.start..piece.end
                    }
                };
                if range.is_last {
                    tally.add(&self.buffer[payload]);
                } else {
                    self.partial = Some(payload);
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
