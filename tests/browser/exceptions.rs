//! What the constructor, `send()` and `close()` throw.

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use super::ECHO;
use super::bindings::{WIRES, WebSocket, Wire, close, closed, connect, next, options, thrown};

#[wasm_bindgen_test]
fn the_constructor_checks_url_and_subprotocols() {
    for wire in WIRES {
        for url in ["ws://a b/", "ftp://host/", "ws://host/#", "ws://host:99999/", "about:blank"] {
            assert_eq!(thrown(WebSocket::new(url, &options(wire, &[]))), "SyntaxError", "{url}");
        }
        for protocols in [&[""][..], &["a b"], &["a", "a"], &["a", "A"], &["é"]] {
            assert_eq!(thrown(WebSocket::new(ECHO, &options(wire, protocols))), "SyntaxError", "{protocols:?}");
        }
    }
}

#[wasm_bindgen_test]
async fn send_while_connecting_and_close_with_bad_arguments() {
    for wire in WIRES {
        let socket = connect(ECHO, wire);
        assert_eq!(socket.ready_state(), 0);
        assert_eq!(thrown(socket.send(&"early".into())), "InvalidStateError");
        next(&socket, "open").await;
        assert_eq!(thrown(socket.close(&999.into(), &"r".repeat(124).into())), "InvalidAccessError");
        assert_eq!(thrown(socket.close(&1000.into(), &"é".repeat(62).into())), "SyntaxError");
        assert_eq!(socket.ready_state(), 1);
        close(&socket, 1000, &"é".repeat(61)).await;
        assert_eq!(thrown(socket.close(&999.into(), &JsValue::UNDEFINED)), "InvalidAccessError");
    }
}

#[wasm_bindgen_test]
async fn close_while_connecting() {
    for wire in WIRES {
        let socket = connect(ECHO, wire);
        socket.close(&JsValue::UNDEFINED, &JsValue::UNDEFINED).unwrap();
        assert_eq!(socket.ready_state(), 2);
        assert_eq!(closed(&socket).await, (1006, String::new(), false), "{wire:?}");
        assert_eq!(socket.ready_state(), 3);
    }
}

#[wasm_bindgen_test]
fn what_a_transport_cannot_give_is_said() {
    let bag = Object::from(options(Wire::Native, &[]));
    let headers = Object::new();
    Reflect::set(&headers, &"X-Test".into(), &"1".into()).unwrap();
    Reflect::set(&bag, &"headers".into(), &headers).unwrap();
    assert_eq!(thrown(WebSocket::new(ECHO, &bag)), "TypeError");
}
