//! What the client says of a certificate: in both versions, and to the server.

use rcgen::CertificateParams;
use rustls::AlertDescription;
use websocket_wasm_tls::failure::Failure;

use crate::authority::Identity;
use crate::client::{Client, Options};
use crate::site::{NAME, Site, TLS12, TLS13, server};

/// Fails in both versions, and answers with that alert. Returns the failure.
pub fn refused(options: &Options, identity: &Identity, code: u32, alert: AlertDescription) -> Failure {
    let [failure, other] = [TLS13, TLS12].map(|versions| {
        let mut client = Client::new();
        let server = server(identity, |settings| settings.versions = versions);
        let mut pair = client.pair(options, &server.into());
        let failure = pair.refuse();
        assert_eq!(pair.error, Some(rustls::Error::AlertReceived(alert)), "{failure:?}");
        failure
    });
    assert_eq!(failure, other);
    assert_eq!(failure.code, code, "{failure:?}");
    failure
}

pub fn accepted(options: &Options, identity: &Identity) {
    Client::new().pair(options, &server(identity, |_| ()).into()).talk();
}

/// A certificate with those changes, and the options for its root.
pub fn changed(change: impl FnOnce(&mut CertificateParams)) -> (Options, Identity) {
    let site = Site::new();
    (site.options(), site.root.issue_with(NAME, change))
}
