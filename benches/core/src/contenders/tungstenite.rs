//! tungstenite, with its default buffers: 128 KiB each way.

use bytes::Bytes;
use tungstenite::protocol::{Role, WebSocketConfig};
use tungstenite::{Message, Utf8Bytes, WebSocket};

use super::{Contender, Job, MAX_MESSAGE, Tally};
use crate::wire::Wire;

pub struct Tungstenite {
    socket: WebSocket<Wire>,
    message: Message,
}

impl Tungstenite {
    pub fn new(job: &Job, wire: Wire) -> Self {
        let config = WebSocketConfig::default().max_message_size(Some(MAX_MESSAGE)).max_frame_size(Some(MAX_MESSAGE));
        let payload = Bytes::copy_from_slice(&job.payload);
        let message = match job.is_text {
            true => Message::Text(Utf8Bytes::try_from(payload).expect("UTF-8")),
            false => Message::Binary(payload),
        };
        Self { socket: WebSocket::from_raw_socket(wire, Role::Client, Some(config)), message }
    }
}

impl Contender for Tungstenite {
    fn parse(&mut self, count: usize, tally: &mut Tally) {
        for _ in 0..count {
            match self.socket.read().expect("a message") {
                Message::Text(text) => tally.add(text.as_bytes()),
                Message::Binary(bytes) => tally.add(&bytes),
                other => panic!("{other:?}"),
            }
        }
    }

    fn build(&mut self, count: usize) {
        for _ in 0..count {
            self.socket.write(self.message.clone()).expect("sent");
        }
        self.socket.flush().expect("written");
    }
}
