//! tokio-websockets, with `fastrand`, which its documentation calls the fastest.

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use tokio_websockets::{ClientBuilder, Config, Limits, Message, Payload, WebSocketStream};

use super::{Contender, Job, MAX_MESSAGE, Tally};
use crate::wire::{Wire, ready};

pub struct TokioWebSockets {
    socket: WebSocketStream<Wire>,
    message: Message,
}

impl TokioWebSockets {
    pub fn new(job: &Job, wire: Wire) -> Self {
        // One frame for each message, as the others write it.
        let config = Config::default().frame_size(MAX_MESSAGE).flush_threshold(64 << 10);
        let socket = ClientBuilder::new()
            .config(config)
            .limits(Limits::default().max_payload_len(Some(MAX_MESSAGE)))
            .take_over(wire);
        let payload = Payload::from(Bytes::copy_from_slice(&job.payload));
        let message = if job.is_text { Message::text(payload) } else { Message::binary(payload) };
        Self { socket, message }
    }
}

impl Contender for TokioWebSockets {
    fn parse(&mut self, count: usize, tally: &mut Tally) {
        ready(async {
            for _ in 0..count {
                tally.add(self.socket.next().await.expect("a message").expect("a message").as_payload());
            }
        });
    }

    fn build(&mut self, count: usize) {
        ready(async {
            for _ in 0..count {
                self.socket.feed(self.message.clone()).await.expect("sent");
            }
            self.socket.flush().await.expect("written");
        });
    }
}
