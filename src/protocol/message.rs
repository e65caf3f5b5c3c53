//! Messages (RFC 6455 5.6).

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// The type of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageKind {
    /// UTF-8 text.
    Text,
    /// Binary data.
    Binary,
}

/// A whole message: a kind and a payload.
///
/// A large payload may be held in several chunks; two messages are equal if their kinds and bytes are, whatever the
/// chunks.
#[derive(Debug, Clone)]
pub struct Message(Repr);

#[derive(Debug, Clone)]
enum Repr {
    Text(String),
    Binary(Vec<u8>),
    /// A text's bytes are valid UTF-8 together; a chunk may end within a character.
    Chunks(MessageKind, Vec<Vec<u8>>),
}

impl Message {
    /// A text message.
    pub fn text(text: impl Into<String>) -> Self {
        Self(Repr::Text(text.into()))
    }

    /// A binary message.
    pub fn binary(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Repr::Binary(bytes.into()))
    }

    /// A message in several chunks; those of a text were validated.
    pub(super) fn chunked(kind: MessageKind, chunks: Vec<Vec<u8>>) -> Self {
        Self(Repr::Chunks(kind, chunks))
    }

    /// Text or binary.
    pub fn kind(&self) -> MessageKind {
        match &self.0 {
            Repr::Text(_) => MessageKind::Text,
            Repr::Binary(_) => MessageKind::Binary,
            Repr::Chunks(kind, _) => *kind,
        }
    }

    /// Whether it is a text message.
    pub fn is_text(&self) -> bool {
        self.kind() == MessageKind::Text
    }

    /// The payload's length in bytes.
    pub fn len(&self) -> usize {
        match &self.0 {
            Repr::Text(text) => text.len(),
            Repr::Binary(bytes) => bytes.len(),
            Repr::Chunks(_, chunks) => chunks.iter().map(Vec::len).sum(),
        }
    }

    /// Whether the payload has no bytes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The payload's bytes in order, without copying. The chunks of a text are UTF-8 only together.
    pub fn chunks(&self) -> impl Iterator<Item = &[u8]> {
        let (one, many): (&[u8], &[Vec<u8>]) = match &self.0 {
            Repr::Text(text) => (text.as_bytes(), &[]),
            Repr::Binary(bytes) => (bytes, &[]),
            Repr::Chunks(_, chunks) => (&[], chunks),
        };
        core::iter::once(one).chain(many.iter().map(Vec::as_slice)).filter(|chunk| !chunk.is_empty())
    }

    /// The text; `None` if the message is binary. Copies a payload of several chunks.
    pub fn into_text(self) -> Option<String> {
        match self.0 {
            Repr::Text(text) => Some(text),
            Repr::Chunks(MessageKind::Text, chunks) => String::from_utf8(chunks.concat()).ok(),
            Repr::Binary(_) | Repr::Chunks(MessageKind::Binary, _) => None,
        }
    }

    /// The payload's bytes. Copies a payload of several chunks.
    pub fn into_bytes(self) -> Vec<u8> {
        match self.0 {
            Repr::Text(text) => text.into_bytes(),
            Repr::Binary(bytes) => bytes,
            Repr::Chunks(_, chunks) => chunks.concat(),
        }
    }

    /// The payload's bytes in order, without copying. The chunks of a text are UTF-8 only together.
    pub fn into_chunks(self) -> Vec<Vec<u8>> {
        match self.0 {
            Repr::Text(text) => vec![text.into_bytes()],
            Repr::Binary(bytes) => vec![bytes],
            Repr::Chunks(_, chunks) => chunks,
        }
    }

    /// The text, if the message is a text in one chunk.
    #[cfg(all(feature = "dom", target_arch = "wasm32"))]
    pub(crate) fn as_str(&self) -> Option<&str> {
        match &self.0 {
            Repr::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl PartialEq for Message {
    fn eq(&self, other: &Self) -> bool {
        self.kind() == other.kind() && self.len() == other.len() && self.chunks().flatten().eq(other.chunks().flatten())
    }
}

impl Eq for Message {}
