//! The negotiation of permessage-deflate (RFC 6455 9.1; RFC 7692 5, 7.1).

use websocket_wasm::protocol::HandshakeError;
use websocket_wasm::protocol::deflate::{Offer, WindowBits};
use websocket_wasm::protocol::internals::{Agreement, Side};

use crate::support::*;

fn bits(bits: u8) -> WindowBits {
    WindowBits::new(bits).unwrap()
}

fn side(no_context_takeover: bool, window_bits: u8) -> Side {
    Side { no_context_takeover, window_bits: bits(window_bits) }
}

/// An answer to `offer` that is accepted: client and server.
fn agreed(offer: &Offer, answer: &str) -> (Side, Side) {
    let agreement = Agreement::read(answer, Some(offer)).unwrap_or_else(|e| panic!("{answer}: {e}")).unwrap();
    (agreement.client, agreement.server)
}

fn refused(offer: &Offer, answer: &str) {
    assert_eq!(Agreement::read(answer, Some(offer)), Err(HandshakeError::Extension(answer.to_owned())), "{answer}");
}

#[test]
fn the_default_offer_is_that_of_browsers() {
    assert_eq!(Offer::default().to_string(), "permessage-deflate; client_max_window_bits");
}

#[test]
fn every_parameter_can_be_offered() {
    let offer = offer(|offer| {
        offer.server_no_context_takeover = true;
        offer.client_no_context_takeover = true;
        offer.server_max_window_bits = Some(bits(10));
        offer.client_max_window_bits = Some(bits(8));
    });
    let value = "permessage-deflate; server_no_context_takeover; client_no_context_takeover; \
                 server_max_window_bits=10; client_max_window_bits=8";
    assert_eq!(offer.to_string(), value);
}

/// RFC 7692 5: no extension in the answer, no compression.
#[test]
fn the_offer_may_be_declined() {
    for answer in ["", " ", ",", " , ,"] {
        assert_eq!(Agreement::read(answer, Some(&Offer::default())), Ok(None));
        assert_eq!(Agreement::read(answer, None), Ok(None));
    }
}

#[test]
fn nothing_is_accepted_that_was_not_offered() {
    for answer in ["permessage-deflate", "x", "x-webkit-deflate-frame"] {
        assert_eq!(Agreement::read(answer, None), Err(HandshakeError::Extension(answer.to_owned())));
    }
    for answer in ["x", "permessage-deflate, x", "x, permessage-deflate", "Permessage-Deflate", "permessage-deflate2"] {
        refused(&Offer::default(), answer);
    }
}

#[test]
fn chosen_twice() {
    refused(&Offer::default(), "permessage-deflate, permessage-deflate");
}

/// 7.1.1, 7.1.2: parameters that the server may set although they weren't requested.
#[test]
fn parameters_of_the_server_s_own() {
    let offer = Offer::default();
    assert_eq!(agreed(&offer, "permessage-deflate"), (side(false, 15), side(false, 15)));
    assert_eq!(agreed(&offer, "permessage-deflate; server_no_context_takeover"), (side(false, 15), side(true, 15)));
    assert_eq!(agreed(&offer, "permessage-deflate; client_no_context_takeover"), (side(true, 15), side(false, 15)));
    assert_eq!(agreed(&offer, "permessage-deflate; server_max_window_bits=8"), (side(false, 15), side(false, 8)));
    assert_eq!(agreed(&offer, "permessage-deflate; client_max_window_bits=9"), (side(false, 9), side(false, 15)));
    let all = "permessage-deflate;client_max_window_bits=12 ;\tserver_max_window_bits = 11; \
               client_no_context_takeover; server_no_context_takeover";
    assert_eq!(agreed(&offer, all), (side(true, 12), side(true, 11)));
}

