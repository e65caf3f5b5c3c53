//! The end of a connection: close_notify (RFC 8446 6.1) and error alerts (6.2).

use proptest::prelude::*;
use rustls::AlertDescription;
use websocket_wasm_tls::session::Status;

use crate::client::Client;
use crate::pair::Pair;
use crate::site::{Site, TLS12, TLS13};

/// Code of the alert 0.
const ALERT: u32 = 0x100;

fn in_both_versions(test: impl Fn(&mut Pair<'_>)) {
    for versions in [TLS13, TLS12] {
        let site = Site::new();
        let mut client = Client::new();
        let mut pair = client.pair(&site.options(), &site.server_of(versions));
        test(&mut pair);
    }
}

#[test]
fn close_notify_of_the_server_closes_after_its_data() {
    in_both_versions(|pair| {
        pair.shake_hands();
        pair.write(b"the last data");
        pair.server.send_close_notify();
        pair.run();
        assert_eq!(pair.client.status(), Status::Closed);
        assert_eq!(pair.client.plaintext, b"the last data");
        assert!(pair.client.failure().is_none());
    });
}

/// All in one call, before the client has even sent its Finished in TLS 1.3.
#[test]
fn close_notify_may_come_with_the_end_of_the_handshake() {
    let site = Site::new();
    let mut server = crate::site::server(&site.identity, |settings| settings.versions = TLS13);
    server.send_half_rtt_data = true;
    let mut client = Client::new();
    let mut pair = client.pair(&site.options(), &server.into());
    let hello = core::mem::take(&mut pair.client.output);
    pair.pass_to_server(&hello);
    pair.write(b"data");
    pair.server.send_close_notify();
    let bytes = pair.take_from_server();
    pair.client.receive(&bytes);
    assert_eq!(pair.client.status(), Status::Closed);
    assert_eq!(pair.client.plaintext, b"data");
    // The handshake is complete: the server accepts data.
    pair.client.send(b"an answer");
    pair.run();
    assert_eq!(pair.received, b"an answer");
}

/// "Any data received after a closure alert has been received MUST be ignored."
#[test]
fn data_after_close_notify_is_ignored() {
    in_both_versions(|pair| {
        pair.shake_hands();
        pair.write(b"a record that is repeated");
        let record = pair.take_from_server();
        pair.server.send_close_notify();
        let close = pair.take_from_server();
        pair.client.receive(&[&*record, &close, &record, b"junk"].concat());
        pair.client.receive(&record);
        pair.client.receive(b"junk");
        assert_eq!(pair.client.status(), Status::Closed);
        assert!(pair.client.failure().is_none());
        assert_eq!(pair.client.plaintext, b"a record that is repeated");
    });
}

/// "This does not have any effect on its read side": a client may send after the server's close_notify.
#[test]
fn the_client_may_send_after_the_servers_close_notify() {
    in_both_versions(|pair| {
        pair.shake_hands();
        pair.server.send_close_notify();
        pair.run();
        pair.client.send(b"still sent");
        pair.run();
        assert_eq!(pair.received, b"still sent");
        assert_eq!(pair.client.status(), Status::Closed);
        pair.client.close();
        pair.run();
        assert!(pair.server.process_new_packets().unwrap().peer_has_closed());
    });
}

/// "Each party MUST send a "close_notify" alert before closing its write side of the connection".
#[test]
fn close_sends_close_notify_once_and_nothing_after_it() {
    in_both_versions(|pair| {
        pair.shake_hands();
        pair.client.send(b"the last data");
        pair.client.close();
        let output = core::mem::take(&mut pair.client.output);
        pair.client.close();
        pair.client.send(b"too late");
        assert!(pair.client.output.is_empty());
        pair.pass_to_server(&output);
        assert_eq!(pair.received, b"the last data");
        assert!(pair.server.process_new_packets().unwrap().peer_has_closed());
        // The server's data is still received.
        pair.write(b"an answer");
        pair.server.send_close_notify();
        pair.run();
        assert_eq!(pair.client.plaintext, b"an answer");
        assert_eq!(pair.client.status(), Status::Closed);
    });
}

/// Whether that is truncation is judged by the caller, who knows that the transport ended.
#[test]
fn without_close_notify_a_connection_stays_open() {
    in_both_versions(|pair| {
        pair.talk();
        pair.server.send_close_notify();
        let close = pair.take_from_server();
        pair.client.receive(&close[..close.len() - 1]);
        assert_eq!(pair.client.status(), Status::Open);
        pair.client.receive(&close[close.len() - 1..]);
        assert_eq!(pair.client.status(), Status::Closed);
    });
}

/// An alert that isn't authenticated doesn't close: the handshake isn't complete.
#[test]
fn close_notify_during_the_handshake_does_not_close() {
    for level in [1, 2] {
        in_both_versions(|pair| {
            pair.client.receive(&[21, 3, 3, 0, 2, level, 0]);
            assert!(![Status::Open, Status::Closed].contains(&pair.client.status()));
        });
    }
}

proptest! {
    /// 6.2: "Upon transmission or receipt of a fatal alert message, both parties MUST immediately close the connection".
    #[test]
    fn every_alert_during_the_handshake_has_its_code(alert: u8) {
        let site = Site::new();
        let mut client = Client::new();
        let session = client.connect(&site.options()).unwrap();
        session.output.clear();
        session.receive(&[21, 3, 3, 0, 2, 2, alert]);
        assert_eq!(session.status(), Status::Failed);
        assert_eq!(session.failure().unwrap().code, ALERT + u32::from(alert));
        // Nothing is answered.
        assert!(session.output.is_empty());
    }
}

#[test]
fn an_alert_of_an_open_connection_has_its_code() {
    in_both_versions(|pair| {
        pair.talk();
        pair.client.send(b"data");
        let mut output = core::mem::take(&mut pair.client.output);
        *output.last_mut().unwrap() ^= 1;
        pair.pass_to_server(&output);
        assert_eq!(pair.error, Some(rustls::Error::DecryptError));
        pair.run();
        assert_eq!(pair.client.failure().unwrap().code, ALERT + 20, "bad_record_mac");
    });
}

/// 5.2 and 6.2: what can't be decrypted is answered with bad_record_mac.
#[test]
fn a_bad_record_is_answered_with_one_alert() {
    in_both_versions(|pair| {
        pair.talk();
        pair.client.receive(&[&[23, 3, 3, 0, 40], &[7; 40][..]].concat());
        let output = core::mem::take(&mut pair.client.output);
        assert_eq!(output.len(), 5 + usize::from(u16::from_be_bytes([output[3], output[4]])), "one record");
        pair.pass_to_server(&output);
        assert_eq!(pair.error, Some(rustls::Error::AlertReceived(AlertDescription::BadRecordMac)));
    });
}

/// 6.1: after its close_notify the client sends nothing, and it still receives.
#[test]
fn a_bad_record_after_close_notify_is_not_answered() {
    in_both_versions(|pair| {
        pair.shake_hands();
        pair.client.close();
        pair.run();
        pair.client.receive(&[&[23, 3, 3, 0, 40], &[7; 40][..]].concat());
        assert_eq!(pair.client.status(), Status::Failed);
        assert!(pair.client.output.is_empty());
    });
}
