//! What a client offers and what a server may answer (RFC 7692 5, 7.1).

use core::fmt;

use crate::protocol::error::HandshakeError;
use crate::protocol::extensions::{self, Extension};

/// The extension's name.
const NAME: &str = "permessage-deflate";

/// The binary logarithm of an LZ77 window's size in bytes: 8 to 15.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct WindowBits(u8);

impl WindowBits {
    /// The largest window: 32 KiB.
    pub const MAX: Self = Self(15);

    /// Of that many bits, if that is from 8 to 15.
    pub fn new(bits: u8) -> Option<Self> {
        (8..=15).contains(&bits).then_some(Self(bits))
    }

    /// The number of bits.
    pub fn get(self) -> u8 {
        self.0
    }

    /// "A decimal integer value without leading zeroes between 8 to 15, inclusive" (7.1.2).
    fn parse(text: &str) -> Option<Self> {
        match text {
            "8" | "9" | "10" | "11" | "12" | "13" | "14" | "15" => Self::new(text.parse().ok()?),
            _ => None,
        }
    }
}

impl Default for WindowBits {
    fn default() -> Self {
        Self::MAX
    }
}

/// What a client offers, and how it compresses what it sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Asks the server to begin each message with an empty window (7.1.1.1).
    pub server_no_context_takeover: bool,
    /// Promises to begin each message with an empty window (7.1.1.2).
    pub client_no_context_takeover: bool,
    /// The largest window that the server may use; `None` leaves it to the server (7.1.2.1).
    pub server_max_window_bits: Option<WindowBits>,
    /// The largest window that the client uses; a server may always ask for a smaller one (7.1.2.2).
    pub client_max_window_bits: Option<WindowBits>,
    /// How hard the client tries: 0 (not at all) to 9.
    pub level: u8,
    /// Messages of fewer bytes are sent as they are.
    pub threshold: u64,
}

impl Default for Offer {
    /// Nothing but `client_max_window_bits`, as browsers offer it; level 6, threshold 1,024 bytes.
    fn default() -> Self {
        Self {
            server_no_context_takeover: false,
            client_no_context_takeover: false,
            server_max_window_bits: None,
            client_max_window_bits: None,
            level: 6,
            threshold: 1024,
        }
    }
}

impl fmt::Display for Offer {
    /// The value of `Sec-WebSocket-Extensions` that offers it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(NAME)?;
        if self.server_no_context_takeover {
            f.write_str("; server_no_context_takeover")?;
        }
        if self.client_no_context_takeover {
            f.write_str("; client_no_context_takeover")?;
        }
        if let Some(bits) = self.server_max_window_bits {
            write!(f, "; server_max_window_bits={}", bits.0)?;
        }
        f.write_str("; client_max_window_bits")?;
        self.client_max_window_bits.map_or(Ok(()), |bits| write!(f, "={}", bits.0))
    }
}

/// What client and server agreed on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Agreement {
    /// How the client compresses.
    pub client: Side,
    /// How the server compresses.
    pub server: Side,
}

/// How one side compresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Side {
    /// Whether each message begins with an empty window.
    pub no_context_takeover: bool,
    /// The largest window.
    pub window_bits: WindowBits,
}

impl Agreement {
    /// Reads the response's `Sec-WebSocket-Extensions`, its values joined by commas. `None`: no extension is in use.
    ///
    /// # Errors
    /// An extension that wasn't offered or is chosen twice, and parameters that don't answer the offer (7.1).
    pub fn read(value: &str, offer: Option<&Offer>) -> Result<Option<Self>, HandshakeError> {
        let wrong = || HandshakeError::Extension(value.to_owned());
        let chosen = extensions::parse(value).ok_or_else(wrong)?;
        match (chosen.as_slice(), offer) {
            ([], _) => Ok(None),
            ([extension], Some(offer)) if extension.name == NAME => {
                Self::answer(extension, offer).map(Some).ok_or_else(wrong)
            }
            _ => Err(wrong()),
        }
    }

    /// `None` where the client must decline the answer.
    fn answer(extension: &Extension, offer: &Offer) -> Option<Self> {
        let (mut server_takeover, mut client_takeover) = (None, None);
        let (mut server_bits, mut client_bits) = (None, None);
        for (name, value) in &extension.params {
            match (name.as_str(), value) {
                ("server_no_context_takeover", None) => once(&mut server_takeover, ())?,
                ("client_no_context_takeover", None) => once(&mut client_takeover, ())?,
                ("server_max_window_bits", Some(bits)) => once(&mut server_bits, WindowBits::parse(bits)?)?,
                ("client_max_window_bits", Some(bits)) => once(&mut client_bits, WindowBits::parse(bits)?)?,
                _ => return None,
            }
        }
        // What was asked of the server is accepted by being answered (7.1.1.1, 7.1.2.1).
        if offer.server_no_context_takeover && server_takeover.is_none() {
            return None;
        }
        if offer.server_max_window_bits.is_some_and(|most| server_bits.is_none_or(|bits| bits > most)) {
            return None;
        }
        // The client keeps to what it offered, whatever the server allows beyond it (7.1.2.2).
        let limit = offer.client_max_window_bits.unwrap_or_default();
        Some(Self {
            client: Side {
                no_context_takeover: offer.client_no_context_takeover || client_takeover.is_some(),
                window_bits: client_bits.unwrap_or_default().min(limit),
            },
            server: Side {
                no_context_takeover: server_takeover.is_some(),
                window_bits: server_bits.unwrap_or_default(),
            },
        })
    }
}

/// `None` where a parameter is repeated.
fn once<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.replace(value).is_none().then_some(())
}
