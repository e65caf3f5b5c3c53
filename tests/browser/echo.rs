//! Messages of every kind come back as they went.

use js_sys::{Array, ArrayBuffer, DataView, Float64Array, JsString, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Blob;

use super::ECHO;
use super::bindings::{WIRES, WebSocket, Wire, close, connection_of, next, next_data, open, options};

fn bytes(data: &JsValue) -> Vec<u8> {
    assert!(data.is_instance_of::<ArrayBuffer>());
    Uint8Array::new(data).to_vec()
}

fn blob(parts: &[&[u8]]) -> Blob {
    let parts: Array = parts.iter().map(|part| JsValue::from(Uint8Array::from(*part))).collect();
    Blob::new_with_u8_array_sequence(&parts).unwrap()
}

#[wasm_bindgen_test]
async fn text() {
    for wire in WIRES {
        let socket = open(ECHO, wire).await;
        for text in ["", "plain", "zwölf €", "\u{1F600}", &"x".repeat(70_000)] {
            socket.send(&text.into()).unwrap();
            assert_eq!(next_data(&socket).await.as_string().as_deref(), Some(text), "{wire:?}");
        }
        let lone: JsString = js_sys::JsString::from_char_code(&[0x61, 0xD800]);
        socket.send(&lone).unwrap();
        assert_eq!(next_data(&socket).await.as_string().as_deref(), Some("a\u{FFFD}"), "{wire:?}");
        assert_eq!(close(&socket, 1000, "").await, (1000, String::new(), true));
    }
}

#[wasm_bindgen_test]
async fn array_buffers_and_views() {
    let all: Vec<u8> = (0..=255).collect();
    let array = Uint8Array::from(all.as_slice());
    let buffer = array.buffer();
    for wire in WIRES {
        let socket = open(ECHO, wire).await;
        let kinds: [(JsValue, &[u8]); 5] = [
            (buffer.clone().into(), &all),
            (ArrayBuffer::new(0).into(), &[]),
            (array.subarray(3, 9).into(), &all[3..9]),
            (DataView::new(&buffer, 5, 7).into(), &all[5..12]),
            (Float64Array::new_with_byte_offset_and_length(&buffer, 8, 2).into(), &all[8..24]),
        ];
        for (data, expected) in kinds {
            socket.send(&data).unwrap();
            assert_eq!(bytes(&next_data(&socket).await), expected, "{wire:?}");
        }
        close(&socket, 1000, "").await;
    }
}

#[wasm_bindgen_test]
async fn blobs_in_and_out() {
    for wire in WIRES {
        let socket = open(ECHO, wire).await;
        socket.send(&blob(&[b"one ", b"two"])).unwrap();
        socket.send(&"behind".into()).unwrap();
        assert_eq!(bytes(&next_data(&socket).await), b"one two", "{wire:?}");
        assert_eq!(next_data(&socket).await.as_string().as_deref(), Some("behind"), "{wire:?}");

        socket.set_binary_type("blob");
        socket.send(&blob(&[b"three"])).unwrap();
        let received: Blob = next_data(&socket).await.dyn_into().unwrap();
        let buffer = wasm_bindgen_futures::JsFuture::from(received.array_buffer()).await.unwrap();
        assert_eq!(bytes(&buffer), b"three", "{wire:?}");
        close(&socket, 1000, "").await;
    }
}

#[wasm_bindgen_test]
async fn large_messages() {
    let mut large = vec![0; 5 << 20];
    for (i, byte) in large.iter_mut().enumerate() {
        *byte = ((i * 31) >> 3) as u8;
    }
    let socket = open(ECHO, Wire::Relay).await;
    socket.send(&Uint8Array::from(large.as_slice())).unwrap();
    assert_eq!(socket.buffered_amount(), large.len() as f64);
    assert!(bytes(&next_data(&socket).await) == large);
    assert_eq!(socket.buffered_amount(), 0.0);
    close(&socket, 1000, "").await;
}

#[wasm_bindgen_test]
async fn many_messages_in_their_order() {
    let socket = open(ECHO, Wire::Relay).await;
    for i in 0..1_000 {
        socket.send(&format!("message {i}").into()).unwrap();
    }
    // Each `await` here takes microtasks: were two messages dispatched in one task, this would miss one.
    for i in 0..1_000 {
        assert_eq!(next_data(&socket).await.as_string(), Some(format!("message {i}")));
    }
    close(&socket, 1000, "").await;
}

#[wasm_bindgen_test]
async fn sockets_share_the_relay_and_close_with_code_and_reason() {
    for wire in WIRES {
        let sockets = [open(ECHO, wire).await, open(ECHO, wire).await, open(ECHO, wire).await];
        for (i, socket) in sockets.iter().enumerate() {
            socket.send(&format!("{i}").into()).unwrap();
        }
        for (i, socket) in sockets.iter().enumerate() {
            // It may have come before anybody listened: the last one is asked again.
            socket.send(&format!("again {i}").into()).unwrap();
            while next_data(socket).await.as_string() != Some(format!("again {i}")) {}
            let code = 3000 + i as u16;
            assert_eq!(close(socket, code, "löwe").await, (code, "löwe".to_owned(), true), "{wire:?}");
            assert_eq!(socket.ready_state(), 3);
        }
    }
}

#[wasm_bindgen_test]
async fn a_subprotocol_is_negotiated() {
    for wire in WIRES {
        let socket = WebSocket::new(ECHO, &options(wire, &["first", "second"])).unwrap();
        assert_eq!(socket.protocol(), "");
        next(&socket, "open").await;
        assert_eq!(socket.protocol(), "first", "{wire:?}");
        close(&socket, 1000, "").await;
    }
}

#[wasm_bindgen_test]
async fn a_ping_is_answered_over_the_relay_only() {
    let socket = open(ECHO, Wire::Relay).await;
    let milliseconds = wasm_bindgen_futures::JsFuture::from(connection_of(&socket).ping()).await.unwrap();
    assert!(milliseconds.as_f64().unwrap() >= 0.0);
    close(&socket, 1000, "").await;

    let socket = open(ECHO, Wire::Native).await;
    let refused = wasm_bindgen_futures::JsFuture::from(connection_of(&socket).ping()).await;
    assert_eq!(super::bindings::thrown(refused), "NotSupportedError");
    close(&socket, 1000, "").await;
}
