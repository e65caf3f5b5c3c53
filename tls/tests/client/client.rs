//! The module as a page calls it.

use rustls::ServerConfig;
use std::sync::Arc;
use websocket_wasm_tls::clock;
use websocket_wasm_tls::facts;
use websocket_wasm_tls::failure::Failure;
use websocket_wasm_tls::module::Module;
use websocket_wasm_tls::records::{self, Record};
use websocket_wasm_tls::session::Session;

use crate::pair::Pair;

/// The time of the tests: 2026-06-01.
pub const NOW: f64 = 1_780_272_000.0;

/// A module whose clock is set.
#[derive(Default)]
pub struct Client {
    pub module: Module,
}

impl Client {
    pub fn new() -> Self {
        clock::set(NOW);
        Self::default()
    }

    /// Begins a connection.
    pub fn connect(&mut self, options: &Options) -> Result<&mut Session, Failure> {
        self.module.argument.clone_from(&options.0);
        let id = self.module.connect()?;
        Ok(self.module.session(id).expect("it was made"))
    }

    /// Begins a connection to a server.
    pub fn pair(&mut self, options: &Options, server: &Arc<ServerConfig>) -> Pair<'_> {
        Pair::new(self.connect(options).expect("the options are valid"), server)
    }
}

/// The argument of `connect`.
#[derive(Clone, Default)]
pub struct Options(pub Vec<u8>);

impl Options {
    pub fn new(name: &str) -> Self {
        Self::default().with(records::NAME, name.as_bytes())
    }

    pub fn ca(self, certificate: &[u8]) -> Self {
        self.with(records::CA, certificate)
    }

    pub fn pin(self, pin: &[u8]) -> Self {
        self.with(records::PIN, pin)
    }

    pub fn port(self, port: u16) -> Self {
        self.with(records::PORT, &port.to_le_bytes())
    }

    pub fn key_log(self) -> Self {
        self.with(records::KEY_LOG, &[])
    }

    pub fn certificate(self, certificate: &[u8]) -> Self {
        self.with(records::CERTIFICATE, certificate)
    }

    pub fn key(self, key: &[u8]) -> Self {
        self.with(records::KEY, key)
    }

    pub fn with(mut self, tag: u8, value: &[u8]) -> Self {
        records::write(&mut self.0, tag, value);
        self
    }
}

/// What is known of a connection.
pub struct Facts(Vec<u8>);

impl Facts {
    pub fn of(session: &Session) -> Self {
        Self(facts::facts(session.negotiated()))
    }

    pub fn protocol(&self) -> &str {
        self.text(1)
    }

    pub fn suite(&self) -> &str {
        self.text(2)
    }

    pub fn group(&self) -> &str {
        self.text(3)
    }

    pub fn resumed(&self) -> bool {
        self.values(4).next() == Some(&[1])
    }

    pub fn alpn(&self) -> Option<&[u8]> {
        self.values(5).next()
    }

    pub fn certificates(&self) -> Vec<&[u8]> {
        self.values(6).collect()
    }

    /// The one value of that tag.
    pub fn text(&self, tag: u8) -> &str {
        let values: Vec<_> = self.values(tag).collect();
        assert_eq!(values.len(), 1, "tag {tag}");
        str::from_utf8(values[0]).unwrap()
    }

    pub fn values(&self, tag: u8) -> impl Iterator<Item = &[u8]> {
        records::read(&self.0).map(|record| record.expect("complete records")).filter_map(move |record| {
            let Record { tag: of, value } = record;
            (of == tag).then_some(value)
        })
    }
}
