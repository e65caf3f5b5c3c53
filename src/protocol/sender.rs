//! Messages and control frames to bytes (RFC 6455 6.1).

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use super::compression::{Compressed, Compression};
use super::error::Error;
use super::fragment::Fragment;
use super::frame::{FrameHeader, MAX_HEADER, Opcode, Role};
use super::mask;
use super::output::Output;
use super::random::RandomPool;
use super::trace::Trace;

/// Writes the frames that one endpoint sends.
#[derive(Debug)]
pub struct Sender {
    role: Role,
    random: RandomPool,
    output: Output,
    /// The payloads of pings to be answered.
    pongs: VecDeque<Vec<u8>>,
    max_pongs: usize,
    compression: Option<Compression>,
    /// Whether a message was begun whose last fragment has not been sent.
    in_message: bool,
}

/// Why a frame was not written.
#[derive(Debug)]
pub enum Unsent {
    /// There is no memory for it.
    OutOfMemory,
    /// The message or fragment is out of order (5.4).
    FragmentOrder,
    /// The connection can't continue.
    Failed(Error),
}

impl Sender {
    /// A sender in that role, which answers at most `max_pongs` pings at a time.
    pub fn new(role: Role, max_pongs: usize, random: RandomPool) -> Self {
        Self {
            role,
            random,
            output: Output::default(),
            pongs: VecDeque::new(),
            max_pongs,
            compression: None,
            in_message: false,
        }
    }

    /// Compresses messages from now on.
    pub fn compress_with(&mut self, compression: Compression) {
        self.compression = Some(compression);
    }

    /// Random bytes, for the opening handshake.
    pub fn random(&mut self) -> Result<[u8; 16], Error> {
        self.random.take()
    }

    /// Appends bytes that aren't a frame: the opening handshake's request.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.output.reserve(bytes.len()).ok_or(Error::OutOfMemory)?.extend_from_slice(bytes);
        Ok(())
    }

    /// The output.
    pub fn output(&self) -> &Output {
        &self.output
    }

    /// The output, to be taken and reported as written.
    pub fn output_mut(&mut self) -> &mut Output {
        &mut self.output
    }

    /// Discards the output that wasn't taken, and the pongs.
    pub fn clear(&mut self) {
        self.output.clear();
        self.pongs.clear();
    }

    /// Frees the memory that only messages need: no more will be sent.
    pub fn stop(&mut self) {
        self.compression = None;
    }

    /// Queues the answer to a ping; beyond the limit the oldest is dropped (5.5.3).
    pub fn queue_pong(&mut self, payload: Vec<u8>) {
        if self.pongs.len() >= self.max_pongs {
            self.pongs.pop_front();
        }
        if self.pongs.len() < self.max_pongs {
            self.pongs.push_back(payload);
        }
    }

    /// Removes the oldest queued pong.
    pub fn next_pong(&mut self) -> Option<Vec<u8>> {
        self.pongs.pop_front()
    }

    /// Appends a control frame.
    pub fn control(&mut self, opcode: Opcode, payload: &[u8], trace: &mut Trace) -> Result<(), Unsent> {
        let header = FrameHeader { fin: true, compressed: false, opcode, key: None, len: payload.len() as u64 };
        self.frame(header, &mut |to| to.copy_from_slice(payload), trace)
    }

    /// Appends a message or a fragment of one; `fill` writes its `len` bytes.
    pub fn message(
        &mut self,
        fragment: Fragment,
        len: usize,
        fill: &mut dyn FnMut(&mut [u8]),
        trace: &mut Trace,
    ) -> Result<(), Unsent> {
        if fragment.is_first() == self.in_message {
            return Err(Unsent::FragmentOrder);
        }
        let (fin, opcode) = (fragment.is_last(), fragment.opcode());
        let mut header = FrameHeader { fin, compressed: false, opcode, key: None, len: len as u64 };
        let result = match self.compression.take_if(|compression| compression.applies(fragment, len)) {
            None => self.frame(header, fill, trace),
            Some(mut compression) => {
                let result = match compression.compress(fragment, len, fill) {
                    None => Err(Unsent::OutOfMemory),
                    Some(Compressed::No(plain)) => self.frame(header, &mut |to| to.copy_from_slice(plain), trace),
                    // The compressor has kept this fragment for a later one.
                    Some(Compressed::Yes([])) if !fin => Ok(()),
                    Some(Compressed::Yes(payload)) => {
                        header.compressed = fragment.is_first();
                        header.len = payload.len() as u64;
                        self.frame(header, &mut |to| to.copy_from_slice(payload), trace)
                    }
                };
                if result.is_err() {
                    compression.failed(fragment);
                }
                compression.trim();
                self.compression = Some(compression);
                result
            }
        };
        if result.is_ok() {
            self.in_message = !fin;
        }
        result
    }

    /// Appends a frame: the header, with a key if this endpoint is a client, and the payload that `fill` writes.
    fn frame(
        &mut self,
        mut header: FrameHeader,
        fill: &mut dyn FnMut(&mut [u8]),
        trace: &mut Trace,
    ) -> Result<(), Unsent> {
        if self.role == Role::Client {
            header.key = Some(self.random.take().map_err(Unsent::Failed)?);
        }
        let len = header.len as usize;
        let output = self.output.reserve(len.saturating_add(MAX_HEADER)).ok_or(Unsent::OutOfMemory)?;
        header.encode(output);
        let start = output.len();
        output.resize(start + len, 0);
        let payload = &mut output[start..];
        fill(payload);
        trace.sent(header, payload);
        if let Some(key) = header.key {
            mask::apply(payload, key, 0);
        }
        self.output.framed(header.opcode);
        Ok(())
    }
}
