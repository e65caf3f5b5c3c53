//! Errors: their close codes (RFC 6455 7.4.1), their codes for programs, and their texts.

use std::collections::HashSet;

use websocket_wasm::protocol::{Error, HandshakeError, InvalidRequest};

/// 7.4.1: 1007 is for text that isn't UTF-8, 1009 for messages that are too big, 1002 for violations of the protocol.
#[test]
fn close_codes() {
    assert_eq!(Error::InvalidUtf8.close_code().value(), 1007);
    assert_eq!(Error::MessageTooBig(1).close_code().value(), 1009);
    assert_eq!(Error::OutOfMemory.close_code().value(), 1009, "it is too big to process here");
    assert_eq!(Error::InputOverrun(1).close_code().value(), 1011, "it is this side's fault");
    for error in [Error::Masked, Error::ReservedBits, Error::CloseCode(1005), Error::UnexpectedContinuation] {
        assert_eq!(error.close_code().value(), 1002);
    }
}

fn handshake_errors() -> Vec<(HandshakeError, &'static str)> {
    vec![
        (HandshakeError::NotHttp, ""),
        (HandshakeError::HeaderTooLarge(77), "77"),
        (HandshakeError::Incomplete, ""),
        (HandshakeError::Status(418), "418"),
        (HandshakeError::Missing("Upgrade"), "Upgrade"),
        (HandshakeError::Repeated("Upgrade"), "Upgrade"),
        (HandshakeError::Invalid("Upgrade", "h2c".to_owned()), "h2c"),
        (HandshakeError::Extension("deflate".to_owned()), "deflate"),
        (HandshakeError::Subprotocol("chat".to_owned()), "chat"),
    ]
}

#[test]
fn a_text_has_printable_characters_of_a_servers_value_and_not_all_of_a_long_one() {
    for error in [
        HandshakeError::Invalid("Upgrade", format!("h\t2\u{9b}c{}", "x".repeat(60_000))),
        HandshakeError::Extension(format!("\u{9b}h2c{}", "x".repeat(60_000))),
        HandshakeError::Subprotocol(format!("h2\u{ff}c\u{85}{}", "x".repeat(60_000))),
    ] {
        let text = error.to_string();
        assert!(text.ends_with(&format!("'h2c{}'", "x".repeat(197))), "{text}");
    }
}

fn other_errors() -> Vec<(Error, &'static str)> {
    vec![
        (Error::HandshakeTimeout, ""),
        (Error::Aborted, ""),
        (Error::TransportLost, ""),
        (Error::MessageRefused, ""),
        (Error::InputOverrun(77), "77"),
        (Error::NoRandomness, ""),
        (Error::ReservedBits, ""),
        (Error::ReservedOpcode(0xb), "0xb"),
        (Error::Masked, ""),
        (Error::Unmasked, ""),
        (Error::LengthNotMinimal, ""),
        (Error::LengthTooLarge, ""),
        (Error::FragmentedControl, ""),
        (Error::LongControl, "125"),
        (Error::UnexpectedContinuation, ""),
        (Error::ExpectedContinuation, ""),
        (Error::CloseTooShort, ""),
        (Error::CloseCode(1005), "1005"),
        (Error::InvalidUtf8, ""),
        (Error::MessageTooBig(77), "77"),
        (Error::OutOfMemory, "memory"),
        (Error::TooManyFragments(77), "77"),
        (Error::InvalidDeflate, ""),
        (Error::CloseTimeout, "in time"),
        (Error::KeepAliveTimeout, "ping"),
        (Error::NoCloseFrame, "without a Close frame"),
        (Error::Unsent, "sent"),
    ]
}

/// Every error has a code in kebab case; only those of the handshake begin with its name.
#[test]
fn codes() {
    let errors = handshake_errors().into_iter().map(|(error, _)| Error::from(error));
    let errors: Vec<Error> = errors.chain(other_errors().into_iter().map(|(error, _)| error)).collect();
    for error in &errors {
        let code = error.code();
        assert!(code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{code}");
        assert_eq!(code.starts_with("handshake-"), matches!(error, Error::Handshake(_) | Error::HandshakeTimeout));
    }
    assert!(errors.iter().map(Error::code).collect::<HashSet<_>>().len() > 30);
}

/// 7.1.7: an end that wasn't clean isn't a failure yet.
#[test]
fn what_fails_the_connection() {
    for (error, _) in other_errors() {
        let unclean = matches!(error, Error::CloseTimeout | Error::NoCloseFrame | Error::Unsent);
        assert_eq!(error.fails_connection(), !unclean, "{error}");
    }
}

/// Every error has a text of its own, with its details.
#[test]
fn texts() {
    let requests = [
        (InvalidRequest::Target("/ x".to_owned()), "/ x"),
        (InvalidRequest::Subprotocol("a b".to_owned()), "a b"),
        (InvalidRequest::HeaderName("a:".to_owned()), "a:"),
        (InvalidRequest::HeaderValue("X".to_owned()), "X"),
        (InvalidRequest::ReservedHeader("Host".to_owned()), "Host"),
    ];
    let words: Vec<(String, &str)> = handshake_errors()
        .into_iter()
        .map(|(error, detail)| (Error::from(error).to_string(), detail))
        .chain(other_errors().iter().map(|(error, detail)| (error.to_string(), *detail)))
        .chain(requests.iter().map(|(error, detail)| (error.to_string(), *detail)))
        .collect();
    for (words, detail) in &words {
        assert!(words.len() > 5 && words.contains(detail), "{words:?}");
    }
    assert_eq!(words.iter().map(|(words, _)| words).collect::<HashSet<_>>().len(), words.len());
}
