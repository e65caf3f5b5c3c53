//! The body of a response that refuses the connection (RFC 9112 6 and 7.1).

use alloc::vec::Vec;

use super::response::Response;

/// Reads a body that is received in pieces, up to a limit. Nothing but the body is kept.
#[derive(Debug)]
pub struct BodyReader {
    framing: Framing,
    /// How many bytes of data come next, before the framing continues.
    data: u64,
    /// The size of the chunk whose size is being read.
    size: u64,
    bytes: Vec<u8>,
    limit: usize,
    /// How many more bytes of chunk extensions and trailers are accepted.
    spare: usize,
    /// Whether the body is complete or can't be, once either is known.
    complete: Option<bool>,
}

/// How the end of a body is found (RFC 9112 6.3); of the chunked transfer coding (7.1) also what is read next, if not data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Framing {
    UntilClose,
    Length,
    /// The first digit of a chunk's size.
    ChunkSize,
    ChunkSizeMore,
    ChunkExtension,
    ChunkLineFeed,
    /// The line end after a chunk's data.
    DataReturn,
    DataLineFeed,
    /// The start of a line of the trailer section.
    Trailer,
    TrailerMore,
}

impl BodyReader {
    /// A reader of the body of that response to a GET request, of which at most `limit` bytes are kept. `spare` limits the
    /// chunk extensions and trailers together, in bytes.
    pub fn new(response: &Response, limit: usize, spare: usize) -> Self {
        // Without a valid length nothing can be read.
        let (framing, data, complete) = match framing(response) {
            Some((framing, data)) => (framing, data, if data == Some(0) { Some(true) } else { None }),
            None => (Framing::Length, None, Some(false)),
        };
        Self { framing, data: data.unwrap_or_default(), size: 0, bytes: Vec::new(), limit, spare, complete }
    }

    /// Reads all of `input`; what follows the body is ignored. To be called even if there is none: then it is known whether
    /// any is wanted.
    pub fn read(&mut self, mut input: &[u8]) {
        loop {
            // Data will come for which there is no room. (A body without a length may end just here.)
            let is_more = self.limit == 0 || self.data > 0 && self.framing != Framing::UntilClose;
            if self.bytes.len() == self.limit && is_more {
                self.complete.get_or_insert(false);
            }
            let [first, rest @ ..] = input else { return };
            if self.complete.is_some() {
                return;
            }
            input = if self.data > 0 {
                self.take(input)
            } else {
                self.complete = self.next_of_framing(*first);
                rest
            };
        }
    }

    /// Records that the transport ended, which is the end of a body without a length.
    pub fn end(&mut self) {
        self.complete.get_or_insert(self.framing == Framing::UntilClose);
    }

    /// Whether nothing more is to be read.
    pub fn is_done(&self) -> bool {
        self.complete.is_some()
    }

    /// The bytes, and whether they are only the beginning of the body.
    pub fn finish(self) -> (Vec<u8>, bool) {
        (self.bytes, self.complete != Some(true))
    }

    /// Takes data from the front of `input`, and returns the rest.
    fn take<'a>(&mut self, input: &'a [u8]) -> &'a [u8] {
        let room = (self.limit - self.bytes.len()) as u64;
        let len = room.min(self.data).min(input.len() as u64) as usize;
        let (data, rest) = input.split_at(len);
        // No room is left, or no memory.
        if data.is_empty() || self.bytes.try_reserve(len).is_err() {
            self.complete = Some(false);
            return rest;
        }
        self.bytes.extend_from_slice(data);
        if self.framing != Framing::UntilClose {
            self.data -= len as u64;
            if self.data == 0 && self.framing == Framing::Length {
                self.complete = Some(true);
            }
        }
        rest
    }

    /// Reads a byte that isn't data. Returns whether the body is complete, if that is decided by it.
    fn next_of_framing(&mut self, byte: u8) -> Option<bool> {
        self.framing = match (self.framing, byte) {
            (Framing::ChunkSize | Framing::ChunkSizeMore, b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => {
                let digit = if byte > b'9' { (byte & 0xF) + 9 } else { byte & 0xF };
                if self.size >> 60 != 0 {
                    return Some(false);
                }
                self.size = self.size << 4 | u64::from(digit);
                Framing::ChunkSizeMore
            }
            (Framing::ChunkSizeMore | Framing::ChunkExtension, b'\r') => Framing::ChunkLineFeed,
            // White space after the size isn't allowed, and sent by some servers.
            (Framing::ChunkSizeMore, b';' | b' ' | b'\t') => Framing::ChunkExtension,
            (Framing::ChunkLineFeed, b'\n') if self.size == 0 => Framing::Trailer,
            (Framing::ChunkLineFeed, b'\n') => {
                self.data = core::mem::take(&mut self.size);
                Framing::DataReturn
            }
            (Framing::DataReturn, b'\r') => Framing::DataLineFeed,
            (Framing::DataLineFeed, b'\n') => Framing::ChunkSize,
            (Framing::Trailer, b'\n') => return Some(true),
            (Framing::ChunkExtension | Framing::Trailer | Framing::TrailerMore, _) if self.spare > 0 => {
                self.spare -= 1;
                match (self.framing, byte) {
                    (Framing::ChunkExtension, b'\n') => return Some(false),
                    (Framing::Trailer, b'\r') | (Framing::TrailerMore, b'\n') => Framing::Trailer,
                    (Framing::Trailer, _) => Framing::TrailerMore,
                    (same, _) => same,
                }
            }
            _ => return Some(false),
        };
        None
    }
}

/// The framing and the length, of which a chunked body has none; a body without an end has the largest. `None` if the length
/// is invalid (RFC 9112 6.3).
fn framing(response: &Response) -> Option<(Framing, Option<u64>)> {
    if matches!(response.status, 100..=199 | 204 | 304) {
        return Some((Framing::Length, Some(0)));
    }
    if let Some(codings) = response.values("Transfer-Encoding").last() {
        if is_chunked(codings.as_bytes()) {
            return Some((Framing::ChunkSize, None));
        }
    } else if let Some(length) = response.only("Content-Length").ok()? {
        return Some((Framing::Length, Some(number_of(length.as_bytes())?)));
    }
    Some((Framing::UntilClose, Some(u64::MAX)))
}

/// Whether the last transfer coding is chunked.
fn is_chunked(codings: &[u8]) -> bool {
    const CHUNKED: &[u8] = b"chunked";
    let Some((before, last)) = codings.split_at_checked(codings.len().wrapping_sub(CHUNKED.len())) else {
        return false;
    };
    last.eq_ignore_ascii_case(CHUNKED) && matches!(before, [] | [.., b',' | b' ' | b'\t'])
}

/// A number in decimal; one that is beyond any body may become another.
fn number_of(digits: &[u8]) -> Option<u64> {
    let mut number = if digits.is_empty() { None } else { Some(0) };
    for digit in digits {
        number = if digit.is_ascii_digit() { Some(number?.min(1 << 59) * 10 + u64::from(digit & 0xF)) } else { None };
    }
    number
}
