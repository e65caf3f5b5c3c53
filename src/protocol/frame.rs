//! Frame heads (RFC 6455 5.2).

use super::error::Error;
use super::mask::Key;

/// The longest head: two bytes, a 64-bit length, a key.
pub const MAX_HEAD: usize = 14;

/// The most bytes of payload in a control frame (5.5).
pub const MAX_CONTROL_PAYLOAD: u64 = 125;

/// The reserved bit that permessage-deflate gives a meaning, and the two that none does.
const RSV1: u8 = 0x40;
const RSV2_RSV3: u8 = 0x30;

/// Which end of the connection speaks here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Masks what it sends; nothing that it receives is masked.
    Client,
    /// The other way round.
    Server,
}

impl Role {
    /// The other end.
    pub fn peer(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }
}

/// What a frame is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opcode {
    /// A further fragment.
    Continuation,
    /// The first or only fragment of a text.
    Text,
    /// The first or only fragment of binary data.
    Binary,
    /// The closing handshake.
    Close,
    /// A ping.
    Ping,
    /// A pong.
    Pong,
}

impl Opcode {
    /// The opcode of that number.
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

    /// Its number on the wire.
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

/// All of a frame but its payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Whether it is its message's last fragment.
    pub fin: bool,
    /// RSV1: whether the message that begins here is compressed (RFC 7692 6).
    pub compressed: bool,
    /// What the frame is for.
    pub opcode: Opcode,
    /// The masking key, if the payload is masked.
    pub key: Option<Key>,
    /// The payload's length in bytes.
    pub len: u64,
}

impl Head {
    /// Reads a head from the front of `bytes`: it and the number of bytes that it takes, or `None` while it is incomplete.
    /// `compression`: whether it was agreed on.
    ///
    /// # Errors
    /// What `from` may not send, as soon as the bytes show it, even where the head is incomplete.
    pub fn decode(bytes: &[u8], from: Role, compression: bool) -> Result<Option<(Self, usize)>, Error> {
        let Some(&first) = bytes.first() else { return Ok(None) };
        if first & RSV2_RSV3 != 0 || first & RSV1 != 0 && !compression {
            return Err(Error::ReservedBits);
        }
        let fin = first & 0x80 != 0;
        let compressed = first & RSV1 != 0;
        let opcode = Opcode::from_number(first & 0x0F)?;
        // It stands on a message's first fragment only (RFC 7692 6.1).
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

    /// Appends the head's bytes to `out`, its length in the shortest form.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let rsv1 = if self.compressed { RSV1 } else { 0 };
        out.push(u8::from(self.fin) << 7 | rsv1 | self.opcode.number());
        let masked = u8::from(self.key.is_some()) << 7;
        match self.len {
            0..=125 => out.push(masked | self.len as u8),
            126..=0xFFFF => {
                out.push(masked | 126);
                out.extend_from_slice(&(self.len as u16).to_be_bytes());
            }
            _ => {
                out.push(masked | 127);
                out.extend_from_slice(&self.len.to_be_bytes());
            }
        }
        if let Some(key) = self.key {
            out.extend_from_slice(&key);
        }
    }
}

/// The length and how many bytes behind the second one it takes.
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

/// Collects a head whose bytes come in pieces.
#[derive(Debug, Default)]
pub struct HeadReader {
    partial: [u8; MAX_HEAD],
    len: usize,
}

impl HeadReader {
    /// Reads on from the front of `input`, and takes what it read off it.
    ///
    /// # Errors
    /// As [`Head::decode`].
    pub fn read(&mut self, input: &mut &[u8], from: Role, compression: bool) -> Result<Option<Head>, Error> {
        if self.len == 0
            && let Some((head, size)) = Head::decode(input, from, compression)?
        {
            *input = &input[size..];
            return Ok(Some(head));
        }
        // At most one head's bytes: whatever is behind it in `partial` goes back.
        let room = (MAX_HEAD - self.len).min(input.len());
        self.partial[self.len..self.len + room].copy_from_slice(&input[..room]);
        let have = self.len + room;
        match Head::decode(&self.partial[..have], from, compression)? {
            Some((head, size)) => {
                *input = &input[size - self.len..];
                self.len = 0;
                Ok(Some(head))
            }
            None => {
                *input = &input[room..];
                self.len = have;
                Ok(None)
            }
        }
    }
}
