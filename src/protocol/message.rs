//! Messages and the fragments that they come in (RFC 6455 5.4, 5.6, 6.2; RFC 7692 6.2).

use super::config::Config;
use super::deflate::Inflater;
use super::error::Error;
use super::frame::{Head, Opcode};
use super::utf8::Utf8;

/// A whole message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// Text.
    Text(String),
    /// Binary data.
    Binary(Vec<u8>),
}

impl Message {
    /// The payload's length in bytes.
    pub fn size(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Binary(bytes) => bytes.len(),
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
    data: Vec<u8>,
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
            data: Vec::new(),
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
        self.data = Vec::new();
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
        match head.len.checked_add(self.data.len() as u64) {
            // What it is decompressed to shows as it comes.
            _ if current.compressed => Ok(()),
            Some(len) if len <= self.limit => Ok(()),
            _ => Err(Error::MessageTooBig(self.limit)),
        }
    }

    /// Takes the next bytes of the frame's payload, unmasked.
    ///
    /// # Errors
    /// Text that isn't UTF-8; what can't be decompressed; a message over the limit, or for which there is no memory.
    pub fn push(&mut self, payload: &[u8]) -> Result<(), Error> {
        let Some(Current { text, compressed, .. }) = self.current else { return Ok(()) };
        let start = self.data.len();
        match &mut self.inflater {
            Some(inflater) if compressed => inflater.push(payload, &mut self.data, self.limit)?,
            _ => {
                reserve(&mut self.data, payload.len(), self.limit)?;
                self.data.extend_from_slice(payload);
            }
        }
        if text {
            self.utf8.push(&self.data[start..])?;
        }
        Ok(())
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
            inflater.finish(&mut self.data, self.limit)?;
        }
        let data = core::mem::take(&mut self.data);
        if !text {
            return Ok(Some(Message::Binary(data)));
        }
        self.utf8.finish()?;
        String::from_utf8(data).map(|text| Some(Message::Text(text))).map_err(|_| Error::InvalidUtf8)
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
                let text = simdutf8::basic::from_utf8(payload).map_err(|_| Error::InvalidUtf8)?;
                Message::Text(text.to_owned())
            }
            _ => Message::Binary(payload.to_vec()),
        }))
    }
}

/// Makes room for more bytes of a message: ahead, as vectors do, but not beyond what the message may have.
///
/// # Errors
/// [`Error::MessageTooBig`] where there is no memory.
pub fn reserve(data: &mut Vec<u8>, more: usize, limit: u64) -> Result<(), Error> {
    if data.capacity() - data.len() >= more {
        return Ok(());
    }
    let ahead = usize::try_from(limit).unwrap_or(usize::MAX).saturating_sub(data.len()).min(data.len());
    data.try_reserve_exact(more.max(ahead)).map_err(|_| Error::MessageTooBig(limit))
}
