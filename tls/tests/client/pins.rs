//! Pins (RFC 7469 2.4 has the hash): one must be of a certificate on the verified path, beside all other checks.

use rcgen::date_time_ymd;
use websocket_wasm_tls::failure::Failure;

use crate::authority::{Authority, Identity};
use crate::client::{Client, Options};
use crate::site::{NAME, server};

const EXPIRED: u32 = 1;
const UNKNOWN_ISSUER: u32 = 3;
const WRONG_HOST: u32 = 4;
const PIN: u32 = 7;

/// The code of the failure; `None` if data is exchanged.
fn failure(options: &Options, identity: &Identity) -> Option<u32> {
    let mut client = Client::new();
    let mut pair = client.pair(options, &server(identity, |_| ()).into());
    pair.run();
    match pair.client.failure() {
        None => {
            pair.talk();
            None
        }
        Some(Failure { code, .. }) => Some(*code),
    }
}

struct Chain {
    root: Authority,
    intermediate: Authority,
    identity: Identity,
}

fn chain() -> Chain {
    let root = Authority::root("Root");
    let intermediate = root.intermediate("Intermediate");
    let identity = intermediate.issue(NAME);
    Chain { root, intermediate, identity }
}

#[test]
fn a_pin_of_any_certificate_on_the_path_is_accepted() {
    let Chain { root, intermediate, identity } = chain();
    let options = Options::new(NAME).ca(&root.certificate);
    for pin in [identity.pin(), intermediate.pin(), root.pin()] {
        assert_eq!(failure(&options.clone().pin(&pin), &identity), None);
        // Beside pins that aren't met.
        assert_eq!(failure(&options.clone().pin(&[1; 32]).pin(&pin).pin(&[2; 32]), &identity), None);
    }
}

#[test]
fn without_a_certificate_that_is_pinned_a_path_is_refused() {
    let Chain { root, identity, .. } = chain();
    let options = Options::new(NAME).ca(&root.certificate);
    let other = Authority::root("Other");
    assert_eq!(failure(&options.clone().pin(&other.pin()), &identity), Some(PIN));
    // Nearly the same.
    let mut pin = identity.pin();
    pin[31] ^= 1;
    assert_eq!(failure(&options.pin(&pin), &identity), Some(PIN));
}

/// Anybody can send somebody else's certificate.
#[test]
fn a_certificate_that_is_sent_and_not_on_the_path_does_not_count() {
    let Chain { root, identity, .. } = chain();
    let other = Authority::root("Other");
    let sibling = root.intermediate("Sibling");
    let pinned_leaf = root.issue(NAME);
    for (pin, certificate) in [
        (other.pin(), other.certificate),
        (sibling.pin(), sibling.certificate),
        (pinned_leaf.pin(), pinned_leaf.chain[0].clone()),
    ] {
        let options = Options::new(NAME).ca(&root.certificate).pin(&pin);
        let mut chain = identity.chain.clone();
        chain.push(certificate.clone());
        let key = || rcgen::KeyPair::try_from(identity.key.serialized_der()).unwrap();
        assert_eq!(failure(&options, &Identity { chain: chain.clone(), key: key() }), Some(PIN));
        // Before the certificates of the path.
        chain.insert(1, certificate);
        assert_eq!(failure(&options, &Identity { chain, key: key() }), Some(PIN));
    }
}

/// An authority of the options that isn't on the path doesn't count, either.
#[test]
fn another_authority_does_not_count() {
    let Chain { root, identity, .. } = chain();
    let other = Authority::root("Other");
    let options = Options::new(NAME).ca(&other.certificate).ca(&root.certificate).pin(&other.pin());
    assert_eq!(failure(&options, &identity), Some(PIN));
}

/// One intermediate with a certificate of each of two roots: any valid path with the pin suffices.
#[test]
fn of_two_paths_one_with_the_pin_suffices() {
    let Chain { root, intermediate, mut identity } = chain();
    let other = Authority::root("Other");
    let [first, second] = [root.pin(), other.pin()];
    identity.chain.push(other.cross_certify(&intermediate));
    let both = Options::new(NAME).ca(&root.certificate).ca(&other.certificate);
    assert_eq!(failure(&both.clone().pin(&first), &identity), None);
    assert_eq!(failure(&both.pin(&second), &identity), None);
    // If only one of the roots is an authority, there is one path.
    let one = Options::new(NAME).ca(&root.certificate);
    assert_eq!(failure(&one.clone().pin(&first), &identity), None);
    assert_eq!(failure(&one.pin(&second), &identity), Some(PIN));
}

#[test]
fn a_pin_replaces_no_other_check() {
    let Chain { root, intermediate, identity } = chain();
    let options = |name| Options::new(name).ca(&root.certificate);
    assert_eq!(failure(&options("other.example").pin(&identity.pin()), &identity), Some(WRONG_HOST));
    let expired = intermediate.issue_with(NAME, |params| params.not_after = date_time_ymd(2025, 1, 1));
    assert_eq!(failure(&options(NAME).pin(&expired.pin()).pin(&root.pin()), &expired), Some(EXPIRED));
    let unknown = Authority::root("Other").issue(NAME);
    assert_eq!(failure(&options(NAME).pin(&unknown.pin()), &unknown), Some(UNKNOWN_ISSUER));
}
