//! A connection of the client and the server's end of it, in memory.

use std::io::{Read, Write};
use std::sync::Arc;

use rustls::{ServerConfig, ServerConnection};
use websocket_wasm_tls::failure::Failure;
use websocket_wasm_tls::session::{Session, Status};

use crate::client::Facts;

/// The most that the page passes in a call.
pub const CALL: usize = 1 << 16;

pub struct Pair<'a> {
    pub client: &'a mut Session,
    pub server: ServerConnection,
    /// Plaintext that the server received.
    pub received: Vec<u8>,
    /// Why the server failed.
    pub error: Option<rustls::Error>,
    /// The sizes of the calls in which the client receives, used in turn.
    pub calls: Vec<usize>,
}

impl<'a> Pair<'a> {
    pub fn new(client: &'a mut Session, server: &Arc<ServerConfig>) -> Self {
        let mut server = ServerConnection::new(server.clone()).unwrap();
        server.set_buffer_limit(None);
        Self { client, server, received: Vec::new(), error: None, calls: vec![CALL] }
    }

    /// Passes bytes until neither side has any.
    pub fn run(&mut self) {
        loop {
            let to_server = core::mem::take(&mut self.client.output);
            self.pass_to_server(&to_server);
            let to_client = self.take_from_server();
            self.pass_to_client(&to_client);
            if to_server.is_empty() && to_client.is_empty() {
                return;
            }
        }
    }

    /// Passes bytes until the handshake is complete at both ends.
    pub fn shake_hands(&mut self) {
        self.run();
        assert_eq!((self.client.failure(), self.error.as_ref()), (None, None));
        assert_eq!(self.client.status(), Status::Open);
        assert!(!self.server.is_handshaking());
    }

    /// Passes bytes until the handshake has failed, and returns why.
    pub fn refuse(&mut self) -> Failure {
        self.run();
        assert_eq!(self.client.status(), Status::Failed);
        assert!(self.client.plaintext.is_empty());
        self.client.failure().expect("it failed").clone()
    }

    /// Exchanges data in both directions.
    pub fn talk(&mut self) {
        self.shake_hands();
        self.client.send(b"from the client");
        self.write(b"from the server");
        self.run();
        assert_eq!(core::mem::take(&mut self.received), b"from the client");
        assert_eq!(core::mem::take(&mut self.client.plaintext), b"from the server");
    }

    /// Passes all bytes: beside this data each side has received nothing. Then exchanges more.
    pub fn talk_after(&mut self, from_client: &[u8], from_server: &[u8]) {
        self.run();
        assert_eq!(core::mem::take(&mut self.received), from_client);
        assert_eq!(core::mem::take(&mut self.client.plaintext), from_server);
        self.talk();
    }

    pub fn facts(&self) -> Facts {
        Facts::of(self.client)
    }

    /// The server sends data.
    pub fn write(&mut self, data: &[u8]) {
        self.server.writer().write_all(data).unwrap();
    }

    /// What the server has sent.
    pub fn take_from_server(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        while self.server.wants_write() {
            self.server.write_tls(&mut bytes).unwrap();
        }
        bytes
    }

    pub fn pass_to_client(&mut self, mut bytes: &[u8]) {
        let mut calls = self.calls.iter().cycle();
        while !bytes.is_empty() {
            let (call, rest) = bytes.split_at(bytes.len().min(*calls.next().expect("it is endless")));
            self.client.receive(call);
            bytes = rest;
        }
    }

    pub fn pass_to_server(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() && self.error.is_none() {
            self.server.read_tls(&mut bytes).unwrap();
            match self.server.process_new_packets() {
                Ok(state) => {
                    let start = self.received.len();
                    self.received.resize(start + state.plaintext_bytes_to_read(), 0);
                    if start < self.received.len() {
                        self.server.reader().read_exact(&mut self.received[start..]).unwrap();
                    }
                }
                Err(error) => self.error = Some(error),
            }
        }
    }
}
