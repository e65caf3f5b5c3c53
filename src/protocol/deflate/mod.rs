//! permessage-deflate (RFC 7692).
//!
//! An [`Offer`] names the [`Codec`] that compresses and decompresses: `Zlib`, with the feature `zlib`, or one of the
//! driver's own.

mod codec;
pub(super) mod deflater;
pub(super) mod inflater;
pub(super) mod negotiation;
#[cfg(feature = "zlib")]
mod zlib;

pub use codec::{Codec, Coder, Progress, Status};
pub use negotiation::{Agreement, Offer, Side, WindowBits};
#[cfg(feature = "zlib")]
pub use zlib::Zlib;

/// The last four bytes of every compressed message's payload, omitted on the wire (7.2.1).
const TAIL: [u8; 4] = [0x00, 0x00, 0xFF, 0xFF];

/// The most input or output of one call of a [`Coder`].
const BLOCK: usize = 32 << 10;
