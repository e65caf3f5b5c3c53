//! permessage-deflate (RFC 7692).
//!
//! | a rule on | is in |
//! |---|---|
//! | what is offered and what may be answered (7.1) | [`negotiation`] |
//! | compressing what is sent (7.2.1) | [`deflater`] |
//! | decompressing what is received (7.2.2) | [`inflater`] |
//! | DEFLATE itself (RFC 1951) | [`codec`] |

pub mod codec;
pub mod deflater;
pub mod inflater;
pub mod negotiation;

pub use deflater::{Deflater, Until};
pub use inflater::Inflater;
pub use negotiation::{Agreement, Offer, Side, WindowBits};

/// What every compressed message's payload ends with, and what is left away on the wire (7.2.1).
const TAIL: [u8; 4] = [0x00, 0x00, 0xFF, 0xFF];
