//! The module's connections and what they share: the built-in authorities and the configurations.

use std::sync::Arc;

use rustls::client::{ClientConfig, Resumption};
use rustls::pki_types::TrustAnchor;
use zeroize::Zeroize;

use crate::failure::{Failure, Kind};
use crate::options::Options;
use crate::provider::sha256;
use crate::records;
use crate::roots;
use crate::session::Session;
use crate::session_store::{Servers, SessionStore};

/// How many configurations are kept, with their tickets: the ones used last.
const MAX_CONFIGS: usize = 16;

/// All connections.
#[derive(Default)]
pub struct Module {
    roots: Vec<TrustAnchor<'static>>,
    configs: Vec<Shared>,
    /// By id; `None` if it was freed.
    sessions: Vec<Option<Session>>,
    /// The argument of the next call.
    pub argument: Vec<u8>,
    /// The result of the last one.
    pub result: Vec<u8>,
}

/// What connections with the same options share.
struct Shared {
    /// The SHA-256 of the options.
    hash: [u8; 32],
    config: ClientConfig,
    servers: Arc<Servers>,
}

impl Module {
    /// Sets the built-in authorities from the argument. Returns whether it is such a file.
    pub fn set_roots(&mut self) -> bool {
        match roots::read(&self.argument) {
            Some(roots) => {
                self.roots = roots;
                true
            }
            None => false,
        }
    }

    /// Begins a connection with the options in the argument. Returns its id.
    ///
    /// # Errors
    /// Options that aren't valid.
    pub fn connect(&mut self) -> Result<usize, Failure> {
        let options = Options::read(&self.argument);
        let hash = hash(&self.argument);
        // It may contain a key.
        self.argument.zeroize();
        let mut options = options?;
        let name =
            options.name.take().ok_or_else(|| Failure::new(Kind::InvalidOptions, "servername: there is none"))?;
        let config = self.config(hash, &options)?;
        let session = Some(Session::new(Arc::new(config), name)?);
        match self.sessions.iter().position(Option::is_none) {
            Some(id) => {
                self.sessions[id] = session;
                Ok(id)
            }
            None => {
                self.sessions.push(session);
                Ok(self.sessions.len() - 1)
            }
        }
    }

    /// A connection by its id.
    pub fn session(&mut self, id: usize) -> Option<&mut Session> {
        self.sessions.get_mut(id)?.as_mut()
    }

    /// A connection and the argument.
    pub fn session_and_argument(&mut self, id: usize) -> Option<(&mut Session, &[u8])> {
        Some((self.sessions.get_mut(id)?.as_mut()?, &self.argument))
    }

    /// Frees a connection; its id may be used again.
    pub fn free(&mut self, id: usize) {
        if let Some(session) = self.sessions.get_mut(id) {
            *session = None;
        }
    }

    /// The configuration for a connection with these options.
    fn config(&mut self, hash: [u8; 32], options: &Options) -> Result<ClientConfig, Failure> {
        let known = self.configs.iter().position(|shared| shared.hash == hash);
        let shared = match known {
            Some(at) => self.configs.remove(at),
            None => Shared { hash, config: options.config(&self.roots)?, servers: Arc::default() },
        };
        if self.configs.len() >= MAX_CONFIGS {
            self.configs.remove(0);
        }
        let mut config = shared.config.clone();
        config.resumption = Resumption::store(Arc::new(SessionStore::new(shared.servers.clone(), options.port)));
        self.configs.push(shared);
        Ok(config)
    }
}

/// A hash of all options but the name and the port, which aren't parts of the configuration.
fn hash(options: &[u8]) -> [u8; 32] {
    let mut list = Vec::with_capacity(options.len());
    for record in
        records::read(options).flatten().filter(|record| ![records::NAME, records::PORT].contains(&record.tag))
    {
        records::write(&mut list, record.tag, record.value);
    }
    let hash = sha256(&list);
    list.zeroize();
    hash
}
