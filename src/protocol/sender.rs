//! What goes out: messages and control frames to bytes (RFC 6455 6.1; RFC 7692 6.1).

use std::collections::VecDeque;

use super::deflate::{Deflater, Until};
use super::error::Error;
use super::frame::{Head, MAX_HEAD, Opcode, Role};
use super::mask::{self, Keys};
use super::trace::Trace;

/// Which fragment of which kind of message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Whether the message is a text.
    pub text: bool,
    /// Whether it is the message's first fragment.
    pub first: bool,
    /// Whether it is its last one.
    pub last: bool,
}

impl Part {
    /// A whole message.
    pub const fn whole(text: bool) -> Self {
        Self { text, first: true, last: true }
    }

    fn opcode(self) -> Opcode {
        match self {
            Self { first: false, .. } => Opcode::Continuation,
            Self { text: true, .. } => Opcode::Text,
            _ => Opcode::Binary,
        }
    }
}

/// Writes the frames that one end sends.
#[derive(Debug)]
pub struct Sender {
    role: Role,
    keys: Keys,
    output: Vec<u8>,
    position: Position,
    /// Payloads of pings that are to be answered.
    pongs: VecDeque<Vec<u8>>,
    max_pongs: usize,
    compression: Option<Compression>,
}

/// How far the output has come, in bytes since the connection began.
#[derive(Debug, Default)]
struct Position {
    /// Where the bytes end that were taken.
    taken: u64,
    /// Where the bytes end that the transport has written.
    written: u64,
    /// Where the last data frame ends.
    data: u64,
    /// Where the Close frame ends.
    close: Option<u64>,
}

#[derive(Debug)]
struct Compression {
    deflater: Deflater,
    threshold: u64,
    /// Whether the message whose fragments are being sent is compressed.
    current: bool,
    /// What the next frame's payload is made of, and the payload; kept for their memory.
    plain: Vec<u8>,
    deflated: Vec<u8>,
}

/// Why something could not be sent.
#[derive(Debug)]
pub enum Unsent {
    /// There is no memory for it.
    Full,
    /// The connection can't go on.
    Failed(Error),
}

impl Sender {
    /// One that sends as that role, and answers at most that many pings at once.
    pub fn new(role: Role, max_pongs: usize) -> Self {
        Self {
            role,
            keys: Keys::new(),
            output: Vec::new(),
            position: Position::default(),
            pongs: VecDeque::new(),
            max_pongs,
            compression: None,
        }
    }

    /// Compresses messages of `threshold` bytes and more from now on.
    pub fn deflate_with(&mut self, deflater: Deflater, threshold: u64) {
        let (plain, deflated) = (Vec::new(), Vec::new());
        self.compression = Some(Compression { deflater, threshold, current: false, plain, deflated });
    }

    /// Bytes that are no frame: the opening handshake's request.
    pub fn push(&mut self, bytes: &[u8]) {
        self.output.extend_from_slice(bytes);
    }

    /// What is to be written, once.
    pub fn take(&mut self) -> Vec<u8> {
        self.position.taken += self.output.len() as u64;
        core::mem::take(&mut self.output)
    }

    /// Records that the transport has written `bytes` more bytes of what was taken. Returns whether data was among them,
    /// or waits after them.
    pub fn written(&mut self, bytes: u64) -> bool {
        let data = self.position.written < self.position.data;
        self.position.written = self.position.written.saturating_add(bytes).min(self.position.taken);
        data
    }

    /// Whether the transport has written the Close frame.
    pub fn close_written(&self) -> bool {
        self.position.close.is_some_and(|end| self.position.written >= end)
    }

    /// How many bytes [`take`](Self::take) would give.
    pub fn waiting(&self) -> usize {
        self.output.len()
    }

    /// Discards what wasn't taken.
    pub fn clear(&mut self) {
        self.output.clear();
        self.pongs.clear();
    }

    /// Lets go of what only messages need: none will be sent any more.
    pub fn stop(&mut self) {
        self.compression = None;
    }

    /// Notes a ping to be answered; of too many the oldest is forgotten (5.5.3).
    pub fn pong_later(&mut self, payload: Vec<u8>) {
        if self.pongs.len() >= self.max_pongs {
            self.pongs.pop_front();
        }
        if self.pongs.len() < self.max_pongs {
            self.pongs.push_back(payload);
        }
    }

