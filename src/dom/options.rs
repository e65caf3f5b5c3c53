//! The constructor's options beyond `protocols`.

use core::time::Duration;

use wasm_bindgen::prelude::*;

use super::codec::ImportedCodec;
use super::exception::type_error;
use crate::protocol::Config;
use crate::protocol::deflate::{Offer, WindowBits};

/// The options, converted by the shim; those that aren't set have their defaults.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Options {
    pub(super) config: Config,
    pub(super) deflate: Option<Offer>,
    pub(super) headers: Vec<(String, String)>,
    /// The realm's origin.
    pub(super) origin: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        // A link may deliver much at once; the shim passes it on in pieces.
        let config = Config { max_backlog: 256 << 20, ..Config::default() };
        Self { config, deflate: Some(Offer::new(&ImportedCodec)), headers: Vec::new(), origin: None }
    }
}

#[wasm_bindgen]
impl Options {
    /// The defaults: those of [`Config`] and of [`Offer`], and no headers.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets an option that is a number: bytes, a count, or milliseconds. `keepAlive`, with any number, is that option with
    /// its defaults, which its members then replace.
    ///
    /// # Errors
    /// A `TypeError` unless it is at least 1, `maxErrorBody` at least 0; `Infinity` is.
    #[wasm_bindgen(js_name = setLimit)]
    pub fn set_limit(&mut self, name: &str, value: f64) -> Result<(), JsValue> {
        let config = &mut self.config;
        let duration = Duration::from_millis(value as u64);
        let mut least = 1.0;
        if let Some(member) = name.strip_prefix("keepAlive") {
            let keep_alive = config.keep_alive.get_or_insert_default();
            match member {
                ".interval" => keep_alive.interval = duration,
                ".timeout" => keep_alive.timeout = duration,
                _ => {}
            }
        }
        match name {
            "maxMessageSize" => config.max_message_size = value as u64,
            "maxFragments" => config.max_fragments = value as u64,
            "maxErrorBody" => {
                config.max_error_body = value as usize;
                least = 0.0;
            }
            "maxHeaderSize" => config.max_header_size = value as usize,
            "maxQueuedPongs" => config.max_queued_pongs = value as usize,
            "highWaterMark" => config.high_water_mark = value as usize,
            "handshakeTimeout" => config.handshake_timeout = duration,
            "closeTimeout" => config.close_timeout = duration,
            _ => {}
        }
        if value >= least {
            return Ok(());
        }
        Err(not_a(name, if least > 0.0 { "a number of at least 1" } else { "a number of at least 0" }, value))
    }

    /// Disables the offer of compression.
    #[wasm_bindgen(js_name = offerNothing)]
    pub fn offer_nothing(&mut self) {
        self.deflate = None;
    }

    /// Requires the server, and announces for the client, to reset the window before each message.
    #[wasm_bindgen(js_name = setNoContextTakeover)]
    pub fn set_no_context_takeover(&mut self, server: bool, client: bool) {
        if let Some(offer) = &mut self.deflate {
            offer.server_no_context_takeover = server;
            offer.client_no_context_takeover = client;
        }
    }

    /// Sets a member of `perMessageDeflate` that is a number.
    ///
    /// # Errors
    /// A `TypeError` unless it is an integer in its range.
    #[wasm_bindgen(js_name = setDeflate)]
    pub fn set_deflate(&mut self, name: &str, value: f64) -> Result<(), JsValue> {
        let Some(offer) = &mut self.deflate else { return Ok(()) };
        let range = match name {
            "level" => 0.0..=9.0,
            "threshold" => 0.0..=f64::INFINITY,
            _ => 8.0..=15.0,
        };
        if !range.contains(&value) || value.is_finite() && value % 1.0 != 0.0 {
            let what = match name {
                "level" => "an integer from 0 to 9",
                "threshold" => "an integer of at least 0",
                _ => "an integer from 8 to 15",
            };
            return Err(not_a(&format!("perMessageDeflate.{name}"), what, value));
        }
        match name {
            "level" => offer.level = value as u8,
            "threshold" => offer.threshold = value as u64,
            "serverMaxWindowBits" => offer.server_max_window_bits = WindowBits::new(value as u8),
            "clientMaxWindowBits" => offer.client_max_window_bits = WindowBits::new(value as u8),
            _ => {}
        }
        Ok(())
    }

    /// Adds a header to the request of the opening handshake.
    #[wasm_bindgen(js_name = addHeader)]
    pub fn add_header(&mut self, name: String, value: String) {
        self.headers.push((name, value));
    }

    /// Sets the `Origin` header, unless a header of that name is added.
    #[wasm_bindgen(js_name = setOrigin)]
    pub fn set_origin(&mut self, origin: String) {
        self.origin = Some(origin);
    }
}

fn not_a(name: &str, what: &str, value: f64) -> JsValue {
    // Formatted by JavaScript: Rust's code for floats is large.
    let value = js_sys::Number::from(value).to_string_with_radix(10).map_or_else(|_| String::new(), String::from);
    type_error(&format!("The option '{name}' must be {what}, not {value}."))
}
