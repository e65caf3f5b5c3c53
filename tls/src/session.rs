//! One TLS connection: bytes of the transport and plaintext in, plaintext and bytes for the transport out. All use of
//! rustls's unbuffered API is here.

use std::sync::Arc;

use rustls::CommonState;
use rustls::client::{ClientConfig, UnbufferedClientConnection};
use rustls::pki_types::ServerName;
use rustls::unbuffered::{
    ConnectionState, EncodeError, EncodeTlsData, EncryptError, InsufficientSizeError, UnbufferedStatus, WriteTraffic,
};

use crate::failure::{Failure, Kind};
use crate::report;

/// The most plaintext of a record.
const RECORD: usize = 1 << 14;

/// What a record adds at most: header, nonce, content type and tag, and room for a key update before the first one.
const OVERHEAD: usize = 64;

/// The state of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// The handshake isn't complete.
    Handshaking = 0,
    /// Data can be sent.
    Open = 1,
    /// The server sent close_notify: it sends no more data.
    Closed = 2,
    /// It failed.
    Failed = 3,
}

/// A connection.
pub struct Session {
    tls: UnbufferedClientConnection,
    /// Ciphertext that isn't a complete message yet.
    input: Vec<u8>,
    /// Ciphertext for the transport.
    pub output: Vec<u8>,
    /// Plaintext from the server.
    pub plaintext: Vec<u8>,
    /// Lines of the key log.
    pub key_log: String,
    status: Status,
    failure: Option<Failure>,
    /// Whether close_notify was sent: nothing is sent after it (RFC 8446 6.1).
    close_sent: bool,
}

/// What to do once application data may be written.
enum Action<'a> {
    Nothing,
    Send(&'a [u8]),
    Close,
    UpdateKey,
}

impl Session {
    /// Begins a connection: the ClientHello is in the output.
    ///
    /// # Errors
    /// No random bytes.
    pub fn new(config: Arc<ClientConfig>, name: ServerName<'static>) -> Result<Self, Failure> {
        let tls = UnbufferedClientConnection::new(config, name).map_err(|error| Failure::of(&error, false))?;
        let mut session = Self {
            tls,
            input: Vec::new(),
            output: Vec::new(),
            plaintext: Vec::new(),
            key_log: String::new(),
            status: Status::Handshaking,
            failure: None,
            close_sent: false,
        };
        session.run(Action::Nothing);
        Ok(session)
    }

    /// The state.
    pub fn status(&self) -> Status {
        self.status
    }

