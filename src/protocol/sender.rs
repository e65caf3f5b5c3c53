//! Messages and control frames to bytes (RFC 6455 6.1).

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use super::compression::{Compressed, Compression};
use super::error::Error;
use super::fragment::Fragment;
use super::frame::{FrameHeader, HEADER_ROOM, Opcode, Role};
use super::mask;
use super::output::{Filled, Output};
use super::random::RandomSource;
use super::statistics::Traffic;
use super::trace::Trace;

/// Writes the frames that one endpoint sends.
#[derive(Debug)]
pub struct Sender {
    role: Role,
    random: RandomSource,
    output: Output,
    /// The payloads of pings to be answered.
    pongs: VecDeque<Vec<u8>>,
    max_pongs: usize,
    compression: Option<Compression>,
    /// Whether a message was begun whose last fragment has not been sent.
    in_message: bool,
    /// All but the bytes.
    traffic: Traffic,
    /// The end of the opening handshake's output.
    handshake: u64,
}

/// A payload to be sent.
pub enum Content<'a> {
    /// These bytes.
    Bytes(&'a [u8]),
    /// What this writes into the room for it, whose size is estimated.
    Fill(usize, &'a mut dyn FnMut(&mut [u8]) -> Filled),
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
    pub fn new(role: Role, max_pongs: usize, random: RandomSource) -> Self {
        Self {
            role,
            random,
            output: Output::default(),
            pongs: VecDeque::new(),
            max_pongs,
            compression: None,
            in_message: false,
            traffic: Traffic::default(),
            handshake: 0,
        }
    }

    /// Compresses messages from now on.
    pub fn compress_with(&mut self, compression: Compression) {
        self.compression = Some(compression);
    }

    /// Says whether to compress the message that begins next.
    pub fn compress_next(&mut self, choice: Option<bool>) {
        if let Some(compression) = &mut self.compression {
            compression.choose(choice);
        }
    }

    /// What was sent.
    pub fn traffic(&self) -> Traffic {
        Traffic { bytes: self.output.end_position().saturating_sub(self.handshake), ..self.traffic }
    }

    /// Random bytes, for the opening handshake.
    pub fn random(&mut self) -> Result<[u8; 16], Error> {
        self.random.take()
    }

    /// Appends bytes that aren't a frame: the opening handshake's request.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.output.room(bytes.len()).ok_or(Error::OutOfMemory)?.copy_from_slice(bytes);
        self.output.commit(bytes.len(), None);
        self.handshake = self.output.end_position();
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
        let header = self.header(true, opcode)?;
        frame(&mut self.output, header, payload, trace)?;
        self.traffic.frames += 1;
        Ok(())
    }

    /// Appends a message or a fragment of one. Returns the length of its payload.
    pub fn message(&mut self, fragment: Fragment, content: Content<'_>, trace: &mut Trace) -> Result<usize, Unsent> {
        if fragment.is_first() == self.in_message {
            return Err(Unsent::FragmentOrder);
        }
        let mut header = self.header(fragment.is_last(), fragment.opcode())?;
        let output = &mut self.output;
        let (bytes, at, len) = match content {
            Content::Bytes(bytes) => (Some(bytes), 0, bytes.len()),
            Content::Fill(len, fill) => {
                header.len = len as u64;
                let at = header.size();
                (None, at, output.fill(at, len, fill).ok_or(Unsent::OutOfMemory)?)
            }
        };
        let traffic = &mut self.traffic;
        let compresses = self.compression.as_mut().is_some_and(|compression| compression.applies(fragment, len));
        if let Some(compression) = self.compression.as_mut().filter(|_| compresses) {
            let plain = bytes.unwrap_or_else(|| output.filled(at, len));
            let sent = match compression.compress(fragment, plain) {
                None => Some(Err(Unsent::OutOfMemory)),
                Some(Compressed::No) => None,
                // The compressor has kept this fragment for a later one.
                Some(Compressed::Yes([])) if !header.fin => Some(Ok(0)),
                Some(Compressed::Yes(payload)) => {
                    header.compressed = fragment.is_first();
                    traffic.frames += 1;
                    Some(frame(output, header, payload, trace).map(|()| payload.len()))
                }
            };
            if matches!(sent, Some(Err(_))) {
                compression.failed(fragment);
            }
            compression.trim();
            if let Some(sent) = sent {
                traffic.deflated += sent? as u64;
                traffic.plain += len as u64;
                self.sent(header.fin, len);
                return Ok(len);
            }
        }
        match bytes {
            Some(bytes) => frame(output, header, bytes, trace)?,
            None => frame_in_place(output, header, at, len, trace)?,
        }
        self.traffic.frames += 1;
        self.sent(header.fin, len);
        Ok(len)
    }

    /// Counts `len` bytes of a message, which ends with them if `fin`.
    fn sent(&mut self, fin: bool, len: usize) {
        self.in_message = !fin;
        self.traffic.messages += u64::from(fin);
        self.traffic.payload += len as u64;
    }

    /// A header without a length, with a key if this endpoint is a client.
    fn header(&mut self, fin: bool, opcode: Opcode) -> Result<FrameHeader, Unsent> {
        let key = match self.role {
            Role::Client => Some(self.random.take().map_err(Unsent::Failed)?),
            Role::Server => None,
        };
        Ok(FrameHeader { fin, compressed: false, opcode, key, len: 0 })
    }
}

/// Appends a frame.
fn frame(output: &mut Output, mut header: FrameHeader, payload: &[u8], trace: &mut Trace) -> Result<(), Unsent> {
    header.len = payload.len() as u64;
    let room = output.room(payload.len().saturating_add(HEADER_ROOM)).ok_or(Unsent::OutOfMemory)?;
    let (bytes, size) = header.encode();
    // The payload is written over what is too much.
    room[..HEADER_ROOM].copy_from_slice(&bytes);
    let to = &mut room[size..size + payload.len()];
    match header.key {
        Some(key) => mask::copy(payload, to, key),
        None => to.copy_from_slice(payload),
    }
    trace.sent(header, payload);
    output.commit(size + payload.len(), Some(header.opcode));
    Ok(())
}

/// Appends a frame whose payload, of `len` bytes, was written in the output's room at `at`.
fn frame_in_place(
    output: &mut Output,
    mut header: FrameHeader,
    at: usize,
    len: usize,
    trace: &mut Trace,
) -> Result<(), Unsent> {
    header.len = len as u64;
    let room = output.room(len.saturating_add(HEADER_ROOM)).ok_or(Unsent::OutOfMemory)?;
    let (bytes, size) = header.encode();
    // The length was assumed to be of another form.
    if size != at {
        room.copy_within(at..at + len, size);
    }
    room[..size].copy_from_slice(&bytes[..size]);
    let payload = &mut room[size..size + len];
    trace.sent(header, payload);
    if let Some(key) = header.key {
        mask::apply(payload, key, 0);
    }
    output.commit(size + len, Some(header.opcode));
    Ok(())
}
