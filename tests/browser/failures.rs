//! Connections that can't be made.

use js_sys::{Object, Reflect};
use wasm_bindgen_test::wasm_bindgen_test;

use super::bindings::{WIRES, WebSocket, Wire, closed, connect, connection_of, wisp};
use super::{ECHO, RELAY};

#[wasm_bindgen_test]
async fn a_server_that_is_not_there() {
    for wire in WIRES {
        let socket = connect("ws://127.0.0.1:1/", wire);
        assert_eq!(closed(&socket).await, (1006, String::new(), false), "{wire:?}");
        assert_eq!(socket.url(), "ws://127.0.0.1:1/");
    }
}

#[wasm_bindgen_test]
async fn the_relay_refuses_and_says_so() {
    // The relay reaches the echo server only, so not itself.
    let socket = connect(RELAY, Wire::Relay);
    assert_eq!(closed(&socket).await, (1006, String::new(), false));
    assert!(connection_of(&socket).failure().unwrap().message().includes("does not allow", 0));
}

#[wasm_bindgen_test]
async fn a_relay_that_is_not_there() {
    let bag = Object::new();
    Reflect::set(&bag, &"transport".into(), &wisp("ws://127.0.0.1:1/")).unwrap();
    let socket = WebSocket::new(ECHO, &bag).unwrap();
    assert_eq!(closed(&socket).await, (1006, String::new(), false));
    assert!(connection_of(&socket).failure().unwrap().message().includes("relay", 0));
}

#[wasm_bindgen_test]
async fn tls_through_a_relay_is_refused() {
    let socket = connect("wss://127.0.0.1/", Wire::Relay);
    assert_eq!(closed(&socket).await, (1006, String::new(), false));
}
