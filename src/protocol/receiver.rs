//! Received bytes to frames, frames to messages (RFC 6455 6.2).

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::assembler::Assembler;
use super::config::Config;
use super::deflate::inflater::Inflater;
use super::error::Error;
use super::frame::{FrameHeader, HeaderReader, Opcode, Role};
use super::in_place::RangeTable;
use super::mask;
use super::message::{Message, MessageKind};
use super::trace::Trace;

/// The result of a complete frame.
#[derive(Debug)]
pub enum Received {
    /// A message.
    Message(Message),
    /// A message whose payload stays in the driver's input: its kind and length.
    InPlace(MessageKind, usize),
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

    /// Whether compressed messages are allowed.
    pub fn inflates(&self) -> bool {
        self.assembler.inflates()
    }

    /// How many bytes the compressed messages had, decompressed and on the wire.
    pub fn inflated(&self) -> (u64, u64) {
        self.assembler.inflated()
    }

    /// How many bytes of payload were received of the message that isn't complete.
    pub fn partial_len(&self) -> u64 {
        self.assembler.partial_len()
    }

    /// How many bytes the driver holds of the message that isn't complete.
    pub fn held(&self) -> u64 {
        self.assembler.held()
    }

    /// Prepares for bytes whose payloads don't stay in the driver's input. Returns false while the driver holds bytes of the
    /// message that isn't complete.
    pub fn own(&mut self) -> bool {
        self.assembler.own()
    }

    /// Takes back the bytes that the driver holds.
    ///
    /// # Errors
    /// As [`Assembler::give`].
    pub fn give(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.assembler.give(bytes)
    }

    /// How many payload bytes are still to come of the last frame of a message; 0 if it hasn't begun.
    pub fn missing(&self) -> u64 {
        match &self.frame {
            Some(frame) if frame.header.fin && !frame.header.opcode.is_control() => frame.header.len - frame.received,
            _ => 0,
        }
    }

    /// How many payload bytes that come next need not be seen: the rest of a frame of a binary message that stays in the
    /// driver's input.
    pub fn skippable(&self) -> u64 {
        match &self.frame {
            Some(frame)
                if !frame.header.opcode.is_control() && self.assembler.in_place() == Some(MessageKind::Binary) =>
            {
                frame.header.len - frame.received
            }
            _ => 0,
        }
    }

    /// Receives `len` of the [`skippable`](Self::skippable) bytes. If a frame ends with them, returns
    /// the message's kind and length, or `None` within it if that isn't complete.
    ///
    /// # Errors
    /// As [`Assembler::end_in_place`].
    pub fn skip(&mut self, len: u64) -> Result<Option<Option<(MessageKind, usize)>>, Error> {
        let Some(frame) = self.frame.as_mut() else { return Ok(None) };
        self.assembler.skip(len);
        frame.received += len;
        if frame.received < frame.header.len {
            return Ok(None);
        }
        let fin = frame.header.fin;
        self.frame = None;
        self.assembler.end_in_place(fin).map(Some)
    }

    /// Frees all memory: nothing more will be read.
    pub fn clear(&mut self) {
        self.frame = None;
        self.assembler.clear();
    }

    /// Reads from the front of `input` up to the end of a frame, and advances `input`. `None` if more bytes are needed.
    /// With a `table`, uncompressed payloads stay in `input` and are added to it; without one, [`own`](Self::own) has
    /// returned true, and `whole` says whether payloads that are complete are read without buffering.
    ///
    /// # Errors
    /// A violation of the protocol, as soon as the bytes show it.
    pub fn read(
        &mut self,
        input: &mut &[u8],
        table: Option<&mut RangeTable>,
        whole: bool,
        trace: &mut Trace,
    ) -> Result<Option<Received>, Error> {
        let frame = match self.frame.take() {
            Some(frame) => frame,
            None => {
                let Some(header) = self.header.read(input, self.from, self.assembler.inflates())? else {
                    return Ok(None);
                };
                trace.begin(header);
                if whole
                    && header.key.is_none()
                    && let Some((payload, rest)) =
                        usize::try_from(header.len).ok().and_then(|len| input.split_at_checked(len))
                {
                    *input = rest;
                    trace.extend(payload);
                    trace.end();
                    return self.whole(&header, payload).map(Some);
                }
                if !header.opcode.is_control() {
                    self.assembler.begin(&header, table.is_some() && header.key.is_none())?;
                }
                Incoming { header, received: 0, control: Vec::new() }
            }
        };
        self.piece(frame, input, table, trace)
    }

