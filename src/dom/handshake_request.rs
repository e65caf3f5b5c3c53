//! The request of the opening handshake, with the headers that the URL, the realm and Fetch add.

use super::url::SocketUrl;
use crate::protocol::deflate::Offer;
use crate::protocol::{InvalidRequest, Request};

/// The request. `headers`: the caller's own ones, a name and a value each, which take precedence. `origin`: the realm's, or
/// empty.
///
/// # Errors
/// An invalid header or subprotocol.
pub fn handshake_request(
    url: &SocketUrl,
    protocols: &[String],
    deflate: Option<Offer>,
    headers: &[String],
    origin: &str,
) -> Result<Request, InvalidRequest> {
    let mut request = Request::new(&url.host, &url.resource)?;
    request.offer_deflate(deflate);
    for protocol in protocols {
        request.subprotocol(protocol)?;
    }
    let headers = headers.as_chunks().0;
    for [name, value] in headers {
        request.header(name, value)?;
    }
    // WHATWG WebSockets 2.2, by way of Fetch: the origin of the realm.
    if !origin.is_empty() {
        add(&mut request, headers, "Origin", origin)?;
    }
    // Fetch 4.6: the credentials of the URL, and the cache mode "no-store".
    if let Some(authorization) = &url.authorization {
        add(&mut request, headers, "Authorization", authorization)?;
    }
    for name in ["Pragma", "Cache-Control"] {
        add(&mut request, headers, name, "no-cache")?;
    }
    Ok(request)
}

// Not inlined: the wasm is smaller.
#[inline(never)]
fn add(request: &mut Request, headers: &[[String; 2]], name: &str, value: &str) -> Result<(), InvalidRequest> {
    if headers.iter().any(|[other, _]| other.eq_ignore_ascii_case(name)) {
        return Ok(());
    }
    request.header(name, value)
}
