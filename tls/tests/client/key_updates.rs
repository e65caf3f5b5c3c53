//! Key updates (RFC 8446 4.6.3), in both directions.

use proptest::prelude::*;
use websocket_wasm_tls::session::Status;

use crate::client::Client;
use crate::site::{Site, TLS12, TLS13};

/// The length of a record with a KeyUpdate: header, message, content type and tag.
const KEY_UPDATE: usize = 5 + 5 + 1 + 16;

#[derive(Debug, Clone, Copy)]
enum Call {
    ClientUpdates,
    ServerUpdates,
    ClientSends(u8),
    ServerSends(u8),
    Pass,
}

fn calls() -> impl Strategy<Value = Vec<Call>> {
    let call = prop_oneof![
        Just(Call::ClientUpdates),
        Just(Call::ServerUpdates),
        any::<u8>().prop_map(Call::ClientSends),
        any::<u8>().prop_map(Call::ServerSends),
        Just(Call::Pass),
    ];
    prop::collection::vec(call, 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn keys_change_between_any_data(calls in calls()) {
        let site = Site::new();
        let mut client = Client::new();
        let mut pair = client.pair(&site.options(), &site.server_of(TLS13));
        pair.shake_hands();
        let (mut from_client, mut from_server) = (Vec::new(), Vec::new());
        for call in calls {
            match call {
                Call::ClientUpdates => pair.client.update_key(),
                Call::ServerUpdates => pair.server.refresh_traffic_keys().unwrap(),
                Call::ClientSends(byte) => {
                    let data = vec![byte; byte.into()];
                    pair.client.send(&data);
                    from_client.extend(data);
                }
                Call::ServerSends(byte) => {
                    let data = vec![byte; byte.into()];
                    pair.write(&data);
                    from_server.extend(data);
                }
                Call::Pass => pair.run(),
            }
        }
        pair.talk_after(&from_client, &from_server);
    }
}

#[test]
fn an_update_is_sent_at_once_and_asks_for_the_servers() {
    let site = Site::new();
    let mut client = Client::new();
    let mut pair = client.pair(&site.options(), &site.server_of(TLS13));
    pair.talk();
    pair.client.update_key();
    assert_eq!(pair.client.output.len(), KEY_UPDATE);
    pair.run();
    // The server's own, which it sends before its next data: update_requested.
    pair.write(b"data");
    assert_eq!(pair.take_from_server().len(), KEY_UPDATE + 5 + 4 + 1 + 16);
}

/// "If the request_update field is set to "update_requested", then the receiver MUST send a KeyUpdate of its own [...]
/// prior to sending its next Application Data record."
#[test]
fn the_servers_request_is_answered_before_the_next_data() {
    let site = Site::new();
    let mut client = Client::new();
    let mut pair = client.pair(&site.options(), &site.server_of(TLS13));
    pair.talk();
    pair.server.refresh_traffic_keys().unwrap();
    let update = pair.take_from_server();
    assert_eq!(update.len(), KEY_UPDATE);
    pair.pass_to_client(&update);
    pair.client.send(b"data");
    assert_eq!(pair.client.output.len(), KEY_UPDATE + 5 + 4 + 1 + 16);
    pair.talk_after(b"data", b"");
}

/// The answer precedes close_notify, too, which has the new keys.
#[test]
fn the_servers_request_is_answered_before_close_notify() {
    let site = Site::new();
    let mut client = Client::new();
    let mut pair = client.pair(&site.options(), &site.server_of(TLS13));
    pair.talk();
    pair.server.refresh_traffic_keys().unwrap();
    pair.run();
    pair.client.close();
    pair.run();
    assert_eq!(pair.error, None);
    assert!(pair.server.process_new_packets().unwrap().peer_has_closed());
}

/// The answers of a client that only receives are bounded.
#[test]
fn updates_without_end_end_the_connection() {
    let site = Site::new();
    let mut client = Client::new();
    let mut pair = client.pair(&site.options(), &site.server_of(TLS13));
    pair.talk();
    for _ in 0..1000 {
        pair.server.refresh_traffic_keys().unwrap();
    }
    let updates = pair.take_from_server();
    pair.pass_to_client(&updates);
    assert_eq!(pair.client.status(), Status::Failed);
    assert!(pair.client.output.len() < 100 * KEY_UPDATE);
}

#[test]
fn tls12_has_none() {
    let site = Site::new();
    let mut client = Client::new();
    let mut pair = client.pair(&site.options(), &site.server_of(TLS12));
    pair.talk();
    pair.client.update_key();
    assert!(pair.client.output.is_empty());
    pair.talk();
}
