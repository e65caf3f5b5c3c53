//! The client's offer, and the server's answer to it (RFC 7692 5, 7.1).

use alloc::borrow::ToOwned;
use core::fmt;

use super::codec::Codec;
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

    /// `bits`, if in 8..=15.
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

/// A client's offer of permessage-deflate, and how the client compresses.
///
/// It includes a codec: compression can't be offered without one.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Offer {
    /// The implementation of DEFLATE.
    pub codec: &'static dyn Codec,
    /// Requires the server to reset its window before each message (7.1.1.1).
    pub server_no_context_takeover: bool,
    /// The client resets its window before each message (7.1.1.2).
    pub client_no_context_takeover: bool,
    /// The largest window that the server may use; `None` lets the server choose (7.1.2.1).
    pub server_max_window_bits: Option<WindowBits>,
    /// The largest window that the client uses; a server may require a smaller one (7.1.2.2).
    pub client_max_window_bits: Option<WindowBits>,
    /// The client's compression level: 0 (none) to 9.
    pub level: u8,
    /// Messages of fewer bytes are sent uncompressed.
    pub threshold: u64,
}

impl Offer {
    /// The offer of browsers: only `client_max_window_bits`, without a value. Level 6, threshold 1,024 bytes.
    pub fn new(codec: &'static dyn Codec) -> Self {
        Self {
            codec,
            server_no_context_takeover: false,
            client_no_context_takeover: false,
            server_max_window_bits: None,
            client_max_window_bits: None,
            level: 6,
            threshold: 1024,
        }
    }
}

#[cfg(feature = "zlib")]
impl Default for Offer {
    /// [`new`](Self::new) with [`Zlib`](super::Zlib).
    fn default() -> Self {
        Self::new(&super::Zlib)
    }
}

impl fmt::Display for Offer {
    /// The value of the `Sec-WebSocket-Extensions` header.
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

/// The parameters that client and server agreed on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Agreement {
    /// The client's parameters.
    pub client: Side,
    /// The server's parameters.
    pub server: Side,
}

/// The parameters of one side's compression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Side {
    /// Whether the window is reset before each message.
    pub no_context_takeover: bool,
    /// The largest window.
    pub window_bits: WindowBits,
}

impl Agreement {
    /// Reads the response's `Sec-WebSocket-Extensions`, its values joined by commas. `None`: no extension is in use.
    ///
    /// # Errors
    /// An extension that wasn't offered or is chosen twice, and parameters that aren't valid in an answer to the offer (7.1).
    pub fn read(value: &str, offer: Option<&Offer>) -> Result<Option<Self>, HandshakeError> {
        let invalid = || HandshakeError::Extension(value.to_owned());
        let chosen = extensions::parse(value).ok_or_else(invalid)?;
        match (chosen.as_slice(), offer) {
            ([], _) => Ok(None),
            ([extension], Some(offer)) if extension.name == NAME => {
                Self::answer(extension, offer).map(Some).ok_or_else(invalid)
            }
            _ => Err(invalid()),
        }
    }

    /// `None` if the client must fail the connection over the answer.
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
        // A server accepts a requirement by repeating it (7.1.1.1, 7.1.2.1).
        if offer.server_no_context_takeover && server_takeover.is_none() {
            return None;
        }
        if offer.server_max_window_bits.is_some_and(|most| server_bits.is_none_or(|bits| bits > most)) {
            return None;
        }
        // The client stays within its offer, even if the server allows more (7.1.2.2).
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

/// `None` if a parameter is repeated.
fn once<T>(place: &mut Option<T>, value: T) -> Option<()> {
    place.replace(value).is_none().then_some(())
}
