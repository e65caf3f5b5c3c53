//! The crates that are compared, each used as its documentation says is fastest.

mod fastwebsockets;
mod ours;
mod tokio_websockets;
mod tungstenite;
mod yawc;

use std::hint::black_box;
use std::sync::Arc;

use crate::wire::Wire;

/// The longest message.
const MAX_MESSAGE: usize = 64 << 20;

/// What a row does: messages of one payload are received, or sent.
#[derive(Debug, Clone)]
pub struct Job {
    pub is_text: bool,
    pub payload: Arc<[u8]>,
    /// Frames to be received: a whole number of messages.
    pub frames: Arc<[u8]>,
}

impl Job {
    /// The same with the payload in another place.
    pub fn elsewhere(&self) -> Self {
        Self { payload: Arc::from(&*self.payload), ..self.clone() }
    }
}

/// The payloads that were handed out.
#[derive(Debug)]
pub struct Tally {
    pub messages: usize,
    bytes: usize,
    job: Job,
    /// Whether every payload is compared, not only its length.
    compare: bool,
}

impl Tally {
    /// None yet.
    pub fn new(job: &Job, compare: bool) -> Self {
        Self { messages: 0, bytes: 0, job: job.clone(), compare }
    }

    /// Takes a payload.
    #[inline]
    pub fn add(&mut self, payload: &[u8]) {
        self.messages += 1;
        self.bytes += black_box(payload).len();
        if self.compare {
            assert!(payload == &*self.job.payload, "another payload was received");
        }
    }

    /// Takes a payload in several chunks.
    #[inline]
    pub fn add_chunks<'a>(&mut self, chunks: impl Iterator<Item = &'a [u8]>) {
        self.messages += 1;
        let mut rest = &*self.job.payload;
        for chunk in chunks {
            self.bytes += black_box(chunk).len();
            if self.compare {
                rest = rest.strip_prefix(chunk).expect("another payload was received");
            }
        }
    }

    /// Panics unless all were right.
    pub fn finish(&self) {
        assert_eq!(self.bytes, self.messages * self.job.payload.len());
    }
}

/// A client's connection by one crate, after its handshake.
pub trait Contender {
    /// Receives messages until there are `count`.
    fn parse(&mut self, count: usize, tally: &mut Tally);

    /// Sends the payload `count` times.
    fn build(&mut self, count: usize);
}

/// Names, and constructors.
pub type Contenders = [(&'static str, fn(&Job, Wire) -> Box<dyn Contender>)];

pub const PARSERS: &Contenders = &[
    ("websocket-wasm", |job, wire| Box::new(ours::InPlace::new(job, wire))),
    ("websocket-wasm, owned", |job, wire| Box::new(ours::Owned::new(job, wire))),
    ("tungstenite", |job, wire| Box::new(tungstenite::Tungstenite::new(job, wire))),
    ("fastwebsockets", |job, wire| Box::new(fastwebsockets::FastWebSockets::new(job, wire))),
    ("tokio-websockets", |job, wire| Box::new(tokio_websockets::TokioWebSockets::new(job, wire))),
    ("yawc", |job, wire| Box::new(yawc::Yawc::new(job, wire))),
];

pub const BUILDERS: &Contenders = &[
    ("websocket-wasm", |job, wire| Box::new(ours::Owned::new(job, wire))),
    ("websocket-wasm, filled", |job, wire| Box::new(ours::InPlace::new(job, wire))),
    ("tungstenite", |job, wire| Box::new(tungstenite::Tungstenite::new(job, wire))),
    ("fastwebsockets", |job, wire| Box::new(fastwebsockets::FastWebSockets::new(job, wire))),
    ("tokio-websockets", |job, wire| Box::new(tokio_websockets::TokioWebSockets::new(job, wire))),
    ("yawc", |job, wire| Box::new(yawc::Yawc::new(job, wire))),
];