/// RFC 6455 9.1: a value may be a token or the same token in quotes.
#[test]
fn quoted_values() {
    let offer = Offer::default();
    assert_eq!(agreed(&offer, r#"permessage-deflate; server_max_window_bits="10""#).1, side(false, 10));
    assert_eq!(agreed(&offer, r#"permessage-deflate; server_max_window_bits="1\0""#).1, side(false, 10));
    for answer in [
        r#"permessage-deflate; server_max_window_bits="10"#,
        r#"permessage-deflate; server_max_window_bits=10""#,
        r#"permessage-deflate; server_max_window_bits="10;""#,
        r#"permessage-deflate; server_max_window_bits="1"0"#,
        r#"permessage-deflate; server_max_window_bits="""#,
        r#"permessage-deflate; "server_no_context_takeover""#,
        r#""permessage-deflate""#,
    ] {
        refused(&offer, answer);
    }
}

/// 7.1: "a parameter not defined for use in a response", "a parameter with an invalid value", repeated ones.
#[test]
fn parameters_that_must_be_declined() {
    for answer in [
        "permessage-deflate; x",
        "permessage-deflate; Server_No_Context_Takeover",
        "permessage-deflate; server_no_context_takeover=1",
        "permessage-deflate; client_no_context_takeover=true",
        "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
        "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
        "permessage-deflate; server_max_window_bits",
        "permessage-deflate; server_max_window_bits=",
        "permessage-deflate; server_max_window_bits=7",
        "permessage-deflate; server_max_window_bits=16",
        "permessage-deflate; server_max_window_bits=08",
        "permessage-deflate; server_max_window_bits=+9",
        "permessage-deflate; server_max_window_bits=1 0",
        "permessage-deflate; server_max_window_bits=10; server_max_window_bits=10",
        "permessage-deflate; client_max_window_bits",
        "permessage-deflate; client_max_window_bits=7",
        "permessage-deflate; client_max_window_bits=16",
        "permessage-deflate; client_max_window_bits=015",
        "permessage-deflate; client_max_window_bits=9; client_max_window_bits=9",
        "permessage-deflate;",
        "permessage-deflate; ; server_no_context_takeover",
        "permessage deflate",
        "=permessage-deflate",
    ] {
        refused(&Offer::default(), answer);
    }
}

/// 7.1.1.1: a server accepts the requirement by repeating it.
#[test]
fn the_requirement_of_no_context_takeover_must_be_answered() {
    let offer = offer(|offer| offer.server_no_context_takeover = true);
    refused(&offer, "permessage-deflate");
    refused(&offer, "permessage-deflate; client_no_context_takeover");
    assert!(agreed(&offer, "permessage-deflate; server_no_context_takeover").1.no_context_takeover);
}

/// 7.1.1.2: the client's own announcement needs no answer.
#[test]
fn the_announcement_of_no_context_takeover_needs_no_answer() {
    let offer = offer(|offer| offer.client_no_context_takeover = true);
    assert_eq!(agreed(&offer, "permessage-deflate"), (side(true, 15), side(false, 15)));
}

/// 7.1.2.1: "the same or smaller value as the offer".
#[test]
fn the_requirement_of_a_window_must_be_answered() {
    let offer = offer(|offer| offer.server_max_window_bits = Some(bits(10)));
    refused(&offer, "permessage-deflate");
    refused(&offer, "permessage-deflate; server_max_window_bits=11");
    for answer in [8, 9, 10] {
        let (_, server) = agreed(&offer, &format!("permessage-deflate; server_max_window_bits={answer}"));
        assert_eq!(server.window_bits, bits(answer));
    }
}

/// 7.1.2.2: even if the server allows more, the client uses no larger window than it offered.
#[test]
fn the_announced_window_is_a_limit() {
    let offer = offer(|offer| offer.client_max_window_bits = Some(bits(10)));
    for (answer, used) in [("", 10), ("; client_max_window_bits=15", 10), ("; client_max_window_bits=9", 9)] {
        assert_eq!(agreed(&offer, &format!("permessage-deflate{answer}")).0.window_bits, bits(used));
    }
}

#[test]
fn windows_are_of_8_to_15_bits() {
    assert!((0..=255).filter_map(WindowBits::new).map(WindowBits::get).eq(8..=15));
}
