//! The key log (RFC 9850): the same secrets as the server's.

use std::sync::{Arc, Mutex};

use rustls::KeyLog;

use crate::client::Client;
use crate::site::{Site, TLS12, TLS13};

/// The server's lines.
#[derive(Debug, Default)]
struct Lines(Mutex<Vec<String>>);

impl KeyLog for Lines {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        self.0.lock().unwrap().push(format!("{label} {} {}", hex(client_random), hex(secret)));
    }
}

/// The client's lines and the server's, sorted.
fn logs(versions: &'static [&'static rustls::SupportedProtocolVersion]) -> [Vec<String>; 2] {
    let site = Site::new();
    let lines = Arc::new(Lines::default());
    let mut server = crate::site::server(&site.identity, |settings| settings.versions = versions);
    server.key_log = lines.clone();
    let mut client = Client::new();
    let mut pair = client.pair(&site.options().key_log(), &server.into());
    pair.talk();
    let log = core::mem::take(&mut pair.client.key_log);
    assert!(log.ends_with('\n'));
    let mut logs = [log.lines().map(str::to_owned).collect(), lines.0.lock().unwrap().clone()];
    logs.iter_mut().for_each(|log: &mut Vec<_>| log.sort());
    // A line is reported once.
    pair.talk();
    assert!(pair.client.key_log.is_empty());
    logs
}

fn labels(log: &[String]) -> Vec<&str> {
    log.iter().map(|line| line.split(' ').next().unwrap()).collect()
}

/// RFC 9850 2.1.
#[test]
fn tls13_logs_the_secrets_of_both_sides() {
    let [client, server] = logs(TLS13);
    assert_eq!(client, server);
    assert_eq!(
        labels(&client),
        [
            "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
            "CLIENT_TRAFFIC_SECRET_0",
            "EXPORTER_SECRET",
            "SERVER_HANDSHAKE_TRAFFIC_SECRET",
            "SERVER_TRAFFIC_SECRET_0",
        ]
    );
}

/// RFC 9850 2.2.
#[test]
fn tls12_logs_the_master_secret() {
    let [client, server] = logs(TLS12);
    assert_eq!(client, server);
    assert_eq!(labels(&client), ["CLIENT_RANDOM"]);
    // "CLIENT_RANDOM", 32 bytes, 48 bytes.
    assert_eq!(client[0].len(), 13 + 1 + 64 + 1 + 96);
}

#[test]
fn nothing_is_logged_unless_it_is_wanted() {
    for versions in [TLS13, TLS12] {
        let site = Site::new();
        let mut client = Client::new();
        let mut pair = client.pair(&site.options(), &site.server_of(versions));
        pair.talk();
        assert!(pair.client.key_log.is_empty());
    }
}

/// Two connections at once: each has its own lines.
#[test]
fn connections_have_their_own_lines() {
    let site = Site::new();
    let server = site.server();
    let mut client = Client::new();
    let mut logs = Vec::new();
    for _ in 0..2 {
        let mut pair = client.pair(&site.options().key_log(), &server);
        pair.talk();
        logs.push(core::mem::take(&mut pair.client.key_log));
    }
    let random = |log: &str| log.split(' ').nth(1).unwrap().to_owned();
    assert_ne!(random(&logs[0]), random(&logs[1]));
    for log in &logs {
        assert!(log.lines().all(|line| line.contains(&random(log))));
    }
}
