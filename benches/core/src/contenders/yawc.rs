//! yawc, with the buffers of its own benchmark, and with validation of UTF-8, which is off by default.

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use yawc::{Frame, Options, Role, WebSocket};

use super::{Contender, Job, MAX_MESSAGE, Tally};
use crate::wire::{Wire, ready};

pub struct Yawc {
    socket: WebSocket<Wire>,
    frame: Frame,
}

impl Yawc {
    pub fn new(job: &Job, wire: Wire) -> Self {
        let options = Options::default()
            .with_limits(MAX_MESSAGE, MAX_MESSAGE)
            .with_read_buffer_capacity(128 << 10)
            .with_backpressure_boundary(64 << 10)
            .without_compression()
            .with_utf8();
        let socket = WebSocket::from_stream(wire, Role::Client, options).expect("a socket");
        let payload = Bytes::copy_from_slice(&job.payload);
        let frame = if job.is_text { Frame::text(payload) } else { Frame::binary(payload) };
        Self { socket, frame }
    }
}

impl Contender for Yawc {
    fn parse(&mut self, count: usize, tally: &mut Tally) {
        ready(async {
            for _ in 0..count {
                tally.add(self.socket.next().await.expect("a message").payload());
            }
        });
    }

    fn build(&mut self, count: usize) {
        ready(async {
            for _ in 0..count {
                self.socket.feed(self.frame.clone()).await.expect("sent");
            }
            self.socket.flush().await.expect("written");
        });
    }
}
