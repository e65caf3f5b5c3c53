//! The opening handshake's response (RFC 6455 4.1), and the body of one that refuses (RFC 9112 7.1): the result doesn't depend
//! on how the bytes are cut, and no bytes panic.

use websocket_wasm::protocol::deflate::{Offer, WindowBits};
use websocket_wasm::protocol::internals::{Agreement, BodyReader, ResponseReader, accept_key, check_response};
use websocket_wasm::protocol::{HandshakeError, Request, Response};

const NONCE: [u8; 16] = *b"the sample nonce";

type Reading = (Result<Option<Response>, HandshakeError>, usize);

/// The result of reading the bytes in pieces of `piece`, and how many of them belong to the response.
fn read(bytes: &[u8], piece: usize, limit: usize) -> Reading {
    let mut reader = ResponseReader::new(limit);
    let mut taken = 0;
    for piece in bytes.chunks(piece) {
        let mut rest = piece;
        let result = reader.read(&mut rest);
        taken += piece.len() - rest.len();
        if !matches!(result, Ok(None)) {
            return (result, taken);
        }
    }
    (Ok(None), taken)
}

/// Panics if any of this doesn't hold.
pub fn check(data: &[u8]) {
    let [choice, limit, bytes @ ..] = data else { return };
    let limit = 16 + usize::from(*limit) * 8;
    let piece = 1 + usize::from(choice & 0xF);
    let whole = read(bytes, usize::MAX, limit);
    let pieces = read(bytes, piece, limit);
    assert_eq!(whole.0, pieces.0, "in pieces of {piece}");
    if whole.0.is_ok() {
        assert_eq!(whole.1, pieces.1);
    }
    let mut request = Request::new("example.com", "/").expect("a request");
    if choice & 0x10 != 0 {
        request.subprotocol("chat").expect("a subprotocol");
    }
    if choice & 0x20 != 0 {
        let server_max_window_bits = if choice & 0x40 != 0 { WindowBits::new(10) } else { None };
        let server_no_context_takeover = choice & 0x80 != 0;
        let mut offer = Offer::default();
        offer.server_max_window_bits = server_max_window_bits;
        offer.server_no_context_takeover = server_no_context_takeover;
        request.offer_deflate(Some(offer));
    }
    if let Ok(Some(response)) = whole.0 {
        let rest = &bytes[whole.1..];
        let body = |piece: usize| {
            let mut reader = BodyReader::new(&response, limit, limit);
            rest.chunks(piece).for_each(|piece| reader.read(piece));
            reader.end();
            reader.finish()
        };
        let (read, is_truncated) = body(usize::MAX);
        assert!(read.len() <= limit);
        assert_eq!(body(piece), (read, is_truncated), "in pieces of {piece}");
        let _ = check_response(&response, Some((&request, &accept_key(NONCE)))).map_err(|why| why.to_string());
    }
    // The list of extensions alone: few responses get that far.
    let value: String = bytes.iter().map(|&byte| char::from(byte)).collect();
    if let Ok(Some(agreement)) = Agreement::read(&value, request.deflate()) {
        let offer = request.deflate().expect("nothing is agreed on that wasn't offered");
        assert!(offer.server_max_window_bits.is_none_or(|most| agreement.server.window_bits <= most));
        assert!(!offer.server_no_context_takeover || agreement.server.no_context_takeover);
    }
}
