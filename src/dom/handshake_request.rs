//! The request of the opening handshake, with the headers that the URL, the realm and Fetch add.

use super::options::Options;
use super::url::SocketUrl;
use crate::protocol::{InvalidRequest, Request};

/// The request. The caller's own headers take precedence.
///
/// # Errors
/// An invalid header or subprotocol.
pub fn handshake_request(url: &SocketUrl, protocols: &[String], options: &Options) -> Result<Request, InvalidRequest> {
    let mut request = Request::new(&url.host, &url.resource)?;
    request.offer_deflate(options.deflate.clone());
    for protocol in protocols {
        request.subprotocol(protocol)?;
    }
    for (name, value) in &options.headers {
        request.header(name, value)?;
    }
    // WHATWG WebSockets 2.2, by way of Fetch: the origin of the realm.
    if let Some(origin) = &options.origin {
        add(&mut request, options, "Origin", origin)?;
    }
    // Fetch 4.6: the credentials of the URL, and the cache mode "no-store".
    if let Some(authorization) = &url.authorization {
        add(&mut request, options, "Authorization", authorization)?;
    }
    for name in ["Pragma", "Cache-Control"] {
        add(&mut request, options, name, "no-cache")?;
    }
    Ok(request)
}

// Not inlined: the wasm is smaller.
#[inline(never)]
fn add(request: &mut Request, options: &Options, name: &str, value: &str) -> Result<(), InvalidRequest> {
    if options.headers.iter().any(|(other, _)| other.eq_ignore_ascii_case(name)) {
        return Ok(());
    }
    request.header(name, value)
}
