//! Received fragments to messages (RFC 6455 5.4, 6.2; RFC 7692 6.2).

use alloc::string::String;
use alloc::vec::Vec;

use super::config::Config;
use super::deflate::inflater::Inflater;
use super::error::Error;
use super::frame::{FrameHeader, Opcode};
use super::message::{Message, MessageKind};
use super::payload::Payload;
use super::utf8::{self, Utf8};

/// Assembles messages from data frames.
#[derive(Debug)]
pub struct Assembler {
    limit: u64,
    max_fragments: u64,
    inflater: Option<Inflater>,
    /// The message whose final fragment has not been received.
    current: Option<Current>,
    /// The payload of the current message so far, decompressed.
    payload: Payload,
    utf8: Utf8,
    /// How many bytes the compressed messages had, decompressed and on the wire.
    inflated: (u64, u64),
}

#[derive(Debug, Clone, Copy)]
struct Current {
    kind: MessageKind,
    compressed: bool,
    fragments: u64,
    /// How many bytes of its payload the driver holds, if they stay in its input.
    in_place: Option<u64>,
    /// How many bytes its frames announced.
    announced: u64,
}

impl Assembler {
    /// An assembler for messages within the limits of `config`.
    pub fn new(config: &Config) -> Self {
        Self {
            limit: config.max_message_size,
            max_fragments: config.max_fragments.max(1),
            inflater: None,
            current: None,
            payload: Payload::default(),
            utf8: Utf8::default(),
            inflated: (0, 0),
        }
    }

    /// Allows compressed messages from now on.
    pub fn inflate_with(&mut self, inflater: Inflater) {
        self.inflater = Some(inflater);
    }

    /// Whether compressed messages are allowed.
    pub fn inflates(&self) -> bool {
        self.inflater.is_some()
    }

    /// How many bytes the compressed messages had, decompressed and on the wire.
    pub fn inflated(&self) -> (u64, u64) {
        self.inflated
    }

    /// How many bytes of payload the current message has so far, decompressed.
    pub fn partial_len(&self) -> u64 {
        self.payload.len() + self.held()
    }

    /// How many of them the driver holds.
    pub fn held(&self) -> u64 {
        self.current.and_then(|current| current.in_place).unwrap_or_default()
    }

    /// The kind of the current message, if its payload stays in the driver's input.
    pub fn in_place(&self) -> Option<MessageKind> {
        self.current.filter(|current| current.in_place.is_some()).map(|current| current.kind)
    }

    /// Assembles the current message here from now on. Returns whether it can: not while the driver holds bytes of it.
    pub fn own(&mut self) -> bool {
        match &mut self.current {
            Some(current) if current.in_place.is_some_and(|held| held > 0) => false,
            Some(current) => {
                current.in_place = None;
                true
            }
            None => true,
        }
    }

    /// Takes back the bytes that the driver holds.
    ///
    /// # Errors
    /// [`Error::PartialMissing`] if their number isn't right, [`Error::OutOfMemory`].
    pub fn give(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if bytes.len() as u64 != self.held() {
            return Err(Error::PartialMissing);
        }
        self.payload.push(bytes, self.limit)?;
        if let Some(current) = &mut self.current {
            current.in_place = None;
        }
        Ok(())
    }

    /// Frees the current message and the decompressor: nothing more will be received.
    pub fn clear(&mut self) {
        self.current = None;
        self.payload = Payload::default();
        self.inflater = None;
    }

    /// Begins a data frame. If it begins a message, and that isn't compressed, `in_place` says whether the payload stays in
    /// the driver's input.
    ///
    /// # Errors
    /// A continuation frame without a message, a new message within another, too many bytes or fragments.
    pub fn begin(&mut self, header: &FrameHeader, in_place: bool) -> Result<(), Error> {
        let mut current = match (header.opcode, self.current) {
            (Opcode::Continuation, None) => return Err(Error::UnexpectedContinuation),
            (Opcode::Continuation, Some(current)) => current,
            (_, Some(_)) => return Err(Error::ExpectedContinuation),
            (opcode, None) => {
                let compressed = header.compressed;
                let in_place = if in_place && !compressed { Some(0) } else { None };
                Current { kind: kind_of(opcode), compressed, fragments: 0, in_place, announced: 0 }
            }
        };
        current.fragments += 1;
        if current.fragments > self.max_fragments {
            return Err(Error::TooManyFragments(self.max_fragments));
        }
        current.announced = current.announced.saturating_add(header.len);
        self.current = Some(current);
        match header.len.checked_add(self.partial_len()) {
            // Its decompressed length isn't known yet.
            _ if current.compressed => Ok(()),
            Some(len) if len <= self.limit => {
                self.payload.announce(header.len);
                Ok(())
            }
            _ => Err(Error::MessageTooBig(self.limit)),
        }
    }

