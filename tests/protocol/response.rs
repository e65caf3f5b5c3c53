//! The opening handshake's response (RFC 6455 4.1, 4.2.2, 11.3; WHATWG WebSockets 2.2).

use proptest::prelude::*;
use websocket_wasm::protocol::internals::{ResponseReader, check_response};
use websocket_wasm::protocol::{HandshakeError, Request, Response};

use crate::support::*;

const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
const LIMIT: usize = 64 << 10;

/// The response of 1.3, with its headers replaced or followed by others.
fn head(upgrade: &str, connection: &str, accept: &str, more: &str) -> String {
    format!("HTTP/1.1 101 Switching Protocols\r\n{upgrade}{connection}{accept}{more}\r\n")
}

const UPGRADE: &str = "Upgrade: websocket\r\n";
const CONNECTION: &str = "Connection: Upgrade\r\n";
const ACCEPTS: &str = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";

fn with(more: &str) -> String {
    head(UPGRADE, CONNECTION, ACCEPTS, more)
}

fn read(mut input: &[u8]) -> Result<Option<Response>, HandshakeError> {
    ResponseReader::new(LIMIT).read(&mut input)
}

/// A request for those subprotocols.
fn request(asked: &[&str]) -> Request {
    let mut request = Request::new("server.example.com", "/chat").unwrap();
    for name in asked {
        request.subprotocol(name).unwrap();
    }
    request
}

/// The verdict on a response to a request for those subprotocols.
fn verdict(head: impl AsRef<[u8]>, asked: &[&str]) -> Result<(), HandshakeError> {
    let response = read(head.as_ref())?.expect("a whole head");
    check_response(&response, Some((&request(asked), ACCEPT))).map(|agreement| assert_eq!(agreement, None))
}

#[test]
fn the_example_of_the_rfc_is_accepted() {
    assert_eq!(verdict(with(""), &[]), Ok(()));
    let response = read(with("Sec-WebSocket-Protocol: chat\r\n").as_bytes()).unwrap().unwrap();
    assert_eq!(response.status, 101);
    assert_eq!(response.subprotocol(), "chat");
    assert_eq!(response.values("upgrade").collect::<Vec<_>>(), ["websocket"]);
    assert_eq!(response.headers[2], ("Sec-WebSocket-Accept".to_owned(), ACCEPT.to_owned()));
    assert_eq!(read(with("").as_bytes()).unwrap().unwrap().subprotocol(), "");
}

/// 4.1, on the response, 2 and 3: values are compared without case; names of headers always are (4.2.1). Order is free.
#[test]
fn case_order_and_space_do_not_matter() {
    for (upgrade, connection) in [
        ("uPGRADE:WebSocket\r\n", "CONNECTION:\t UPGRADE \r\n"),
        ("upgrade:  WEBSOCKET\t\r\n", "connection: keep-alive, Upgrade\r\n"),
        (UPGRADE, "Connection: upgrade,keep-alive\r\n"),
        (UPGRADE, "Connection: a ,, uPgRaDe ,b\r\n"),
        (UPGRADE, "Connection: keep-alive\r\nConnection: upgrade\r\n"),
    ] {
        assert_eq!(verdict(head(upgrade, connection, ACCEPTS, ""), &[]), Ok(()), "{upgrade}{connection}");
        assert_eq!(verdict(head(ACCEPTS, connection, "Server: x\r\n", upgrade), &[]), Ok(()));
    }
    assert_eq!(verdict(head(UPGRADE, CONNECTION, "sec-websocket-ACCEPT:", &format!("\t{ACCEPT} \r\n")), &[]), Ok(()));
    // RFC 9112 4: the reason phrase means nothing and may be absent.
    for phrase in ["", " ", " Fine", " \u{e9}"] {
        let head = with("").replacen(" Switching Protocols", phrase, 1);
        assert_eq!(verdict(head, &[]), Ok(()), "{phrase:?}");
    }
}

/// 4.1, on the response, 2: "lacks an |Upgrade| header field or ... contains a value that is not ... 'websocket'".
#[test]
fn upgrade() {
    assert_eq!(verdict(head("", CONNECTION, ACCEPTS, ""), &[]), Err(HandshakeError::Missing("Upgrade")));
    for value in ["", "websockets", "h2c", "websocket, h2c", "web socket", "\"websocket\""] {
        let refused = Err(HandshakeError::Invalid("Upgrade", value.to_owned()));
        assert_eq!(verdict(head(&format!("Upgrade: {value}\r\n"), CONNECTION, ACCEPTS, ""), &[]), refused);
    }
    assert_eq!(verdict(with(UPGRADE), &[]), Err(HandshakeError::Repeated("Upgrade")));
}

