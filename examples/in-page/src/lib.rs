//! A Rust crate for a page: a WebSocket client over any byte stream that the page passes to it.
//!
//! `tests/examples/page.test.js` builds it and runs it in a page, with streams through a relay.

use js_sys::{Array, Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStream, ReadableStreamDefaultReader, WritableStream, WritableStreamDefaultWriter};
use websocket_wasm::protocol::{CloseCode, CloseFrame, Config, Connection, Event, Millis, RandomError, Request};

/// Sends `text` to an echo server. Resolves with the answer once the connection is closed.
///
/// # Errors
/// Rejects if a stream breaks or the connection fails.
#[wasm_bindgen]
pub async fn ask(
    host: &str,
    readable: ReadableStream,
    writable: WritableStream,
    text: &str,
) -> Result<Option<String>, JsValue> {
    let reader: ReadableStreamDefaultReader = readable.get_reader().unchecked_into();
    let writer = writable.get_writer()?;
    let request = Request::new(host, "/").map_err(|error| JsError::new(&error.to_string()))?;
    let mut connection = Connection::new(&Config::default(), random);
    connection.begin(now());
    connection.send_request(request);
    let mut answer = None;
    let mut reading = reader.read();
    loop {
        // Events. This driver takes all there are, so the connection wants input afterwards.
        let mut closed = None;
        while let Some(event) = connection.poll_event() {
            match event {
                Event::Open(_) => connection.send_text(text).map_err(|error| JsError::new(&error.to_string()))?,
                Event::Message(message) => {
                    answer = message.into_text();
                    connection.close(&CloseFrame { code: Some(CloseCode::NORMAL), reason: String::new() }, now());
                }
                Event::Closed(how) => closed = Some(how),
                _ => {}
            }
        }

        // Output, before waiting for input, and once more after the end.
        let output = connection.take_output();
        if !output.is_empty() {
            write(&writer, &output).await?;
            connection.written(output.len() as u64, now());
        }
        if let Some(closed) = closed {
            let _ = JsFuture::from(writer.close()).await;
            return match closed.error {
                Some(error) => Err(JsError::new(&error.to_string()).into()),
                None => Ok(answer),
            };
        }

        // Input, or the deadline, whichever comes first.
        match read(&reading, connection.deadline()).await? {
            Read::Bytes(bytes) => {
                connection.receive(&bytes, now());
                reading = reader.read();
            }
            Read::End => connection.end(now()),
            Read::Late => connection.expire(now()),
        }
    }
}

enum Read {
    Bytes(Vec<u8>),
    End,
    Late,
}

/// Waits for a pending read, until `deadline`.
async fn read(reading: &Promise, deadline: Option<Millis>) -> Result<Read, JsValue> {
    let late = Promise::new(&mut |resolve, _| {
        if let Some(at) = deadline {
            set_timeout(&resolve, at.saturating_sub(now()) as f64);
        }
    });
    let result = JsFuture::from(Promise::race(&Array::of2(reading, &late))).await?;
    if result.is_undefined() {
        return Ok(Read::Late);
    }
    if Reflect::get(&result, &"done".into())?.is_truthy() {
        return Ok(Read::End);
    }
    Ok(Read::Bytes(Uint8Array::new(&Reflect::get(&result, &"value".into())?).to_vec()))
}

async fn write(writer: &WritableStreamDefaultWriter, bytes: &[u8]) -> Result<(), JsValue> {
    let chunk = Uint8Array::from(bytes);
    JsFuture::from(writer.write_with_chunk(&chunk)).await.map(drop)
}

/// The connection's clock, which must never run backwards.
fn now() -> Millis {
    performance_now() as Millis
}

fn random(bytes: &mut [u8]) -> Result<(), RandomError> {
    getrandom::fill(bytes).map_err(|_| RandomError)
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(call: &Function, milliseconds: f64);

    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
}
