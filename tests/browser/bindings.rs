//! The package's exports, as JavaScript sees them.

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{CloseEvent, DomException, EventTarget, MessageEvent};

use super::RELAY;

// dist/browser.js with all that it imports (scripts/build.js): wasm-bindgen copies no more than the file named here.
#[wasm_bindgen(module = "/target/one-file.js")]
extern "C" {
    #[wasm_bindgen(extends = EventTarget)]
    pub type WebSocket;
    #[wasm_bindgen(constructor, catch)]
    pub fn new(url: &str, options: &JsValue) -> Result<WebSocket, JsValue>;
    #[wasm_bindgen(method, getter)]
    pub fn url(this: &WebSocket) -> String;
    #[wasm_bindgen(method, getter, js_name = readyState)]
    pub fn ready_state(this: &WebSocket) -> u16;
    #[wasm_bindgen(method, getter, js_name = bufferedAmount)]
    pub fn buffered_amount(this: &WebSocket) -> f64;
    #[wasm_bindgen(method, getter)]
    pub fn protocol(this: &WebSocket) -> String;
    #[wasm_bindgen(method, setter, js_name = binaryType)]
    pub fn set_binary_type(this: &WebSocket, value: &str);
    #[wasm_bindgen(method, catch)]
    pub fn send(this: &WebSocket, data: &JsValue) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    pub fn close(this: &WebSocket, code: &JsValue, reason: &JsValue) -> Result<(), JsValue>;

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

/// What carries a test's bytes.
#[derive(Debug, Clone, Copy)]
pub enum Wire {
    Relay,
    Native,
}

/// Both wires, for tests that hold over each.
pub const WIRES: [Wire; 2] = [Wire::Relay, Wire::Native];

/// An option bag with that transport and those subprotocols.
pub fn options(wire: Wire, protocols: &[&str]) -> JsValue {
    let transport = match wire {
        Wire::Relay => wisp(RELAY),
        Wire::Native => NATIVE.with(Clone::clone),
    };
    let protocols: Array = protocols.iter().map(|name| JsValue::from(*name)).collect();
    let bag = Object::new();
    Reflect::set(&bag, &"transport".into(), &transport).unwrap();
    Reflect::set(&bag, &"protocols".into(), &protocols).unwrap();
    bag.into()
}

/// A WebSocket that is being opened.
pub fn connect(url: &str, wire: Wire) -> WebSocket {
    WebSocket::new(url, &options(wire, &[])).unwrap()
}

/// A WebSocket that is open, with `binaryType` "arraybuffer". The query tells the server's count how it came.
pub async fn open(url: &str, wire: Wire) -> WebSocket {
    let socket = connect(&format!("{url}?{wire:?}"), wire);
    socket.set_binary_type("arraybuffer");
    next(&socket, "open").await;
    socket
}

/// The next event of that type.
pub async fn next(target: &EventTarget, event: &str) -> JsValue {
    let mut listen = |resolve: Function, _| {
        target.add_event_listener_with_callback(event, &resolve).unwrap();
    };
    JsFuture::from(Promise::new(&mut listen)).await.unwrap()
}

/// The next message's data.
pub async fn next_data(socket: &WebSocket) -> JsValue {
    next(socket, "message").await.unchecked_into::<MessageEvent>().data()
}

/// Closes, and gives code, reason and `wasClean` of the close event.
pub async fn close(socket: &WebSocket, code: u16, reason: &str) -> (u16, String, bool) {
    socket.close(&code.into(), &reason.into()).unwrap();
    closed(socket).await
}

/// Code, reason and `wasClean` of the close event.
pub async fn closed(socket: &WebSocket) -> (u16, String, bool) {
    let event = next(socket, "close").await.unchecked_into::<CloseEvent>();
    (event.code(), event.reason(), event.was_clean())
}

/// The name of the DOMException or error that was thrown.
pub fn thrown<T>(result: Result<T, JsValue>) -> String {
    let error = result.err().expect("nothing was thrown");
    match error.dyn_ref::<DomException>() {
        Some(exception) => exception.name(),
        None => error.unchecked_into::<js_sys::Error>().name().into(),
    }
}