    /// Why it failed, if it did.
    pub fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }

    /// What was negotiated.
    pub fn negotiated(&self) -> &CommonState {
        &self.tls
    }

    /// Takes ciphertext from the transport.
    pub fn receive(&mut self, bytes: &[u8]) {
        // After close_notify, whatever is received is ignored (RFC 8446 6.1).
        if matches!(self.status, Status::Handshaking | Status::Open) {
            self.input.extend_from_slice(bytes);
            self.run(Action::Nothing);
        }
    }

    /// Encrypts plaintext. Does nothing unless the handshake is complete, and after [`close`](Self::close).
    pub fn send(&mut self, plaintext: &[u8]) {
        self.run(Action::Send(plaintext));
    }

    /// Ends the sending direction by close_notify. Does nothing unless the handshake is complete.
    pub fn close(&mut self) {
        self.run(Action::Close);
    }

    /// Changes the keys of the sending direction (RFC 8446 4.6.3), and asks the server to change its own. Does nothing in
    /// TLS 1.2, and after [`close`](Self::close).
    pub fn update_key(&mut self) {
        self.run(Action::UpdateKey);
    }

    /// Processes the input, then does what was asked for, then collects the output.
    fn run(&mut self, mut action: Action<'_>) {
        if self.status == Status::Failed {
            return;
        }
        if self.close_sent {
            action = Action::Nothing;
        }
        let mut at = 0;
        loop {
            let UnbufferedStatus { mut discard, state, .. } = self.tls.process_tls_records(&mut self.input[at..]);
            let mut more = true;
            match state {
                Ok(ConnectionState::ReadTraffic(mut traffic)) => {
                    while let Some(Ok(record)) = traffic.next_record() {
                        discard += record.discard;
                        self.plaintext.extend_from_slice(record.payload);
                    }
                }
                Ok(ConnectionState::EncodeTlsData(data)) => encode(data, &mut self.output),
                Ok(ConnectionState::TransmitTlsData(transmit)) => transmit.done(),
                Ok(ConnectionState::PeerClosed) => self.status = Status::Closed,
                Ok(ConnectionState::WriteTraffic(mut traffic)) => {
                    if self.status == Status::Handshaking {
                        self.status = Status::Open;
                    }
                    let done = match core::mem::replace(&mut action, Action::Nothing) {
                        Action::Nothing => {
                            more = false;
                            Ok(())
                        }
                        Action::Send(plaintext) => encrypt(&mut traffic, plaintext, &mut self.output),
                        Action::Close => {
                            self.close_sent = true;
                            close_notify(&mut traffic, &mut self.output)
                        }
                        Action::UpdateKey => traffic.refresh_traffic_keys().or(Ok(())),
                    };
                    if let Err(failure) = done {
                        self.fail(failure);
                        more = false;
                    }
                }
                // Neither side sends more, or the server's next message isn't complete.
                Ok(_) => more = false,
                Err(error) => {
                    self.fail(Failure::of(&error, !self.tls.is_handshaking()));
                    more = false;
                }
            }
            at = (at + discard).min(self.input.len());
            if !more {
                break;
            }
        }
        if self.status == Status::Failed {
            self.collect_alert(at);
            self.input = Vec::new();
        } else {
            self.input.drain(..at);
        }
        self.key_log.push_str(&report::take_key_log());
    }

    /// Appends what is to be sent after a failure. As long as there is any, no input is read.
    fn collect_alert(&mut self, at: usize) {
        while self.tls.wants_write() && !self.close_sent {
            let UnbufferedStatus { state, .. } = self.tls.process_tls_records(&mut self.input[at..]);
            let Ok(ConnectionState::EncodeTlsData(data)) = state else { break };
            encode(data, &mut self.output);
        }
    }

    fn fail(&mut self, failure: Failure) {
        self.status = Status::Failed;
        self.failure = Some(failure);
    }
}

/// Appends a message of the handshake, or an alert.
fn encode<D>(mut data: EncodeTlsData<'_, D>, output: &mut Vec<u8>) {
    let start = output.len();
    // The first call says how much room is needed.
    let Err(EncodeError::InsufficientSize(InsufficientSizeError { required_size })) = data.encode(&mut []) else {
        return;
    };
    output.resize(start + required_size, 0);
    let written = data.encode(&mut output[start..]).unwrap_or(0);
    output.truncate(start + written);
}

/// Appends records with the plaintext.
fn encrypt<D>(traffic: &mut WriteTraffic<'_, D>, plaintext: &[u8], output: &mut Vec<u8>) -> Result<(), Failure> {
    append(output, plaintext.len() + OVERHEAD * (plaintext.len() / RECORD + 2), |room| traffic.encrypt(plaintext, room))
}

fn close_notify<D>(traffic: &mut WriteTraffic<'_, D>, output: &mut Vec<u8>) -> Result<(), Failure> {
    append(output, OVERHEAD, |room| traffic.queue_close_notify(room))
}

/// Appends what `write` writes into that much room, or into as much as it asks for.
fn append(
    output: &mut Vec<u8>,
    room: usize,
    mut write: impl FnMut(&mut [u8]) -> Result<usize, EncryptError>,
) -> Result<(), Failure> {
    let start = output.len();
    output.resize(start + room, 0);
    let written = match write(&mut output[start..]) {
        Err(EncryptError::InsufficientSize(InsufficientSizeError { required_size })) => {
            output.resize(start + required_size, 0);
            write(&mut output[start..])
        }
        written => written,
    };
    output.truncate(start + written.as_ref().map_or(0, |written| *written));
    written.map(|_| ()).map_err(|_| Failure::new(Kind::Handshake, "no more data can be encrypted with these keys"))
}
