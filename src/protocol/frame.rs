//! Frame headers (RFC 6455 5.2).

use super::error::Error;
use super::mask::Key;

/// The longest header: two bytes, a 64-bit length, a key.
pub const MAX_HEADER: usize = 14;

/// As many bytes, and some more so that they make two numbers.
pub const HEADER_ROOM: usize = 16;

/// The maximum payload of a control frame in bytes (5.5).
pub const MAX_CONTROL_PAYLOAD: u64 = 125;

/// The reserved bit that permessage-deflate defines.
const RSV1: u8 = 0x40;
/// The reserved bits that no supported extension defines.
const RSV2_RSV3: u8 = 0x30;

/// The role of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Sends masked frames and receives unmasked ones.
    Client,
    /// Sends unmasked frames and receives masked ones.
    Server,
}

impl Role {
    /// The role of the other endpoint.
    pub fn peer(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }
}

/// The type of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opcode {
    /// A fragment that isn't the first of its message.
    Continuation,
    /// The first or only fragment of a text message.
    Text,
    /// The first or only fragment of a binary message.
    Binary,
    /// Close.
    Close,
    /// Ping.
    Ping,
    /// Pong.
    Pong,
}

impl Opcode {
    /// The opcode with that number.
    ///
    /// # Errors
    /// [`Error::ReservedOpcode`].
    pub fn from_number(number: u8) -> Result<Self, Error> {
        Ok(match number {
            0x0 => Self::Continuation,
            0x1 => Self::Text,
            0x2 => Self::Binary,
            0x8 => Self::Close,
            0x9 => Self::Ping,
            0xA => Self::Pong,
            _ => return Err(Error::ReservedOpcode(number)),
        })
    }

    /// The number on the wire.
    pub fn number(self) -> u8 {
        match self {
            Self::Continuation => 0x0,
            Self::Text => 0x1,
            Self::Binary => 0x2,
            Self::Close => 0x8,
            Self::Ping => 0x9,
            Self::Pong => 0xA,
        }
    }

    /// Whether it is Close, Ping or Pong.
    pub fn is_control(self) -> bool {
        self.number() & 0x8 != 0
    }
}

/// A frame without its payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FrameHeader {
    /// FIN: whether it is the final fragment of its message.
    pub fin: bool,
    /// RSV1: whether the message that begins with it is compressed (RFC 7692 6).
    pub compressed: bool,
    /// The opcode.
    pub opcode: Opcode,
    /// The masking key, if the payload is masked.
    pub key: Option<Key>,
    /// The length of the payload in bytes.
    pub len: u64,
}

impl FrameHeader {
    /// Reads a header from the front of `bytes`. Returns it with its length in bytes, or `None` while it is incomplete.
    /// `compression`: whether permessage-deflate is in use.
    ///
    /// # Errors
    /// A header that `from` must not send, as soon as the bytes show it, even if it is incomplete.
    pub fn decode(bytes: &[u8], from: Role, compression: bool) -> Result<Option<(Self, usize)>, Error> {
        let Some(&first) = bytes.first() else { return Ok(None) };
        if first & RSV2_RSV3 != 0 || first & RSV1 != 0 && !compression {
            return Err(Error::ReservedBits);
        }
        let fin = first & 0x80 != 0;
        let compressed = first & RSV1 != 0;
        let opcode = Opcode::from_number(first & 0x0F)?;
        // Only the first fragment of a message has it (RFC 7692 6.1).
        if compressed && !matches!(opcode, Opcode::Text | Opcode::Binary) {
            return Err(Error::ReservedBits);
        }
        if opcode.is_control() && !fin {
            return Err(Error::FragmentedControl);
        }

        let Some(&second) = bytes.get(1) else { return Ok(None) };
        let masked = second & 0x80 != 0;
        match from {
            Role::Server if masked => return Err(Error::Masked),
            Role::Client if !masked => return Err(Error::Unmasked),
            _ => {}
        }
        let short = second & 0x7F;
        if opcode.is_control() && u64::from(short) > MAX_CONTROL_PAYLOAD {
            return Err(Error::LongControl);
        }

        let Some((len, mut size)) = decode_len(short, &bytes[2..])? else { return Ok(None) };
        size += 2;
        let mut key = None;
        if masked {
            let Some(bytes) = bytes[size..].first_chunk() else { return Ok(None) };
            key = Some(*bytes);
            size += 4;
        }
        Ok(Some((Self { fin, compressed, opcode, key, len }, size)))
    }