    /// Whether the next byte from a server begins a message.
    pub fn is_between_messages(&self) -> bool {
        self.from == Role::Server
            && self.frame.is_none()
            && self.header.is_empty()
            && !self.assembler.is_within_message()
    }

    /// Reads a whole message in a short frame, which stays in `input`, and advances `input`. `None` for anything else.
    #[inline]
    pub fn read_simple(&self, input: &mut &[u8], table: &mut RangeTable) -> Option<(MessageKind, usize)> {
        let (&[first, second], rest) = input.split_first_chunk()?;
        let kind = match first {
            0x81 => MessageKind::Text,
            0x82 => MessageKind::Binary,
            _ => return None,
        };
        let (len, rest) = match second {
            ..126 => (usize::from(second), rest),
            126 => match rest.split_first_chunk()? {
                (&[0, ..126], _) => return None,
                (len, rest) => (usize::from(u16::from_be_bytes(*len)), rest),
            },
            _ => return None,
        };
        let (payload, rest) = rest.split_at_checked(len)?;
        let is_ascii = self.assembler.check_simple(kind, payload)?;
        table.push(payload, rest.len(), kind, is_ascii, true);
        *input = rest;
        Some((kind, len))
    }

    /// A frame whose payload is complete: the common case, without buffering.
    fn whole(&mut self, header: &FrameHeader, payload: &[u8]) -> Result<Received, Error> {
        if header.opcode.is_control() {
            return Ok(Received::Control(header.opcode, payload.to_vec()));
        }
        Ok(self.assembler.whole(header, payload)?.map_or(Received::Fragment, Received::Message))
    }

    /// Reads the next piece of a frame's payload.
    fn piece(
        &mut self,
        mut frame: Incoming,
        input: &mut &[u8],
        table: Option<&mut RangeTable>,
        trace: &mut Trace,
    ) -> Result<Option<Received>, Error> {
        let missing = frame.header.len - frame.received;
        let size = usize::try_from(missing).map_or(input.len(), |missing| missing.min(input.len()));
        let (payload, rest) = input.split_at(size);
        *input = rest;
        let payload = &*unmasked(payload, &frame);
        trace.extend(payload);
        let is_control = frame.header.opcode.is_control();
        let in_place = self.assembler.in_place();
        frame.received += size as u64;
        let is_complete = frame.received == frame.header.len;
        let mut placed = None;
        if is_control {
            frame.control.extend_from_slice(payload);
        } else if let (Some(kind), Some(table)) = (in_place, table) {
            placed = Some(self.place(kind, payload, rest.len(), is_complete && frame.header.fin, table)?);
        } else {
            self.assembler.push(payload)?;
        }
        if !is_complete {
            self.frame = Some(frame);
            return Ok(None);
        }
        trace.end();
        if placed.is_some() {
            return Ok(placed);
        }
        if is_control {
            return Ok(Some(Received::Control(frame.header.opcode, frame.control)));
        }
        Ok(Some(self.assembler.end(frame.header.fin)?.map_or(Received::Fragment, Received::Message)))
    }

    /// Reads a piece of a payload that stays in the input, with `rest` bytes behind it.
    fn place(
        &mut self,
        kind: MessageKind,
        piece: &[u8],
        rest: usize,
        is_last: bool,
        table: &mut RangeTable,
    ) -> Result<Received, Error> {
        let is_ascii = self.assembler.push_in_place(piece)?;
        let complete = self.assembler.end_in_place(is_last)?;
        table.push(piece, rest, kind, is_ascii, is_last);
        Ok(complete.map_or(Received::Fragment, |(kind, len)| Received::InPlace(kind, len)))
    }
}

fn unmasked<'a>(payload: &'a [u8], frame: &Incoming) -> Cow<'a, [u8]> {
    let Some(key) = frame.header.key else { return payload.into() };
    let mut payload = payload.to_vec();
    mask::apply(&mut payload, key, frame.received);
    payload.into()
}
