//! The body of a response that refuses the connection (RFC 9112 6.3, 7.1).

use proptest::prelude::*;
use websocket_wasm::protocol::Response;
use websocket_wasm::protocol::internals::BodyReader;

use crate::support::*;

const LIMIT: usize = 1000;
const SPARE: usize = 100;

fn response(status: u16, headers: &[(&str, &str)]) -> Response {
    let mut response = Response::default();
    response.status = status;
    response.headers = headers.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
    response
}

/// What is read of the chunks: the body, whether it is only the beginning, and whether the end of the transport was
/// needed to know.
fn read(response: &Response, limit: usize, chunks: impl IntoIterator<Item: AsRef<[u8]>>) -> (Vec<u8>, bool, bool) {
    let mut reader = BodyReader::new(response, limit, SPARE);
    reader.read(b"");
    for chunk in chunks {
        reader.read(chunk.as_ref());
    }
    let waits = !reader.is_done();
    reader.end();
    assert!(reader.is_done());
    let (body, is_truncated) = reader.finish();
    (body, is_truncated, waits)
}

fn complete(body: &str) -> (Vec<u8>, bool, bool) {
    (body.into(), false, false)
}

fn truncated(body: &str) -> (Vec<u8>, bool, bool) {
    (body.into(), true, false)
}

const CHUNKED: (&str, &str) = ("Transfer-Encoding", "chunked");

fn chunked(bytes: impl AsRef<[u8]>) -> (Vec<u8>, bool, bool) {
    read(&response(401, &[CHUNKED]), LIMIT, [bytes.as_ref()])
}

/// 6.3 item 1: these end with the headers, whatever those say.
#[test]
fn statuses_without_a_body() {
    for status in [101, 204, 304] {
        for headers in [&[][..], &[("Content-Length", "4")], &[CHUNKED]] {
            assert_eq!(read(&response(status, headers), LIMIT, [&b"more"[..]]), complete(""), "{status}");
        }
    }
}

/// 6.3 item 6: a length.
#[test]
fn lengths() {
    let with =
        |length: &str, input: &str| read(&response(401, &[("content-length", length)]), LIMIT, [input.as_bytes()]);
    assert_eq!(with("4", "body and more"), complete("body"));
    assert_eq!(with("0", "more"), complete(""));
    assert_eq!(with("004", "body"), complete("body"));
    assert_eq!(with("5", "body"), (b"body".to_vec(), true, true));
    for beyond_any in ["18446744073709551615", "99999999999999999999999999999999999999999"] {
        assert_eq!(with(beyond_any, "body"), (b"body".to_vec(), true, true));
    }
}

/// 6.3 item 5: an invalid length is an unrecoverable error, and so is more than one.
#[test]
fn invalid_lengths() {
    let with = |values: &[&str]| {
        let headers: Vec<_> = values.iter().map(|value| ("Content-Length", *value)).collect();
        read(&response(401, &headers), LIMIT, [&b"body"[..]])
    };
    for values in [&["4, 4"][..], &["4", "4"], &[""], &["+4"], &["-1"], &["4 4"], &["0x4"], &["4,"]] {
        assert_eq!(with(values), truncated(""), "{values:?}");
    }
}

/// 6.3 item 8: neither a length nor chunks.
#[test]
fn up_to_the_end() {
    assert_eq!(read(&response(500, &[]), LIMIT, [&b"bo"[..], b"dy"]), (b"body".to_vec(), false, true));
    // Item 4: a coding other than chunked is the last one.
    for value in ["gzip", "chunked, gzip", "chunked;q=1", "xchunked"] {
        let response = response(500, &[("Transfer-Encoding", value), ("Content-Length", "2")]);
        assert_eq!(read(&response, LIMIT, [&b"body"[..]]), (b"body".to_vec(), false, true), "{value}");
    }
}

/// 7.1: chunks, with extensions and trailers; 6.3 item 3: they override a length.
#[test]
fn chunks_of_every_form() {
    let body = "4\r\nbody\r\n0\r\n\r\n";
    assert_eq!(chunked(body), complete("body"));
    for headers in [
        &[CHUNKED, ("Content-Length", "1")][..],
        &[("transfer-encoding", "gzip , CHUNKED")],
        &[("Transfer-Encoding", "gzip"), CHUNKED],
    ] {
        assert_eq!(read(&response(401, headers), LIMIT, [body.as_bytes()]), complete("body"), "{headers:?}");
    }
    for form in [
        "4\r\nbody\r\n0\r\n\r\n and more",
        "2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n",
        "0004\r\nbody\r\n000\r\n\r\n",
        "4;a\r\nbody\r\n0;b=\"c;d\";e=f\r\n\r\n",
        "4 \t\r\nbody\r\n0\r\n\r\n",
        "4\r\nbody\r\n0\r\nA: b\r\nC:\r\n d\r\n\r\n",
    ] {
        assert_eq!(chunked(form), complete("body"), "{form:?}");
    }
    assert_eq!(
        chunked(format!("1a\r\n{}\r\nA\r\n0123456789\r\n0\r\n\r\n", "x".repeat(26))),
        complete(&format!("{}0123456789", "x".repeat(26)))
    );
}