/// 4.1, on the response, 3: "doesn't contain a token that is an ASCII case-insensitive match for the value 'Upgrade'".
#[test]
fn connection() {
    assert_eq!(verdict(head(UPGRADE, "", ACCEPTS, ""), &[]), Err(HandshakeError::Missing("Connection")));
    for value in ["", "close", "keep-alive", "upgraded", "not upgrade", "keep-alive; upgrade"] {
        let refused = Err(HandshakeError::Invalid("Connection", value.to_owned()));
        assert_eq!(verdict(head(UPGRADE, &format!("Connection: {value}\r\n"), ACCEPTS, ""), &[]), refused);
    }
}

/// The same. RFC 9110 5.6.3: whitespace around a token is space or tab, and no other byte of Latin-1.
#[test]
fn connection_with_other_than_space_around_the_token() {
    for byte in [0x85, 0xA0] {
        let head = [b"HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: ", &[byte][..], b"Upgrade\r\n"].concat();
        let head = [&head[..], ACCEPTS.as_bytes(), b"\r\n"].concat();
        assert!(matches!(verdict(head, &[]), Err(HandshakeError::Invalid("Connection", _))), "{byte:#x}");
    }
}

/// 4.1, on the response, 4; 11.3.3: the key's answer, exactly, "MUST NOT appear more than once".
#[test]
fn accept() {
    let name = "Sec-WebSocket-Accept";
    assert_eq!(verdict(head(UPGRADE, CONNECTION, "", ""), &[]), Err(HandshakeError::Missing(name)));
    let lower = ACCEPT.to_lowercase();
    for value in ["", &lower, &ACCEPT[..27], "dGhlIHNhbXBsZSBub25jZQ==", &format!("{ACCEPT}, {ACCEPT}")] {
        let refused = Err(HandshakeError::Invalid(name, value.to_owned()));
        assert_eq!(verdict(head(UPGRADE, CONNECTION, &format!("{name}: {value}\r\n"), ""), &[]), refused);
    }
    assert_eq!(verdict(with(ACCEPTS), &[]), Err(HandshakeError::Repeated(name)));
}

/// 4.1, on the response, 5; 9.1: an extension that wasn't offered.
#[test]
fn extensions() {
    for value in ["permessage-deflate", "permessage-deflate; client_max_window_bits=15", "foo, bar"] {
        let refused = Err(HandshakeError::Extension(value.to_owned()));
        assert_eq!(verdict(with(&format!("Sec-WebSocket-Extensions: {value}\r\n")), &[]), refused);
    }
    let twice = "Sec-WebSocket-Extensions:\r\nsec-websocket-extensions: x\r\n";
    assert_eq!(verdict(with(twice), &[]), Err(HandshakeError::Extension("x".to_owned())));
}

/// 4.1, on the response, 6; 11.3.4; WHATWG 2.2: one of those requested, by its exact name, once; a request must be answered.
#[test]
fn subprotocols() {
    let name = "Sec-WebSocket-Protocol";
    let chosen = |value: &str, asked: &[&str]| verdict(with(&format!("{name}: {value}\r\n")), asked);
    let asked = ["chat", "superchat"];
    assert_eq!(chosen("chat", &asked), Ok(()));
    assert_eq!(chosen("superchat", &asked), Ok(()));
    for value in ["Chat", "CHAT", "other", "chat, superchat", "cha"] {
        assert_eq!(chosen(value, &asked), Err(HandshakeError::Subprotocol(value.to_owned())));
        assert_eq!(chosen(value, &[]), Err(HandshakeError::Subprotocol(value.to_owned())));
    }
    assert_eq!(verdict(with(""), &asked), Err(HandshakeError::Missing(name)));
    let twice = format!("{name}: chat\r\n{name}: chat\r\n");
    assert_eq!(verdict(with(&twice), &asked), Err(HandshakeError::Repeated(name)));
}

/// 4.1, on the response, 1: with another status than 101 there is no connection; the caller gets the status.
#[test]
fn other_statuses() {
    for status in [200, 301, 401, 426, 503] {
        let head = with("Location: /x\r\n").replacen("101", &status.to_string(), 1);
        assert_eq!(verdict(&head, &[]), Err(HandshakeError::Status(status)));
    }
    assert_eq!(verdict("HTTP/1.0 200 OK\r\n\r\n", &[]), Err(HandshakeError::Status(200)));
}