    /// The next ping to be answered.
    pub fn next_pong(&mut self) -> Option<Vec<u8>> {
        self.pongs.pop_front()
    }

    /// Sends a control frame.
    pub fn control(&mut self, opcode: Opcode, payload: &[u8], trace: &mut Trace) -> Result<(), Unsent> {
        let head = Head { fin: true, compressed: false, opcode, key: None, len: payload.len() as u64 };
        self.frame(head, &mut |to| to.copy_from_slice(payload), trace)
    }

    /// Sends a message or a fragment of one: `len` bytes that `fill` writes, of a message of `size` bytes if that is known.
    pub fn message(
        &mut self,
        part: Part,
        len: usize,
        fill: &mut dyn FnMut(&mut [u8]),
        trace: &mut Trace,
    ) -> Result<(), Unsent> {
        let mut head = Head { fin: part.last, compressed: false, opcode: part.opcode(), key: None, len: len as u64 };
        let Some(mut compression) = self.compression.take_if(|c| c.wants(part, len)) else {
            return self.frame(head, fill, trace);
        };
        let result = compression.deflate(part, len, fill).and_then(|send| match send {
            Deflated::No => self.frame(head, &mut |to| to.copy_from_slice(&compression.plain), trace),
            // Nothing came out of this fragment yet.
            Deflated::Yes if compression.deflated.is_empty() && !part.last => Ok(()),
            Deflated::Yes => {
                head.compressed = part.first;
                head.len = compression.deflated.len() as u64;
                self.frame(head, &mut |to| to.copy_from_slice(&compression.deflated), trace)
            }
        });
        compression.trim();
        self.compression = Some(compression);
        result
    }

    /// Appends a frame: the head, with a key if this end masks, and the payload that `fill` writes.
    fn frame(&mut self, mut head: Head, fill: &mut dyn FnMut(&mut [u8]), trace: &mut Trace) -> Result<(), Unsent> {
        if self.role == Role::Client {
            head.key = Some(self.keys.take().map_err(Unsent::Failed)?);
        }
        let len = head.len as usize;
        self.output.try_reserve(len.saturating_add(MAX_HEAD)).map_err(|_| Unsent::Full)?;
        head.encode(&mut self.output);
        let start = self.output.len();
        self.output.resize(start + len, 0);
        let payload = &mut self.output[start..];
        fill(payload);
        trace.sent(head, payload);
        if let Some(key) = head.key {
            mask::apply(payload, key, 0);
        }
        let end = self.position.taken + self.output.len() as u64;
        match head.opcode {
            Opcode::Close => self.position.close = Some(end),
            opcode if opcode.is_control() => {}
            _ => self.position.data = end,
        }
        Ok(())
    }
}

/// Whether a payload was compressed.
enum Deflated {
    Yes,
    No,
}

/// How much memory for payloads is kept from one message to the next.
const MAX_KEPT: usize = 64 << 10;

impl Compression {
    /// Whether a part is to be compressed: a message begins that is long enough, or one goes on that is compressed.
    fn wants(&self, part: Part, len: usize) -> bool {
        if !part.first {
            return self.current;
        }
        // What comes in parts is long, but for what ends before the first one.
        len > 0 && (!part.last || len as u64 >= self.threshold)
    }

    /// Compresses a part into `deflated`, unless it is the first one and doesn't shrink: then the message goes as it is,
    /// this part from `plain`.
    fn deflate(&mut self, part: Part, len: usize, fill: &mut dyn FnMut(&mut [u8])) -> Result<Deflated, Unsent> {
        self.plain.clear();
        self.deflated.clear();
        self.plain.try_reserve_exact(len).map_err(|_| Unsent::Full)?;
        self.plain.resize(len, 0);
        fill(&mut self.plain);
        let until = match part {
            Part { last: true, .. } => Until::End,
            Part { first: true, .. } => Until::Now,
            _ => Until::Later,
        };
        if !self.deflater.push(&self.plain, until, &mut self.deflated) {
            return Err(Unsent::Full);
        }
        self.current = !part.last;
        if part.first && self.deflated.len() >= len {
            self.current = false;
            self.deflater.forget();
            return Ok(Deflated::No);
        }
        Ok(Deflated::Yes)
    }

    fn trim(&mut self) {
        for kept in [&mut self.plain, &mut self.deflated] {
            if kept.capacity() > MAX_KEPT {
                *kept = Vec::new();
            }
        }
    }
}
