//! The exceptions that the interface throws.

use wasm_bindgen::JsValue;
use web_sys::DomException;

/// A `SyntaxError` DOMException.
pub fn syntax_error(message: &str) -> JsValue {
    dom_exception(message, "SyntaxError")
}

/// An `InvalidAccessError` DOMException.
pub fn invalid_access_error(message: &str) -> JsValue {
    dom_exception(message, "InvalidAccessError")
}

/// A `TypeError`, for options that the standard doesn't have.
pub fn type_error(message: &str) -> JsValue {
    js_sys::TypeError::new(message).into()
}

fn dom_exception(message: &str, name: &str) -> JsValue {
    DomException::new_with_message_and_name(message, name).map_or_else(|thrown| thrown, JsValue::from)
}