    /// Adds the next bytes of the frame's payload, unmasked.
    ///
    /// # Errors
    /// Text that isn't UTF-8, invalid compressed data, a message over the limit, no memory for it.
    pub fn push(&mut self, payload: &[u8]) -> Result<(), Error> {
        let Some(Current { kind, compressed, .. }) = self.current else { return Ok(()) };
        let Self { limit, inflater, payload: whole, utf8, .. } = self;
        let mut add = |bytes: &[u8]| {
            whole.push(bytes, *limit)?;
            if kind == MessageKind::Text { utf8.push(bytes).map(drop) } else { Ok(()) }
        };
        match inflater {
            Some(inflater) if compressed => inflater.push(payload, &mut add),
            _ => add(payload),
        }
    }

    /// Counts the next bytes of the frame's payload, which stay in the driver's input. Returns whether they are a text's, and
    /// all ASCII.
    ///
    /// # Errors
    /// Text that isn't UTF-8.
    pub fn push_in_place(&mut self, payload: &[u8]) -> Result<bool, Error> {
        self.skip(payload.len() as u64);
        match self.current {
            Some(Current { kind: MessageKind::Text, .. }) => self.utf8.push(payload),
            _ => Ok(false),
        }
    }

    /// Counts bytes of a binary message that stay in the driver's input.
    pub fn skip(&mut self, len: u64) {
        if let Some(Current { in_place: Some(held), .. }) = &mut self.current {
            *held += len;
        }
    }

    /// Ends the frame of a message that stays in the driver's input. Returns its kind and length if this was its final
    /// fragment.
    ///
    /// # Errors
    /// Text that ends within a character; a length that isn't addressable.
    pub fn end_in_place(&mut self, fin: bool) -> Result<Option<(MessageKind, usize)>, Error> {
        if !fin {
            return Ok(None);
        }
        let Some(Current { kind, in_place: Some(held), .. }) = self.current.take() else { return Ok(None) };
        if kind == MessageKind::Text {
            self.utf8.finish()?;
        }
        Ok(Some((kind, usize::try_from(held).map_err(|_| Error::OutOfMemory)?)))
    }

    /// Ends the frame. Returns the message if this was its final fragment.
    ///
    /// # Errors
    /// Text that ends within a character, compressed data that ends within a block.
    pub fn end(&mut self, fin: bool) -> Result<Option<Message>, Error> {
        if !fin {
            return Ok(None);
        }
        let Some(Current { kind, compressed, announced, .. }) = self.current.take() else { return Ok(None) };
        if let Some(inflater) = self.inflater.as_mut().filter(|_| compressed) {
            inflater.finish()?;
            self.inflated.0 += self.payload.len();
            self.inflated.1 += announced;
        }
        if kind == MessageKind::Text {
            self.utf8.finish()?;
        }
        let mut chunks = core::mem::take(&mut self.payload).into_chunks();
        let message = match chunks.pop() {
            Some(only) if chunks.is_empty() => match kind {
                MessageKind::Text => Message::text(String::from_utf8(only).map_err(|_| Error::InvalidUtf8)?),
                MessageKind::Binary => Message::binary(only),
            },
            last => {
                chunks.extend(last);
                Message::chunked(kind, chunks)
            }
        };
        Ok(Some(message))
    }

    /// Adds a complete frame: as the other three methods do, without copying an unfragmented message twice.
    ///
    /// # Errors
    /// Those of the other three.
    pub fn whole(&mut self, header: &FrameHeader, payload: &[u8]) -> Result<Option<Message>, Error> {
        if !header.fin || header.compressed || self.current.is_some() || header.opcode == Opcode::Continuation {
            self.begin(header, false)?;
            self.push(payload)?;
            return self.end(header.fin);
        }
        if header.len > self.limit {
            return Err(Error::MessageTooBig(self.limit));
        }
        Ok(Some(match kind_of(header.opcode) {
            MessageKind::Text => {
                let valid = simdutf8::basic::from_utf8(payload).map_err(|_| Error::InvalidUtf8)?;
                let mut text = String::new();
                text.try_reserve_exact(valid.len()).map_err(|_| Error::OutOfMemory)?;
                text.push_str(valid);
                Message::text(text)
            }
            MessageKind::Binary => {
                let mut bytes = Vec::new();
                bytes.try_reserve_exact(payload.len()).map_err(|_| Error::OutOfMemory)?;
                bytes.extend_from_slice(payload);
                Message::binary(bytes)
            }
        }))
    }

    /// Whether a message was begun whose final fragment has not been received.
    pub fn is_within_message(&self) -> bool {
        self.current.is_some()
    }

    /// Checks a whole message. Returns whether it is a text's, and all ASCII; `None` if it isn't valid.
    #[inline]
    pub fn check_simple(&self, kind: MessageKind, payload: &[u8]) -> Option<bool> {
        if payload.len() as u64 > self.limit {
            return None;
        }
        match kind {
            MessageKind::Text => utf8::check(payload).ok(),
            MessageKind::Binary => Some(false),
        }
    }
}

fn kind_of(opcode: Opcode) -> MessageKind {
    if opcode == Opcode::Text { MessageKind::Text } else { MessageKind::Binary }
}
