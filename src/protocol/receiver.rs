//! What comes in: bytes to frames, frames to messages (RFC 6455 6.2).

use super::config::Config;
use super::deflate::Inflater;
use super::error::Error;
use super::frame::{Head, HeadReader, Opcode, Role};
use super::mask;
use super::message::{Assembler, Message};
use super::trace::Trace;

/// What a frame completed.
#[derive(Debug)]
pub enum Received {
    /// A message.
    Message(Message),
    /// A Close, Ping or Pong frame with its payload.
    Control(Opcode, Vec<u8>),
    /// Neither: a fragment that isn't the last one.
    Fragment,
}

/// Reads the frames that one end sends.
#[derive(Debug)]
pub struct Receiver {
    from: Role,
    heads: HeadReader,
    frame: Option<Incoming>,
    assembler: Assembler,
}

/// A frame whose payload is not yet complete.
#[derive(Debug)]
struct Incoming {
    head: Head,
    received: u64,
    /// A control frame's payload so far.
    control: Vec<u8>,
}

impl Receiver {
    /// One for what that role sends.
    pub fn new(from: Role, config: &Config) -> Self {
        Self { from, heads: HeadReader::default(), frame: None, assembler: Assembler::new(config) }
    }

    /// Decompresses messages that come compressed from now on.
    pub fn inflate_with(&mut self, inflater: Inflater) {
        self.assembler.inflate_with(inflater);
    }

    /// Lets go of all memory: nothing more will be read.
    pub fn clear(&mut self) {
        self.frame = None;
        self.assembler.clear();
    }

    /// Reads on from the front of `input` until a frame is complete, and takes what it read off it. `None`: more bytes
    /// are needed.
    ///
    /// # Errors
    /// What the peer may not send, as soon as the bytes show it.
    pub fn read(&mut self, input: &mut &[u8], trace: &mut Trace) -> Result<Option<Received>, Error> {
        let frame = match self.frame.take() {
            Some(frame) => frame,
            None => {
                let Some(head) = self.heads.read(input, self.from, self.assembler.inflates())? else { return Ok(None) };
                trace.begin(head);
                if head.key.is_none()
                    && let Some((payload, rest)) =
                        usize::try_from(head.len).ok().and_then(|len| input.split_at_checked(len))
                {
                    *input = rest;
                    trace.extend(payload);
                    trace.end();
                    return self.whole(&head, payload).map(Some);
                }
                if !head.opcode.is_control() {
                    self.assembler.begin(&head)?;
                }
                Incoming { head, received: 0, control: Vec::new() }
            }
        };
        self.piece(frame, input, trace)
    }

    /// A frame that is all there: the usual case, without a detour.
    fn whole(&mut self, head: &Head, payload: &[u8]) -> Result<Received, Error> {
        if head.opcode.is_control() {
            return Ok(Received::Control(head.opcode, payload.to_vec()));
        }
        Ok(self.assembler.whole(head, payload)?.map_or(Received::Fragment, Received::Message))
    }

    /// Reads the next piece of a frame's payload.
    fn piece(&mut self, mut frame: Incoming, input: &mut &[u8], trace: &mut Trace) -> Result<Option<Received>, Error> {
        let missing = frame.head.len - frame.received;
        let size = usize::try_from(missing).map_or(input.len(), |missing| missing.min(input.len()));
        let (payload, rest) = input.split_at(size);
        *input = rest;
        let payload = &*unmasked(payload, &frame);
        trace.extend(payload);
        if frame.head.opcode.is_control() {
            frame.control.extend_from_slice(payload);
        } else {
            self.assembler.push(payload)?;
        }
        frame.received += size as u64;
        if frame.received < frame.head.len {
            self.frame = Some(frame);
            return Ok(None);
        }
        trace.end();
        if frame.head.opcode.is_control() {
            return Ok(Some(Received::Control(frame.head.opcode, frame.control)));
        }
        Ok(Some(self.assembler.end(frame.head.fin)?.map_or(Received::Fragment, Received::Message)))
    }
}

fn unmasked<'a>(payload: &'a [u8], frame: &Incoming) -> std::borrow::Cow<'a, [u8]> {
    let Some(key) = frame.head.key else { return payload.into() };
    let mut payload = payload.to_vec();
    mask::apply(&mut payload, key, frame.received);
    payload.into()
}
