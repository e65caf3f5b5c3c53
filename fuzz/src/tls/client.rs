//! The client, whose random bytes are the same in every run.

use websocket_wasm_tls::clock;
use websocket_wasm_tls::module::Module;
use websocket_wasm_tls::session::Session;

use super::random::Stream;
use super::scenario::{NOW, Scenario};

/// The number of its random bytes.
const CLIENT: u8 = 1;

/// The most that the page passes in a call.
pub const CALL: usize = 1 << 16;

/// The client with one connection.
pub struct Client {
    module: Module,
    id: usize,
    stream: Stream,
}

impl Client {
    /// Begins a connection.
    pub fn new(scenario: Scenario) -> Self {
        clock::set(NOW as f64);
        let mut client = Self { module: Module::default(), id: 0, stream: Stream::new(CLIENT) };
        client.connect(scenario);
        client
    }

    /// The same after an earlier connection in which the server sent these bytes.
    pub fn after(scenario: Scenario, earlier: Option<&[u8]>) -> Self {
        let mut client = Self::new(scenario);
        if let Some(earlier) = earlier {
            client.receive(earlier);
            client.connect(scenario);
        }
        client
    }

    /// Begins another connection in place of this one.
    pub fn connect(&mut self, scenario: Scenario) {
        self.module.free(self.id);
        self.module.argument = scenario.options();
        let module = &mut self.module;
        self.id = self.stream.with(|| module.connect()).expect("the options are valid");
    }

    pub fn session(&mut self) -> &mut Session {
        self.module.session(self.id).expect("it exists")
    }

    pub fn receive(&mut self, bytes: &[u8]) {
        let session = self.module.session(self.id).expect("it exists");
        self.stream.with(|| bytes.chunks(CALL).for_each(|call| session.receive(call)));
    }

    pub fn take_output(&mut self) -> Vec<u8> {
        core::mem::take(&mut self.session().output)
    }
}
