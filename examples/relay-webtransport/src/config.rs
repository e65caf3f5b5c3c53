//! The relay's settings, from the environment.

use crate::allow::Entry;
use std::env::{self, VarError};
use std::net::SocketAddr;
use std::time::Duration;

pub struct Config {
    /// `RELAY_LISTEN`: the address and UDP port.
    pub listen: SocketAddr,
    /// `RELAY_CERT`, `RELAY_KEY`: PEM files. The key is PKCS#8.
    pub certificate: String,
    pub key: String,
    /// `RELAY_ALLOW`: entries of `allow.rs`, separated by commas.
    pub allow: Vec<Entry>,
    /// `RELAY_ALLOW_PRIVATE`: whether names of the list may have addresses that aren't public.
    pub allow_private: bool,
    /// `RELAY_TOKEN`: what clients must know; if it isn't set, everybody may connect to what is allowed.
    pub token: Option<String>,
    /// `RELAY_ORIGINS`: the origins of the pages that may connect, separated by commas; if it isn't set, any may.
    pub origins: Option<Vec<String>>,
    /// `RELAY_SESSION_TIMEOUT`, in seconds: how long a session may have no stream that is accepted.
    pub session_timeout: Duration,
    /// `RELAY_MAX_SESSIONS`, `RELAY_MAX_SOCKETS`: how many sessions, and TCP connections, one client may have at a time.
    pub max_sessions: usize,
    pub max_sockets: usize,
}

/// More than the 10 seconds that `webTransport()` keeps a session for the next socket.
const SESSION_TIMEOUT: Duration = Duration::from_secs(30);

/// Of a client: several may share an address.
const MAX_SESSIONS: usize = 64;
const MAX_SOCKETS: usize = 512;

impl Config {
    pub fn from_env() -> Result<Self, String> {
        let listen = required("RELAY_LISTEN")?;
        let allow = required("RELAY_ALLOW")?;
        Ok(Self {
            listen: listen.parse().map_err(|_| format!("RELAY_LISTEN: '{listen}' isn't ADDRESS:PORT"))?,
            certificate: required("RELAY_CERT")?,
            key: required("RELAY_KEY")?,
            allow: list(&allow).map(|entry| entry.parse()).collect::<Result<_, _>>()?,
            allow_private: flag("RELAY_ALLOW_PRIVATE")?,
            token: optional("RELAY_TOKEN")?,
            origins: optional("RELAY_ORIGINS")?.map(|origins| list(&origins).map(String::from).collect()),
            session_timeout: number("RELAY_SESSION_TIMEOUT")?
                .map_or(SESSION_TIMEOUT, |seconds| Duration::from_secs(seconds.into())),
            max_sessions: number("RELAY_MAX_SESSIONS")?.map_or(MAX_SESSIONS, |number| number as usize),
            max_sockets: number("RELAY_MAX_SOCKETS")?.map_or(MAX_SOCKETS, |number| number as usize),
        })
    }

    /// Whether a token is the one that clients must know, in a time that doesn't depend on where they differ.
    pub fn accepts_token(&self, given: &[u8]) -> bool {
        let Some(token) = &self.token else { return true };
        let differences = given.iter().zip(token.as_bytes()).fold(0, |sum, (a, b)| sum | (a ^ b));
        given.len() == token.len() && differences == 0
    }

    pub fn accepts_origin(&self, given: Option<&str>) -> bool {
        let Some(origins) = &self.origins else { return true };
        given.is_some_and(|given| origins.iter().any(|origin| origin == given))
    }
}

fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|entry| !entry.is_empty())
}

fn flag(name: &str) -> Result<bool, String> {
    match optional(name)?.as_deref() {
        None | Some("0") => Ok(false),
        Some("1") => Ok(true),
        Some(other) => Err(format!("{name}: '{other}' is neither 0 nor 1")),
    }
}

fn number(name: &str) -> Result<Option<u32>, String> {
    let Some(value) = optional(name)? else { return Ok(None) };
    match value.parse() {
        Ok(number) if number > 0 => Ok(Some(number)),
        _ => Err(format!("{name}: '{value}' isn't a number above 0")),
    }
}

fn required(name: &str) -> Result<String, String> {
    optional(name)?.ok_or_else(|| format!("{name} isn't set: see README.md"))
}

fn optional(name: &str) -> Result<Option<String>, String> {
    match env::var(name) {
        // An empty token would let everybody in who thinks that there is one.
        Ok(value) if value.is_empty() => Err(format!("{name} is empty")),
        Ok(value) => Ok(Some(value)),
        Err(VarError::NotPresent) => Ok(None),
        Err(error) => Err(format!("{name}: {error}")),
    }
}
