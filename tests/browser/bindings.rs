//! Bindings to the package's exports.

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{CloseEvent, EventTarget, MessageEvent};

use super::RELAY;

// dist/browser.js bundled into one file (scripts/build.js): wasm-bindgen copies only the file named here.
#[wasm_bindgen(module = "/target/one-file.js")]
extern "C" {
    #[wasm_bindgen(extends = EventTarget)]
    pub type WebSocket;
    #[wasm_bindgen(constructor, catch)]
    pub fn new(url: &str, options: &JsValue) -> Result<WebSocket, JsValue>;
    #[wasm_bindgen(method, getter)]
    pub fn protocol(this: &WebSocket) -> String;
    #[wasm_bindgen(method, setter, js_name = binaryType)]
    pub fn set_binary_type(this: &WebSocket, value: &str);
    #[wasm_bindgen(method, catch)]
    pub fn send(this: &WebSocket, data: &JsValue) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    pub fn close(this: &WebSocket, code: u16, reason: &str) -> Result<(), JsValue>;

    pub fn wisp(url: &str) -> JsValue;
    #[wasm_bindgen(thread_local_v2, js_name = native)]
    static NATIVE: JsValue;

    #[wasm_bindgen(js_name = connectionOf)]
    pub fn connection_of(socket: &WebSocket) -> Connection;
    pub type Connection;
    #[wasm_bindgen(method, getter)]
    pub fn failure(this: &Connection) -> Option<js_sys::Error>;
    #[wasm_bindgen(method)]
    pub fn ping(this: &Connection) -> Promise;
}

/// A transport of the package.
#[derive(Debug, Clone, Copy)]
pub enum Transport {
    Relay,
    Native,
}

pub const TRANSPORTS: [Transport; 2] = [Transport::Relay, Transport::Native];

/// The constructor's options.
pub fn options(transport: Transport, protocols: &[&str]) -> JsValue {
    let transport = match transport {
        Transport::Relay => wisp(RELAY),
        Transport::Native => NATIVE.with(Clone::clone),
    };
    let protocols: Array = protocols.iter().map(|name| JsValue::from(*name)).collect();
    let options = Object::new();
    Reflect::set(&options, &"transport".into(), &transport).unwrap();
    Reflect::set(&options, &"protocols".into(), &protocols).unwrap();
    options.into()
}

/// Opens a WebSocket whose `binaryType` is "arraybuffer".
pub async fn open(url: &str, transport: Transport) -> WebSocket {
    let socket = WebSocket::new(url, &options(transport, &["first", "second"])).unwrap();
    socket.set_binary_type("arraybuffer");
    next(&socket, "open").await;
    socket
}

/// Waits for the next event of that type.
pub async fn next(target: &EventTarget, event: &str) -> JsValue {
    let mut listen = |resolve: Function, _| {
        target.add_event_listener_with_callback(event, &resolve).unwrap();
    };
    JsFuture::from(Promise::new(&mut listen)).await.unwrap()
}

/// Sends data, and waits for the data of the next message.
pub async fn echoed(socket: &WebSocket, data: &JsValue) -> JsValue {
    socket.send(data).unwrap();
    next(socket, "message").await.unchecked_into::<MessageEvent>().data()
}

/// Waits for the close event, and returns its code, reason and `wasClean`.
pub async fn closed(socket: &WebSocket) -> (u16, String, bool) {
    let event = next(socket, "close").await.unchecked_into::<CloseEvent>();
    (event.code(), event.reason(), event.was_clean())
}