/// 7.1: what isn't a chunk ends the body, with what came before.
#[test]
fn chunks_that_are_invalid() {
    for rest in [
        "\r\n",
        "x\r\n",
        "-1\r\n",
        "+4\r\n",
        " 4\r\n",
        "0x4\r\n",
        ";a\r\n",
        "4\n",
        "4\rx",
        "4;a\nbody",
        "4\r\nbodyx",
        "4\r\nbody\rx",
        "4\r\nbody\n",
        "10000000000000000\r\n",
        "fffffffffffffffff\r\n",
        "4\r\nbody\r\n\r\n",
    ] {
        let expected = if rest.contains("body") && rest.starts_with("4\r") { "okbody" } else { "ok" };
        assert_eq!(chunked(format!("2\r\nok\r\n{rest}")), truncated(expected), "{rest:?}");
    }
    for cut in ["", "2", "2\r", "2\r\nok", "2\r\nok\r\n", "2\r\nok\r\n0\r\n", "2\r\nok\r\n0\r\nA: b\r\n", "3\r\nok"] {
        let expected = if cut.contains("ok") { "ok" } else { "" };
        assert_eq!(chunked(cut), (expected.into(), true, true), "{cut:?}");
    }
    // The largest size: it isn't awaited, because it can't be kept.
    let reader = read(&response(401, &[CHUNKED]), LIMIT, [&b"ffffffffffffffff\r\nok"[..]]);
    assert_eq!(reader, (b"ok".to_vec(), true, true));
}

/// Chunk extensions and trailers are bounded: "A recipient SHOULD limit the total length of chunk extensions" (7.1.1).
#[test]
fn extensions_and_trailers_are_bounded() {
    let just = "x".repeat(SPARE);
    assert!(chunked(format!("2;{just}\r\nok\r\n0\r\n\r\n")).1, "the trailer's end needs one, too");
    let just = &just[1..];
    assert_eq!(chunked(format!("2;{just}\r\nok\r\n0\r\n\r\n")), complete("ok"));
    assert_eq!(chunked(format!("2\r\nok\r\n0;{just}x")), (b"ok".to_vec(), true, true));
    assert_eq!(chunked(format!("2\r\nok\r\n0;{just}xx")), truncated("ok"));
    assert_eq!(chunked(format!("2\r\nok\r\n0\r\n{just}xx")), truncated("ok"));
}

/// A body of exactly the limit is complete; of a longer one nothing more is awaited as soon as that is known.
#[test]
fn the_limit() {
    let headers: [&[(&str, &str)]; 3] = [&[], &[("Content-Length", "4")], &[CHUNKED]];
    let bodies = ["body", "body", "2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n"];
    for (headers, body) in headers.into_iter().zip(bodies) {
        let with = |limit| read(&response(401, headers), limit, [body.as_bytes()]);
        assert_eq!(with(4), (b"body".to_vec(), false, headers.is_empty()));
        for limit in 0..4 {
            assert_eq!(with(limit), truncated(&"body"[..limit]), "{headers:?} {limit}");
        }
    }
    // Known before a byte of it was received, and before more than fits was.
    let mut reader = BodyReader::new(&response(401, &[("Content-Length", "4")]), 0, SPARE);
    reader.read(b"");
    assert!(reader.is_done());
    assert_eq!(read(&response(401, &[CHUNKED]), 4, [&b"4\r\nbody\r\n1\r\n"[..]]), truncated("body"));
    assert_eq!(read(&response(401, &[("Content-Length", "5")]), 4, [&b"body"[..]]), truncated("body"));
    assert_eq!(read(&response(401, &[("Content-Length", "0")]), 0, [b""]), complete(""), "nothing was left out");
}

/// Bytes like those of chunks, mostly valid.
fn like_chunks() -> impl Strategy<Value = Vec<u8>> {
    let chunk = (prop::collection::vec(any::<u8>(), 1..40), "(;[a-z]{1,5}(=\"[a-z;]{0,5}\")?)?")
        .prop_map(|(data, extension)| [format!("{:x}{extension}\r\n", data.len()).as_bytes(), &data, b"\r\n"].concat());
    let noise = prop::option::weighted(0.4, (any::<prop::sample::Index>(), any::<u8>()));
    (prop::collection::vec(chunk, 0..8), "([A-Z]: [a-z]{0,8}\r\n){0,2}", noise).prop_map(|(chunks, trailers, noise)| {
        let mut bytes = [chunks.concat(), format!("0\r\n{trailers}\r\nrest").into_bytes()].concat();
        if let Some((at, byte)) = noise {
            *at.get_mut(&mut bytes) = byte;
        }
        bytes
    })
}

proptest! {
    #![proptest_config(cases(1000))]

    /// However the bytes are cut, the body is the same, and bounded.
    #[test]
    fn cuts_make_no_difference(
        bytes in like_chunks(),
        sizes in sizes(),
        limit in prop_oneof![Just(LIMIT), 0..60usize],
        headers in prop_oneof![Just(vec![CHUNKED]), Just(vec![]), Just(vec![("Content-Length", "50")])],
    ) {
        let response = response(401, &headers);
        let whole = read(&response, limit, [&bytes[..]]);
        prop_assert!(whole.0.len() <= limit);
        prop_assert_eq!(read(&response, limit, chunks(&bytes, &sizes)), whole);
    }
}
