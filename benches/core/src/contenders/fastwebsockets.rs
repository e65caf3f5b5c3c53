//! fastwebsockets: fragments are collected, as the others do. It masks a payload where it is, so the payload, which is to
//! stay as it is, is copied before.

use fastwebsockets::{FragmentCollector, Frame, OpCode, Payload, Role, WebSocket};

use super::{Contender, Job, MAX_MESSAGE, Tally};
use crate::wire::{Wire, ready};

pub struct FastWebSockets {
    socket: FragmentCollector<Wire>,
    job: Job,
    copy: Vec<u8>,
}

impl FastWebSockets {
    pub fn new(job: &Job, wire: Wire) -> Self {
        let mut socket = WebSocket::after_handshake(wire, Role::Client);
        socket.set_max_message_size(MAX_MESSAGE);
        Self { socket: FragmentCollector::new(socket), job: job.clone(), copy: Vec::new() }
    }
}

impl Contender for FastWebSockets {
    fn parse(&mut self, count: usize, tally: &mut Tally) {
        ready(async {
            for _ in 0..count {
                tally.add(&self.socket.read_frame().await.expect("a message").payload);
            }
        });
    }

    fn build(&mut self, count: usize) {
        let opcode = if self.job.is_text { OpCode::Text } else { OpCode::Binary };
        let Self { socket, job, copy } = self;
        ready(async {
            for _ in 0..count {
                copy.clear();
                copy.extend_from_slice(&job.payload);
                let frame = Frame::new(true, opcode, None, Payload::BorrowedMut(copy));
                socket.write_frame(frame).await.expect("written");
            }
        });
    }
}
