//! The request of the opening handshake, with the headers that the URL, the realm and Fetch add.

use super::options::Options;
use super::url::SocketUrl;
use crate::protocol::{InvalidRequest, Request};

/// The request, without an offer of permessage-deflate. The caller's own headers take precedence.
///
/// # Errors
/// An invalid header or subprotocol.
pub fn handshake_request(url: &SocketUrl, protocols: &[String], options: &Options) -> Result<Request, InvalidRequest> {
    let mut request = Request::new(&url.host, &url.resource)?;
    for protocol in protocols {
        request.subprotocol(protocol)?;
    }
    for (name, value) in &options.headers {
        request.header(name, value)?;
    }
    let added = [
        // WHATWG WebSockets 2.2, by way of Fetch: the origin of the realm.
        ("Origin", options.origin.as_deref()),
        // Fetch 4.6: the credentials of the URL.
        ("Authorization", url.authorization.as_deref()),
        // Fetch 4.6: the cache mode "no-store".
        ("Pragma", Some("no-cache")),
        ("Cache-Control", Some("no-cache")),
    ];
    for (name, value) in added {
        if let Some(value) = value
            && !options.headers.iter().any(|(other, _)| other.eq_ignore_ascii_case(name))
        {
            request.header(name, value)?;
        }
    }
    Ok(request)
}
