//! What is known of the servers of one configuration: tickets and sessions for resumption, which no connection with
//! other checks uses, and groups of key exchange.

use core::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustls::NamedGroup;
use rustls::client::{ClientSessionStore, Tls12ClientSessionValue, Tls13ClientSessionValue};
use rustls::pki_types::ServerName;

/// How many servers are remembered: the ones used last.
const MAX_SERVERS: usize = 64;

/// How many tickets of a server: each is used once (RFC 8446 C.4).
const MAX_TICKETS: usize = 4;

/// The servers of one configuration.
#[derive(Default)]
pub struct Servers(Mutex<Vec<Server>>);

/// Access to them for a connection to that port: rustls knows only the name.
pub struct SessionStore {
    servers: Arc<Servers>,
    port: u16,
}

struct Server {
    name: ServerName<'static>,
    port: u16,
    group: Option<NamedGroup>,
    session: Option<Tls12ClientSessionValue>,
    tickets: Vec<Tls13ClientSessionValue>,
}

impl SessionStore {
    /// The store for a connection to that port.
    pub fn new(servers: Arc<Servers>, port: u16) -> Self {
        Self { servers, port }
    }

    fn servers(&self) -> MutexGuard<'_, Vec<Server>> {
        self.servers.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_of(&self, server: &Server, name: &ServerName<'_>) -> bool {
        server.port == self.port && server.name == *name
    }

    /// Calls `call` with what is known of a server, if anything is.
    fn with<T>(&self, name: &ServerName<'_>, call: impl FnOnce(&mut Server) -> Option<T>) -> Option<T> {
        self.servers().iter_mut().find(|server| self.is_of(server, name)).and_then(call)
    }

    /// Calls `call` with what is known of a server, which is now the one used last.
    fn update(&self, name: ServerName<'static>, call: impl FnOnce(&mut Server)) {
        let mut servers = self.servers();
        let mut server = match servers.iter().position(|server| self.is_of(server, &name)) {
            Some(at) => servers.remove(at),
            None => Server { name, port: self.port, group: None, session: None, tickets: Vec::new() },
        };
        call(&mut server);
        if servers.len() >= MAX_SERVERS {
            servers.remove(0);
        }
        servers.push(server);
    }
}

impl ClientSessionStore for SessionStore {
    fn set_kx_hint(&self, name: ServerName<'static>, group: NamedGroup) {
        self.update(name, |server| server.group = Some(group));
    }

    fn kx_hint(&self, name: &ServerName<'_>) -> Option<NamedGroup> {
        self.with(name, |server| server.group)
    }

    fn set_tls12_session(&self, name: ServerName<'static>, value: Tls12ClientSessionValue) {
        self.update(name, |server| server.session = Some(value));
    }

    fn tls12_session(&self, name: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        self.with(name, |server| server.session.clone())
    }

    fn remove_tls12_session(&self, name: &ServerName<'static>) {
        self.with(name, |server| server.session.take());
    }

    fn insert_tls13_ticket(&self, name: ServerName<'static>, value: Tls13ClientSessionValue) {
        self.update(name, |server| {
            if server.tickets.len() >= MAX_TICKETS {
                server.tickets.remove(0);
            }
            server.tickets.push(value);
        });
    }

    fn take_tls13_ticket(&self, name: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        self.with(name, |server| server.tickets.pop())
    }
}

/// Without the secrets.
impl fmt::Debug for SessionStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionStore")
    }
}