    /// The header's bytes, its length in the shortest form, and how many they are. Zeros follow them.
    pub fn encode(&self) -> ([u8; HEADER_ROOM], usize) {
        // Two numbers, because bytes that are written one by one and then read together are slow.
        let rsv1 = if self.compressed { RSV1 } else { 0 };
        let masked = if self.key.is_some() { 0x8000 } else { 0 };
        let key = u64::from(self.key.map_or(0, u32::from_le_bytes));
        let start = u64::from(u8::from(self.fin) << 7 | rsv1 | self.opcode.number()) | masked;
        let (low, high) = match self.size() - if masked > 0 { 4 } else { 0 } {
            2 => (start | self.len << 8 | key << 16, 0),
            4 => (start | 126 << 8 | u64::from((self.len as u16).swap_bytes()) << 16 | key << 32, 0),
            _ => {
                let len = self.len.swap_bytes();
                (start | 127 << 8 | len << 16, len >> 48 | key << 16)
            }
        };
        let mut bytes = [0; HEADER_ROOM];
        bytes[..8].copy_from_slice(&low.to_le_bytes());
        bytes[8..].copy_from_slice(&high.to_le_bytes());
        (bytes, self.size())
    }

    /// How many bytes the header has.
    pub fn size(&self) -> usize {
        2 + extended_len(self.len) + if self.key.is_some() { 4 } else { 0 }
    }
}

/// How many bytes the length has after the header's second byte, in the shortest form.
fn extended_len(len: u64) -> usize {
    match len {
        0..=125 => 0,
        126..=0xFFFF => 2,
        _ => 8,
    }
}

/// The length, and how many bytes after the header's second one it occupies.
fn decode_len(short: u8, bytes: &[u8]) -> Result<Option<(u64, usize)>, Error> {
    match short {
        126 => {
            let Some(bytes) = bytes.first_chunk() else { return Ok(None) };
            let len = u16::from_be_bytes(*bytes);
            if len < 126 {
                return Err(Error::LengthNotMinimal);
            }
            Ok(Some((len.into(), 2)))
        }
        127 => {
            if bytes.first().is_some_and(|top| top & 0x80 != 0) {
                return Err(Error::LengthTooLarge);
            }
            let Some(bytes) = bytes.first_chunk() else { return Ok(None) };
            let len = u64::from_be_bytes(*bytes);
            if len <= 0xFFFF {
                return Err(Error::LengthNotMinimal);
            }
            Ok(Some((len, 8)))
        }
        _ => Ok(Some((short.into(), 0))),
    }
}

/// Reads a header whose bytes are received in pieces.
#[derive(Debug, Default)]
pub struct HeaderReader {
    partial: [u8; MAX_HEADER],
    len: usize,
}

impl HeaderReader {
    /// Whether no byte of a header was read.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Reads from the front of `input`, and advances it.
    ///
    /// # Errors
    /// As [`FrameHeader::decode`].
    pub fn read(&mut self, input: &mut &[u8], from: Role, compression: bool) -> Result<Option<FrameHeader>, Error> {
        if self.len == 0
            && let Some((header, size)) = FrameHeader::decode(input, from, compression)?
        {
            *input = &input[size..];
            return Ok(Some(header));
        }
        // At most the bytes of one header; any payload bytes among them stay in `input`.
        let room = (MAX_HEADER - self.len).min(input.len());
        self.partial[self.len..self.len + room].copy_from_slice(&input[..room]);
        let have = self.len + room;
        match FrameHeader::decode(&self.partial[..have], from, compression)? {
            Some((header, size)) => {
                *input = &input[size - self.len..];
                self.len = 0;
                Ok(Some(header))
            }
            None => {
                *input = &input[room..];
                self.len = have;
                Ok(None)
            }
        }
    }
}
