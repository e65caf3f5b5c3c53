//! Received bytes to frames, frames to messages (RFC 6455 6.2).

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::assembler::Assembler;
use super::config::Config;
use super::deflate::inflater::Inflater;
use super::error::Error;
use super::frame::{FrameHeader, HeaderReader, Opcode, Role};
use super::mask;
use super::message::Message;
use super::trace::Trace;

/// The result of a complete frame.
#[derive(Debug)]
pub enum Received {
    /// A message.
    Message(Message),
    /// A Close, Ping or Pong frame with its payload.
    Control(Opcode, Vec<u8>),
    /// A fragment that isn't the last of its message.
    Fragment,
}

/// Reads the frames that one endpoint sends.
#[derive(Debug)]
pub struct Receiver {
    from: Role,
    header: HeaderReader,
    frame: Option<Incoming>,
    assembler: Assembler,
}

/// A frame whose payload is not yet complete.
#[derive(Debug)]
struct Incoming {
    header: FrameHeader,
    received: u64,
    /// The payload of a control frame so far.
    control: Vec<u8>,
}

impl Receiver {
    /// A receiver for frames sent by `from`.
    pub fn new(from: Role, config: &Config) -> Self {
        Self { from, header: HeaderReader::default(), frame: None, assembler: Assembler::new(config) }
    }

    /// Allows compressed messages from now on.
    pub fn inflate_with(&mut self, inflater: Inflater) {
        self.assembler.inflate_with(inflater);
    }

    /// How many bytes of payload were received of the message that isn't complete.
    pub fn partial_len(&self) -> u64 {
        self.assembler.partial_len()
    }

    /// Frees all memory: nothing more will be read.
    pub fn clear(&mut self) {
        self.frame = None;
        self.assembler.clear();
    }

    /// Reads from the front of `input` up to the end of a frame, and advances `input`. `None` if more bytes are needed.
    ///
    /// # Errors
    /// A violation of the protocol, as soon as the bytes show it.
    pub fn read(&mut self, input: &mut &[u8], trace: &mut Trace) -> Result<Option<Received>, Error> {
        let frame = match self.frame.take() {
            Some(frame) => frame,
            None => {
                let Some(header) = self.header.read(input, self.from, self.assembler.inflates())? else {
                    return Ok(None);
                };
                trace.begin(header);
                if header.key.is_none()
                    && let Some((payload, rest)) =
                        usize::try_from(header.len).ok().and_then(|len| input.split_at_checked(len))
                {
                    *input = rest;
                    trace.extend(payload);
                    trace.end();
                    return self.whole(&header, payload).map(Some);
                }
                if !header.opcode.is_control() {
                    self.assembler.begin(&header)?;
                }
                Incoming { header, received: 0, control: Vec::new() }
            }
        };
        self.piece(frame, input, trace)
    }

    /// A frame whose payload is complete: the common case, without buffering.
    fn whole(&mut self, header: &FrameHeader, payload: &[u8]) -> Result<Received, Error> {
        if header.opcode.is_control() {
            return Ok(Received::Control(header.opcode, payload.to_vec()));
        }
        Ok(self.assembler.whole(header, payload)?.map_or(Received::Fragment, Received::Message))
    }

    /// Reads the next piece of a frame's payload.
    fn piece(&mut self, mut frame: Incoming, input: &mut &[u8], trace: &mut Trace) -> Result<Option<Received>, Error> {
        let missing = frame.header.len - frame.received;
        let size = usize::try_from(missing).map_or(input.len(), |missing| missing.min(input.len()));
        let (payload, rest) = input.split_at(size);
        *input = rest;
        let payload = &*unmasked(payload, &frame);
        trace.extend(payload);
        if frame.header.opcode.is_control() {
            frame.control.extend_from_slice(payload);
        } else {
            self.assembler.push(payload)?;
        }
        frame.received += size as u64;
        if frame.received < frame.header.len {
            self.frame = Some(frame);
            return Ok(None);
        }
        trace.end();
        if frame.header.opcode.is_control() {
            return Ok(Some(Received::Control(frame.header.opcode, frame.control)));
        }
        Ok(Some(self.assembler.end(frame.header.fin)?.map_or(Received::Fragment, Received::Message)))
    }
}

fn unmasked<'a>(payload: &'a [u8], frame: &Incoming) -> Cow<'a, [u8]> {
    let Some(key) = frame.header.key else { return payload.into() };
    let mut payload = payload.to_vec();
    mask::apply(&mut payload, key, frame.received);
    payload.into()
}