/// RFC 9112 4: the reason phrase may be empty or absent, and isn't necessarily ASCII.
#[test]
fn reason_phrases() {
    for (line, reason) in [
        ("HTTP/1.1 401 Not  Authorized\t\r\n", "Not  Authorized"),
        ("HTTP/1.1 401 \r\n", ""),
        ("HTTP/1.1 401\r\n", ""),
        ("HTTP/1.1 401 n\u{e9}\n", "n\u{c3}\u{a9}"),
    ] {
        assert_eq!(read(format!("{line}\r\n").as_bytes()).unwrap().unwrap().reason(), reason, "{line:?}");
    }
}

/// 4.1, on the response, 1: other statuses are handled "per HTTP procedures", by which a client "MUST be able to parse
/// one or more 1xx responses received prior to a final response" (RFC 9110 15.2).
#[test]
fn interim_responses_come_before_the_final_one() {
    for interim in ["HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"] {
        let (mut connection, response) = connecting();
        let events = connection.after([interim.as_bytes(), &response].concat());
        assert!(matches!(events[..], [websocket_wasm::protocol::Event::Open(_)]), "{events:?}");
    }
}

/// The same: cut anywhere, and all within one limit; 101 itself is final (RFC 9110 15.2.2).
#[test]
fn interim_responses_are_cut_anywhere_and_limited() {
    let interim = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n";
    let all = format!("HTTP/1.1 100 Continue\r\n\r\n{interim}{}", with(""));
    for cut in 0..=all.len() {
        let mut reader = ResponseReader::new(all.len());
        let (mut front, mut back) = all.as_bytes().split_at(cut);
        let response = reader.read(&mut front).unwrap().or_else(|| reader.read(&mut back).unwrap());
        assert_eq!(check_response(&response.unwrap(), Some((&request(&[]), ACCEPT))).unwrap(), None, "cut at {cut}");
        assert_eq!([front, back], [b"", b""]);
    }
    let refused = Err(HandshakeError::HeaderTooLarge(all.len() - 1));
    assert_eq!(ResponseReader::new(all.len() - 1).read(&mut all.as_bytes()), refused);
    assert_eq!(read(interim.repeat(LIMIT / interim.len() + 1).as_bytes()), Err(HandshakeError::HeaderTooLarge(LIMIT)));
    assert!(matches!(verdict("HTTP/1.1 101 X\r\n\r\n", &[]), Err(HandshakeError::Missing(_))));
}

/// 4.1 item 2: HTTP of "1.1 or higher"; HTTP/1.0 has no status 101.
#[test]
fn what_is_not_http_1_1() {
    assert_eq!(verdict(with("").replacen("HTTP/1.1", "HTTP/1.0", 1), &[]), Err(HandshakeError::NotHttp));
    for garbage in ["S", "SSH-2.0-OpenSSH\r\n", "\r\n", "\0", "http/1.1", "HTTP/2", "HTTP 1", " HTTP/1.1"] {
        assert_eq!(read(garbage.as_bytes()), Err(HandshakeError::NotHttp), "{garbage:?} is refused while incomplete");
    }
    for line in ["HTTP/1.1", "HTTP/1.1 ", "HTTP/1.1 1", "HTTP/1.1 abc X", "HTTP/1.x 101 X", "HTTP/1.1 1010 X"] {
        let head = format!("{line}\r\n{UPGRADE}{CONNECTION}{ACCEPTS}\r\n");
        assert_eq!(verdict(&head, &[]), Err(HandshakeError::NotHttp), "{line:?}");
    }
    for header in ["no colon\r\n", ": no name\r\n", "a b: c\r\n", "a : c\r\n", "a: \0\r\n", "\u{e9}: c\r\n"] {
        assert_eq!(verdict(with(header), &[]), Err(HandshakeError::NotHttp), "{header:?}");
    }
}

/// RFC 9112 2.2: "a recipient MAY recognize a single LF as a line terminator"; the headers end where their lines do.
#[test]
fn single_line_feeds_end_lines() {
    for head in [with("").replace("\r\n", "\n"), with("").replacen("\r\n\r\n", "\r\n\n", 1)] {
        let all = [head.as_bytes(), b"\n\n\x81\x00"].concat();
        let mut input = &all[..];
        let response = ResponseReader::new(LIMIT).read(&mut input).unwrap().unwrap();
        assert_eq!(check_response(&response, Some((&request(&[]), ACCEPT))).unwrap(), None);
        assert_eq!(input, b"\n\n\x81\x00");
    }
}

