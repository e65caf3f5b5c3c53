//! The argument of `connect`: what isn't valid is refused, and named.

use proptest::prelude::*;
use rustls::crypto::GetRandomFailed;
use websocket_wasm_tls::failure::Failure;
use websocket_wasm_tls::provider::random;
use websocket_wasm_tls::records;
use websocket_wasm_tls::session::Status;

use crate::client::{Client, Options};
use crate::site::{NAME, Site};

const UNAVAILABLE: u32 = 23;
const INVALID_OPTIONS: u32 = 40;

fn failure(options: &Options) -> Failure {
    let mut client = Client::new();
    let failure = client.connect(options).err().expect("the options aren't valid");
    // There may have been a key in it.
    assert!(client.module.argument.is_empty());
    failure
}

fn invalid(options: &Options, detail: &str) {
    assert_eq!(failure(options), Failure { code: INVALID_OPTIONS, detail: detail.into() });
}

#[test]
fn a_name_is_required() {
    let site = Site::new();
    invalid(&Options::default(), "servername: there is none");
    invalid(&Options::default().ca(&site.root.certificate), "servername: there is none");
}

#[test]
fn a_name_is_a_host_name_or_an_address() {
    let site = Site::new();
    let ca = &*site.root.certificate;
    let long = "a".repeat(64);
    for name in ["", " ", "a b", "a..b", ".a", "-a", "a/", "a:443", "[::1]", "*.example", "ä", "1.2.3.4.5.6", &long] {
        invalid(&Options::new(name).ca(ca), "servername: it is neither a host name nor an address");
    }
    invalid(
        &Options::default().with(records::NAME, b"\xFF").ca(ca),
        "servername: it is neither a host name nor an address",
    );
    for name in ["localhost", "a.example", "xn--4ca.example", "127.0.0.1", "::1", "_service.example"] {
        assert_eq!(Client::new().connect(&Options::new(name).ca(ca)).unwrap().status(), Status::Handshaking);
    }
}

#[test]
fn pins_are_32_bytes() {
    for len in [0, 31, 33] {
        invalid(&Site::new().options().pin(&vec![0; len]), "pins: one isn't 32 bytes long");
    }
}

#[test]
fn a_port_is_two_bytes() {
    for len in [0, 1, 3] {
        invalid(&Site::new().options().with(records::PORT, &vec![0; len]), "the port isn't two bytes");
    }
}

#[test]
fn authorities_are_certificates() {
    let site = Site::new();
    let certificate = &site.root.certificate;
    invalid(&site.options().ca(b"junk"), "ca: certificate 2 can't be parsed");
    invalid(&Options::new(NAME).ca(&certificate[..certificate.len() - 1]), "ca: certificate 1 can't be parsed");
    invalid(&Options::new(NAME).ca(&[certificate, &b"\0"[..]].concat()), "ca: certificate 1 can't be parsed");
}

#[test]
fn without_authorities_there_is_no_connection() {
    let none = Failure { code: UNAVAILABLE, detail: "there are no authorities".into() };
    assert_eq!(failure(&Options::new(NAME)), none);
}

#[test]
fn unknown_records_are_refused() {
    for tag in [0, 8, 255] {
        invalid(&Site::new().options().with(tag, b""), "a record has an unknown tag");
    }
}

#[test]
fn an_argument_that_is_cut_is_refused() {
    let options = Site::new().options().port(443);
    let complete: Vec<_> = {
        let mut at = 0;
        records::read(&options.0)
            .map(|record| {
                at += 5 + record.unwrap().value.len();
                at
            })
            .collect()
    };
    for len in (1..options.0.len()).filter(|len| !complete.contains(len)) {
        invalid(&Options(options.0[..len].to_vec()), "a record is incomplete");
    }
}

/// A length that is beyond all memory.
#[test]
fn a_length_is_not_trusted() {
    invalid(&Options(vec![1, 0xFF, 0xFF, 0xFF, 0xFF, 0]), "a record is incomplete");
}

proptest! {
    #[test]
    fn any_argument_is_refused_or_begins_a_connection(bytes: Vec<u8>, records in prop::collection::vec((0..9u8, any::<Vec<u8>>()), 0..6)) {
        let list = records.iter().fold(Options::default(), |options, (tag, value)| options.with(*tag, value));
        for options in [Options(bytes.clone()), Options([list.0.clone(), bytes].concat()), list] {
            let mut client = Client::new();
            match client.connect(&options) {
                Ok(session) => assert_eq!(session.status(), Status::Handshaking),
                Err(failure) => assert!([INVALID_OPTIONS, UNAVAILABLE].contains(&failure.code)),
            }
        }
    }
}

#[test]
fn without_random_bytes_there_is_no_connection() {
    random::set_source(|_| Err(GetRandomFailed));
    let failure = failure(&Site::new().options());
    random::set_source(random::system);
    assert_eq!(failure, Failure { code: UNAVAILABLE, detail: "there are no random bytes".into() });
}

/// Ids of connections that were freed are used again, and those that never were are nobody's.
#[test]
fn ids_are_those_of_connections() {
    let site = Site::new();
    let mut client = Client::new();
    let connect = |module: &mut websocket_wasm_tls::module::Module| {
        module.argument = site.options().0;
        module.connect().unwrap()
    };
    let module = &mut client.module;
    assert_eq!([connect(module), connect(module), connect(module)], [0, 1, 2]);
    assert!(module.session(3).is_none());
    module.free(1);
    assert!(module.session(1).is_none());
    assert!(module.session_and_argument(1).is_none());
    module.free(1);
    module.free(usize::MAX);
    assert_eq!([connect(module), connect(module)], [1, 3]);
}
