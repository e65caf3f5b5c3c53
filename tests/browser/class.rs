//! The class from Rust: values and events cross in both directions, and errors are `Err`.

use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::DomException;

use super::bindings::{TRANSPORTS, Transport, WebSocket, closed, connection_of, echoed, next, open, options};
use super::{ECHO, RELAY};

fn exception_name(error: &JsValue) -> String {
    error.dyn_ref::<DomException>().expect("a DOMException").name()
}

#[wasm_bindgen_test]
async fn text_and_binary_come_back_over_each_transport() {
    for transport in TRANSPORTS {
        let socket = open(ECHO, transport).await;
        assert_eq!(socket.protocol(), "first", "{transport:?}");

        let text = echoed(&socket, &"zwölf €".into()).await;
        assert_eq!(text.as_string().as_deref(), Some("zwölf €"), "{transport:?}");

        let bytes: Vec<u8> = (0..=255).collect();
        let binary = echoed(&socket, &Uint8Array::from(bytes.as_slice())).await;
        assert!(binary.is_instance_of::<ArrayBuffer>(), "{transport:?}");
        assert_eq!(Uint8Array::new(&binary).to_vec(), bytes, "{transport:?}");

        socket.close(3000, "löwe").unwrap();
        assert_eq!(closed(&socket).await, (3000, "löwe".to_owned(), true), "{transport:?}");
    }
}

#[wasm_bindgen_test]
async fn exceptions_are_errors() {
    for transport in TRANSPORTS {
        let invalid = WebSocket::new("ws://a b/", &options(transport, &[])).err().expect("an invalid URL");
        assert_eq!(exception_name(&invalid), "SyntaxError");

        let socket = WebSocket::new(ECHO, &options(transport, &[])).unwrap();
        let early = socket.send(&"early".into()).expect_err("the socket is connecting");
        assert_eq!(exception_name(&early), "InvalidStateError");
        next(&socket, "open").await;
        let reserved = socket.close(1001, "").expect_err("the code is reserved");
        assert_eq!(exception_name(&reserved), "InvalidAccessError");
        socket.close(1000, "").unwrap();
        closed(&socket).await;
    }
}

#[wasm_bindgen_test]
async fn a_failure_is_an_error() {
    // The relay doesn't connect to itself.
    let socket = WebSocket::new(RELAY, &options(Transport::Relay, &[])).unwrap();
    assert_eq!(closed(&socket).await, (1006, String::new(), false));
    assert_eq!(connection_of(&socket).failure().unwrap().name(), "ConnectionFailure");
}

#[wasm_bindgen_test]
async fn a_ping_is_a_future() {
    let socket = open(ECHO, Transport::Relay).await;
    let milliseconds = JsFuture::from(connection_of(&socket).ping()).await.unwrap();
    assert!(milliseconds.as_f64().unwrap() >= 0.0);
    socket.close(1000, "").unwrap();
    closed(&socket).await;
}