/// RFC 9112 5.2: "A user agent that receives an obs-fold in a response message ... MUST replace each received obs-fold with
/// one or more SP octets prior to interpreting the field value."
#[test]
fn folded_lines_are_read_as_spaces() {
    for fold in ["\r\n ", "\r\n\t", " \t\r\n \t ", "\n ", "\r\n \r\n "] {
        let folded = with(&format!("Server: one{fold}two\r\nX: y\r\n"));
        let response = ResponseReader::new(LIMIT).read(&mut folded.as_bytes()).unwrap().unwrap();
        assert_eq!(response.values("Server").collect::<Vec<_>>(), ["one two"], "{fold:?}");
        assert_eq!(response.values("X").collect::<Vec<_>>(), ["y"], "{fold:?}");
        let accept = with("").replace("Sec-WebSocket-Accept: ", &format!("Sec-WebSocket-Accept:{fold}"));
        assert_eq!(verdict(accept, &[]), Ok(()), "{fold:?} before a value that counts");
    }
    // 2.2: between the status line and the first header a recipient rejects it.
    let first = with("").replacen("\r\n", "\r\n folded: x\r\n", 1);
    assert_eq!(verdict(first, &[]), Err(HandshakeError::NotHttp));
}

/// A response of exactly the limit is accepted; a longer one is refused when the limit is reached.
#[test]
fn the_size_of_the_head_is_limited() {
    let head = with("");
    let mut input = head.as_bytes();
    assert!(ResponseReader::new(head.len()).read(&mut input).unwrap().is_some());
    let mut reader = ResponseReader::new(head.len() - 1);
    let (last_but_one, last) = head.as_bytes().split_at(head.len() - 1);
    let refused = Err(HandshakeError::HeaderTooLarge(head.len() - 1));
    assert!(reader.read(&mut &last_but_one[..100]).unwrap().is_none());
    assert_eq!(reader.read(&mut &[&last_but_one[100..], last].concat()[..]), refused);
    assert_eq!(ResponseReader::new(head.len() - 1).read(&mut head.as_bytes()), refused);

    let many = "X: y\r\n".repeat(LIMIT / 6 - 40);
    assert_eq!(verdict(with(&many), &[]), Ok(()), "the number of headers has no limit of its own");
    let refused = Err(HandshakeError::HeaderTooLarge(LIMIT));
    assert_eq!(read(format!("HTTP/1.1 101 X\r\nX: {}", "y".repeat(LIMIT)).as_bytes()).map(|_| ()), refused);
}

/// The bytes after the headers are left for the frames, wherever the chunks are cut.
#[test]
fn cut_at_every_position() {
    let head = with("Server: x\r\n");
    let all = [head.as_bytes(), b"\r\n\x81\x00"].concat();
    for cut in 0..=all.len() {
        let mut reader = ResponseReader::new(LIMIT);
        let (mut front, mut back) = all.split_at(cut);
        let first = reader.read(&mut front).unwrap();
        assert_eq!(first.is_some(), cut >= head.len());
        match first {
            Some(_) => assert_eq!([front, back].concat(), b"\r\n\x81\x00"),
            None => {
                assert_eq!(front, b"");
                assert!(reader.read(&mut back).unwrap().is_some());
                assert_eq!(back, b"\r\n\x81\x00");
            }
        }
    }
}

proptest! {
    #![proptest_config(cases(500))]

    /// A response, or garbage, is read the same however it is cut.
    #[test]
    fn chunks_make_no_difference(sizes in sizes(), at in 0..200usize, noise in prop::collection::vec(any::<u8>(), 0..4)) {
        let mut bytes = with("A: b\r\n").into_bytes();
        let at = at.min(bytes.len());
        bytes.splice(at..(at + 1).min(bytes.len()), noise);
        bytes.extend(b"\r\n\r\n");
        let mut reader = ResponseReader::new(LIMIT);
        let mut last = Ok(None);
        for mut chunk in chunks(&bytes, &sizes) {
            last = reader.read(&mut chunk);
            if !matches!(last, Ok(None)) {
                break;
            }
        }
        prop_assert_eq!(last, read(&bytes));
    }
}
