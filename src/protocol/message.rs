//! Messages and the fragments that they come in (RFC 6455 5.4, 5.6, 6.2; RFC 7692 6.2).

use super::config::Config;
use super::deflate::Inflater;
use super::error::Error;
use super::frame::{Head, Opcode};
use super::payload::Payload;
use super::utf8::Utf8;

/// A whole message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// Text.
    Text(String),
    /// Binary data.
    Binary(Vec<u8>),
    /// Either of them where it is larger than 1 MiB and came piece by piece: in parts, cut anywhere. A text is UTF-8 all
    /// the same.
    Large {
        /// Whether it is a text.
        text: bool,
        /// The payload.
        parts: Vec<Vec<u8>>,
    },
}

impl Message {
    /// The payload's length in bytes.
    pub fn size(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Binary(bytes) => bytes.len(),
            Self::Large { parts, .. } => parts.iter().map(Vec::len).sum(),
        }
    }

    /// The payload in parts, cut anywhere; a single part unless it is [`Large`](Self::Large).
    pub fn into_parts(self) -> Vec<Vec<u8>> {
        match self {
            Self::Text(text) => vec![text.into_bytes()],
            Self::Binary(bytes) => vec![bytes],
            Self::Large { parts, .. } => parts,
        }
    }

    /// The payload in one piece.
    pub fn into_bytes(self) -> Vec<u8> {
        match self {
            Self::Text(text) => text.into_bytes(),
            Self::Binary(bytes) => bytes,
            Self::Large { parts, .. } => parts.concat(),
        }
    }
}

/// Puts the message together whose frames come in.
#[derive(Debug)]
pub struct Assembler {
    limit: u64,
    max_fragments: u64,
    inflater: Option<Inflater>,
    /// The message whose final fragment has not come.
    current: Option<Current>,
    /// The payload so far of the current message, decompressed.
    payload: Payload,
    utf8: Utf8,
}

#[derive(Debug, Clone, Copy)]
struct Current {
    text: bool,
    compressed: bool,
    fragments: u64,
}

impl Assembler {
    /// One that takes messages within those limits.
    pub fn new(config: &Config) -> Self {
        Self {
            limit: config.max_message_size,
            max_fragments: config.max_fragments,
            inflater: None,
            current: None,
            payload: Payload::default(),
            utf8: Utf8::default(),
        }
    }

    /// Decompresses what comes compressed from now on.
    pub fn inflate_with(&mut self, inflater: Inflater) {
        self.inflater = Some(inflater);
    }

    /// Whether a frame may say that its message is compressed.
    pub fn inflates(&self) -> bool {
        self.inflater.is_some()
    }

    /// Forgets the current message: no more of it will come.
    pub fn clear(&mut self) {
        self.current = None;
        self.payload = Payload::default();
        self.inflater = None;
    }

    /// Begins a data frame.
    ///
    /// # Errors
    /// A continuation of nothing, a new message within another, more than the message may have of bytes or fragments.
    pub fn begin(&mut self, head: &Head) -> Result<(), Error> {
        let mut current = match (head.opcode, self.current) {
            (Opcode::Continuation, None) => return Err(Error::UnexpectedContinuation),
            (Opcode::Continuation, Some(current)) => current,
            (_, Some(_)) => return Err(Error::ExpectedContinuation),
            (opcode, None) => Current { text: opcode == Opcode::Text, compressed: head.compressed, fragments: 0 },
        };
        current.fragments += 1;
        if current.fragments > self.max_fragments {
            return Err(Error::TooManyFragments(self.max_fragments));
        }
        self.current = Some(current);
        match head.len.checked_add(self.payload.size()) {
            // What it is decompressed to shows as it comes.
            _ if current.compressed => Ok(()),
            Some(len) if len <= self.limit => Ok(()),
            _ => Err(Error::MessageTooBig(self.limit)),
        }
    }

    /// Takes the next bytes of the frame's payload, unmasked.
    ///
    /// # Errors
    /// Text that isn't UTF-8; what can't be decompressed; a message over the limit, or no memory for it.
    pub fn push(&mut self, payload: &[u8]) -> Result<(), Error> {
        let Some(Current { text, compressed, .. }) = self.current else { return Ok(()) };
        let Self { limit, inflater, payload: whole, utf8, .. } = self;
        let mut take = |bytes: &[u8]| {
            whole.push(bytes, *limit)?;
            if text { utf8.push(bytes) } else { Ok(()) }
        };
        match inflater {
            Some(inflater) if compressed => inflater.push(payload, &mut take),
            _ => take(payload),
        }
    }

    /// Ends the frame: the message, if this was its final fragment.
    ///
    /// # Errors
    /// Text that ends within a character, compressed data that ends within a block.
    pub fn end(&mut self, fin: bool) -> Result<Option<Message>, Error> {
        if !fin {
            return Ok(None);
        }
        let Some(Current { text, compressed, .. }) = self.current.take() else { return Ok(None) };
        if let Some(inflater) = self.inflater.as_mut().filter(|_| compressed) {
            inflater.finish()?;
        }
        if text {
            self.utf8.finish()?;
        }
        let mut parts = core::mem::take(&mut self.payload).into_parts();
        let message = match parts.pop() {
            Some(only) if parts.is_empty() && text => {
                Message::Text(String::from_utf8(only).map_err(|_| Error::InvalidUtf8)?)
            }
            Some(only) if parts.is_empty() => Message::Binary(only),
            last => {
                parts.extend(last);
                Message::Large { text, parts }
            }
        };
        Ok(Some(message))
    }

    /// A message that came as one frame in one piece: the usual case, without a detour.
    ///
    /// # Errors
    /// As the other three together.
    pub fn whole(&mut self, head: &Head, payload: &[u8]) -> Result<Option<Message>, Error> {
        if !head.fin || head.compressed || self.current.is_some() || head.opcode == Opcode::Continuation {
            self.begin(head)?;
            self.push(payload)?;
            return self.end(head.fin);
        }
        if head.len > self.limit {
            return Err(Error::MessageTooBig(self.limit));
        }
        Ok(Some(match head.opcode {
            Opcode::Text => {
                let valid = simdutf8::basic::from_utf8(payload).map_err(|_| Error::InvalidUtf8)?;
                let mut text = String::new();
                text.try_reserve_exact(valid.len()).map_err(|_| Error::OutOfMemory)?;
                text.push_str(valid);
                Message::Text(text)
            }
            _ => {
                let mut bytes = Vec::new();
                bytes.try_reserve_exact(payload.len()).map_err(|_| Error::OutOfMemory)?;
                bytes.extend_from_slice(payload);
                Message::Binary(bytes)
            }
        }))
    }
}
