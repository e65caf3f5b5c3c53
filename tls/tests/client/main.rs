//! The client against an independent server: rustls's own, with the cryptography of ring.

#![cfg(not(target_arch = "wasm32"))]

mod authority;
mod client;
mod ml_kem;
mod pair;
mod site;
mod verdict;

mod certificates;
mod client_certificates;
mod closing;
mod distinguished_names;
mod handshakes;
mod host_names;
mod key_exchange;
mod key_log;
mod key_updates;
mod options;
mod pins;
mod records;
mod resumption;
mod roots;
mod signatures;
mod weak_keys;
