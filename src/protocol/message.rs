//! Messages and the fragments that they come in (RFC 6455 5.4, 5.6, 6.2).

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

/// Puts the message together whose frames come in.
#[derive(Debug)]
pub struct Assembler {
    limit: u64,
    /// The opcode of the message whose final fragment has not come.
    current: Option<Opcode>,
    /// The payload so far of the current message.
    data: Vec<u8>,
    utf8: Utf8,
}

impl Assembler {
    /// One that takes messages of at most `limit` bytes.
    pub fn new(limit: u64) -> Self {
        Self { limit, current: None, data: Vec::new(), utf8: Utf8::default() }
    }

    /// Begins a data frame.
    ///
    /// # Errors
    /// A continuation of nothing, a new message within another, a length that goes over the limit.
    pub fn begin(&mut self, head: &Head) -> Result<(), Error> {
        match (head.opcode, self.current) {
            (Opcode::Continuation, None) => return Err(Error::UnexpectedContinuation),
            (Opcode::Continuation, Some(_)) => {}
            (_, Some(_)) => return Err(Error::ExpectedContinuation),
            (opcode, None) => self.current = Some(opcode),
        }
        match head.len.checked_add(self.data.len() as u64) {
            Some(len) if len <= self.limit => Ok(()),
            _ => Err(Error::MessageTooBig(self.limit)),
        }
    }

    /// Takes the next bytes of the frame's payload, unmasked.
    ///
    /// # Errors
    /// Text that isn't UTF-8; a message for which there is no memory.
    pub fn push(&mut self, payload: &[u8]) -> Result<(), Error> {
        if self.current == Some(Opcode::Text) {
            self.utf8.push(payload)?;
        }
        self.data.try_reserve(payload.len()).map_err(|_| Error::MessageTooBig(self.limit))?;
        self.data.extend_from_slice(payload);
        Ok(())
    }

    /// Ends the frame: the message, if this was its final fragment.
    ///
    /// # Errors
    /// Text that ends within a character.
    pub fn end(&mut self, fin: bool) -> Result<Option<Message>, Error> {
        if !fin {
            return Ok(None);
        }
        let data = core::mem::take(&mut self.data);
        if self.current.take() != Some(Opcode::Text) {
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
        if !head.fin || self.current.is_some() || head.opcode == Opcode::Continuation {
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
