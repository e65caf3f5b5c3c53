//! The constructor's options beyond `protocols`.

use core::time::Duration;

use super::codec::ImportedCodec;
use crate::protocol::Config;
use crate::protocol::deflate::{Offer, WindowBits};

/// The options; those that aren't set have their defaults.
#[derive(Debug)]
pub struct Options {
    pub(super) config: Config,
    pub(super) deflate: Option<Offer>,
    /// How many of the socket's strings are the names and values of headers.
    pub(super) headers: usize,
}

impl Options {
    /// The options that are numbers, which the shim has checked: for each its index in `NUMBERS` of
    /// src/shim/arguments/core-options.ts and its value, as little-endian doubles.
    pub fn read(numbers: &[u8]) -> Self {
        // A link may deliver much at once; the shim passes it on in pieces.
        let mut config = Config { max_backlog: 256 << 20, ..Config::default() };
        let mut offer = Offer::new(&ImportedCodec);
        let mut offered = true;
        let mut headers = 0;
        let mut pairs = numbers.as_chunks().0.iter().map(|&bytes| f64::from_le_bytes(bytes));
        while let (Some(index), Some(value)) = (pairs.next(), pairs.next()) {
            let integer = value as u64;
            let size = value as usize;
            let duration = Duration::from_millis(integer);
            let bits = WindowBits::new(value as u8);
            match index as u32 {
                0 => headers = size,
                1 => config.max_message_size = integer,
                2 => config.max_fragments = integer,
                3 => config.max_header_size = size,
                4 => config.max_error_body = size,
                5 => config.max_queued_pongs = size,
                6 => config.high_water_mark = size,
                7 => config.handshake_timeout = duration,
                8 => config.close_timeout = duration,
                9 => config.keep_alive.get_or_insert_default().interval = duration,
                10 => config.keep_alive.get_or_insert_default().timeout = duration,
                // With any number, the option with its defaults.
                11 => drop(config.keep_alive.get_or_insert_default()),
                12 => offered = integer > 0,
                13 => offer.level = value as u8,
                14 => offer.threshold = integer,
                15 => offer.server_max_window_bits = bits,
                16 => offer.client_max_window_bits = bits,
                17 => offer.server_no_context_takeover = integer > 0,
                18 => offer.client_no_context_takeover = integer > 0,
                _ => {}
            }
        }
        Self { config, deflate: offered.then_some(offer), headers }
    }
}
