//! The opening handshake's request (RFC 6455 3, 4.1, 11.3).

use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use proptest::prelude::*;
use websocket_wasm::protocol::internals::{accept_key, encode_request, is_token};
use websocket_wasm::protocol::{Config, InvalidRequest, Request};

use crate::support::*;

fn encoded(request: &Request) -> String {
    encode_request(request, *b"the sample nonce").into_iter().map(char::from).collect()
}

fn request() -> Request {
    Request::new("server.example.com", "/chat").unwrap()
}

/// 4.1: method, version, and the headers that every request has.
#[test]
fn the_smallest_request() {
    assert_eq!(
        encoded(&request()),
        "GET /chat HTTP/1.1\r\n\
         Host: server.example.com\r\n\
         Upgrade: websocket\r\n\
         Connection: Upgrade\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Version: 13\r\n\r\n"
    );
}

/// 4.1 items 4, 10 and 12: a port, a query, subprotocols by preference, and further headers.
#[test]
fn the_fullest_request() {
    let mut request = Request::new("[::1]:8080", "/a%20b?q=%23&r").unwrap();
    request.subprotocol("chat").unwrap();
    request.header("Origin", "http://example.com").unwrap();
    request.subprotocol("superchat").unwrap();
    request.header("X-Empty", "").unwrap();
    request.header("X-Latin", "\t caf\u{e9}\tau lait ").unwrap();
    assert_eq!(request.subprotocols(), ["chat", "superchat"]);
    assert_eq!(
        encoded(&request),
        "GET /a%20b?q=%23&r HTTP/1.1\r\n\
         Host: [::1]:8080\r\n\
         Upgrade: websocket\r\n\
         Connection: Upgrade\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Protocol: chat, superchat\r\n\
         Origin: http://example.com\r\n\
         X-Empty: \r\n\
         X-Latin: caf\u{e9}\tau lait\r\n\r\n"
    );
}

/// 1.3, 4.2.2: the RFC's example.
#[test]
fn the_accept_key_of_the_rfc() {
    assert_eq!(accept_key(*b"the sample nonce"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

/// 4.1 item 7: the key is "a randomly selected 16-byte value", base64, chosen for each connection.
#[test]
fn the_key_is_fresh() {
    let key = || {
        let output = connect(&request(), &Config::default(), 0).take_output();
        let head = String::from_utf8(output).unwrap();
        head.split_once("Sec-WebSocket-Key: ").unwrap().1.split_once("\r\n").unwrap().0.to_owned()
    };
    let keys: HashSet<String> = (0..100).map(|_| key()).collect();
    assert_eq!(keys.len(), 100);
    assert!(keys.iter().all(|key| BASE64.decode(key).unwrap().len() == 16));
}

/// 4.1 item 12: other headers may be added, but none of those that the handshake itself uses.
#[test]
fn owned_headers_are_refused() {
    for name in [
        "Host",
        "UPGRADE",
        "connection",
        "Sec-WebSocket-Key",
        "sec-websocket-version",
        "Sec-WebSocket-Protocol",
        "SEC-WEBSOCKET-EXTENSIONS",
        "Sec-WebSocket-Accept",
        "Content-Length",
        "Transfer-Encoding",
    ] {
        assert_eq!(request().header(name, "x"), Err(InvalidRequest::ReservedHeader(name.to_owned())));
    }
    for name in ["Origin", "Cookie", "Authorization", "User-Agent", "Sec-WebSocket-Other", "Hos"] {
        assert_eq!(request().header(name, "x"), Ok(()));
    }
}

/// 4.1 item 10: a subprotocol has "characters in the range U+0021 to U+007E not including separator characters".
#[test]
fn tokens() {
    for c in '\0'..'\u{180}' {
        let allowed = ('!'..='~').contains(&c) && !"()<>@,;:\\\"/[]?={} \t".contains(c);
        for name in [c.to_string(), format!("a{c}"), format!("{c}a")] {
            assert_eq!(is_token(&name), allowed || name == "a", "{name:?}");
            assert_eq!(request().subprotocol(&name).is_ok(), allowed, "{name:?}");
            assert_eq!(request().header(&name, "x").is_ok(), allowed, "{name:?}");
        }
    }
    assert!(!is_token(""));
    assert_eq!(request().subprotocol("a b"), Err(InvalidRequest::Subprotocol("a b".to_owned())));
    assert_eq!(request().header("", "x"), Err(InvalidRequest::HeaderName(String::new())));
}

/// RFC 9110 5.5: a value has no control characters: neither CR nor LF nor NUL is accepted.
#[test]
fn values() {
    for bad in ["a\r\nInjected: b", "a\nb", "a\rb", "\r\n", "\0", "\u{7f}", "\u{1b}", "€", "\u{100}"] {
        let refused = Err(InvalidRequest::HeaderValue("X".to_owned()));
        assert_eq!(request().header("X", bad), refused, "{bad:?}");
    }
    for good in ["", " ", "a b", "a\tb", "!~", "\u{80}", "\u{ff}"] {
        assert_eq!(request().header("X", good), Ok(()), "{good:?}");
    }
}

/// 4.1 items 2 and 4: neither the host nor the resource name can end the line that they are on.
#[test]
fn targets() {
    for bad in ["", " ", "/a b", "/\r\nInjected: x", "/\n", "/\0", "/é", "/\u{7f}"] {
        let refused = Some(InvalidRequest::Target(bad.to_owned()));
        assert_eq!(Request::new("example.com", bad).err(), refused, "{bad:?}");
        assert_eq!(Request::new(bad, "/").err(), refused, "{bad:?}");
    }
}

/// 3: "Fragment identifiers are meaningless in the context of WebSocket URIs and MUST NOT be used".
#[test]
fn a_resource_name_has_no_fragment() {
    assert!(Request::new("example.com", "/path#fragment").is_err());
}

/// 3, 4.1 item 2: a resource name is "/" and the path; "if the path is empty", "/" alone.
#[test]
fn a_resource_name_begins_with_a_slash() {
    for bad in ["path", "?query", "*"] {
        assert!(Request::new("example.com", bad).is_err(), "{bad:?}");
    }
}

proptest! {
    #![proptest_config(cases(1000))]

    /// Everything that is accepted is sent as one line, and as nothing else.
    #[test]
    fn no_part_breaks_out_of_its_line(
        host in "[a-z.\r\n :]{1,6}",
        resource in "/[a-z\r\n é]{0,5}",
        subprotocol in "[a-z,\r\n]{1,4}",
        header in ("[A-Z:\r\n ]{1,4}", "[a-z:\r\n\t\u{80}-\u{100}]{0,8}"),
    ) {
        let Ok(mut request) = Request::new(&host, &resource) else { return Ok(()) };
        let mut lines = vec![format!("GET {resource} HTTP/1.1"), format!("Host: {host}")];
        // After its first two lines each request has the same four.
        let plain = encoded(&super::request::request());
        lines.extend(plain.split("\r\n").collect::<Vec<_>>()[2..6].iter().map(|line| String::from(*line)));
        if request.subprotocol(&subprotocol).is_ok() {
            lines.push(format!("Sec-WebSocket-Protocol: {subprotocol}"));
        }
        let (name, value) = header;
        if request.header(&name, &value).is_ok() {
            lines.push(format!("{name}: {}", value.trim_matches(['\t', ' '])));
        }
        lines.extend([String::new(), String::new()]);
        let wire = encoded(&request);
        prop_assert_eq!(wire.split("\r\n").collect::<Vec<_>>(), lines);
        prop_assert!(wire.replace("\r\n", "").chars().all(|c| c != '\r' && c != '\n'));
    }
}
