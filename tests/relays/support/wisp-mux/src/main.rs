//! A Wisp relay for tests, on wisp-mux, which reads and writes all packets. Only the credentials are its own: those of
//! wisp-mux 5 are of an older draft. It connects to any target: run it on loopback.
//!
//! Arguments: the port. In the environment, all optional: `MUX_PASSWORDS`, as `name=password` in lines; `MUX_KEYS`,
//! Ed25519 public keys in hexadecimal, separated by commas; `MUX_MOTD`. A client must give what is set, but for the last.

mod credentials;
mod extension;

use bytes::Bytes;
use extension::Extension;
use fastwebsockets::upgrade::{UpgradeFut, upgrade};
use fastwebsockets::{FragmentCollectorRead, WebSocketError};
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use std::env;
use std::error::Error;
use std::net::Ipv4Addr;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::compat::FuturesAsyncReadCompatExt;
use wisp_mux::extensions::ProtocolExtensionBuilder;
use wisp_mux::{CloseReason, ConnectPacket, MuxStream, ServerMux};

const MOTD: u8 = 0x04;

/// The credit of a stream, in packets.
const CREDIT: u32 = 128;

type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let port: u16 = env::args().nth(1).ok_or("usage: wisp-mux-relay PORT")?.parse()?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    loop {
        let (socket, _) = listener.accept().await?;
        socket.set_nodelay(true)?;
        tokio::spawn(async move {
            let server = hyper::server::conn::http1::Builder::new();
            let serving = server.serve_connection(TokioIo::new(socket), service_fn(answer)).with_upgrades();
            if let Err(error) = serving.await {
                eprintln!("{error}");
            }
        });
    }
}

/// Opens a carrier. It chooses no subprotocol, as other relays on wisp-mux 5.
async fn answer(mut request: Request<Incoming>) -> Result<Response<Empty<Bytes>>, WebSocketError> {
    let (response, upgraded) = upgrade(&mut request)?;
    tokio::spawn(async move {
        if let Err(error) = serve(upgraded).await {
            eprintln!("{error}");
        }
    });
    Ok(response)
}

async fn serve(upgraded: UpgradeFut) -> Result<(), Failure> {
    let (reader, writer) = upgraded.await?.split(tokio::io::split);
    let extensions = extensions()?;
    let required: Vec<u8> = extensions.iter().map(|extension| extension.get_id()).filter(|id| *id != MOTD).collect();
    let builders: Vec<Box<dyn ProtocolExtensionBuilder + Send + Sync>> =
        extensions.into_iter().map(|extension| Box::new(extension) as _).collect();
    let created = ServerMux::create(FragmentCollectorRead::new(reader), writer, CREDIT, Some(&builders)).await?;
    let (mux, running) = created.with_required_extensions(&required).await?;
    tokio::spawn(async move {
        if let Err(error) = running.await {
            eprintln!("{error}");
        }
    });
    while let Some((target, stream)) = mux.server_new_stream().await {
        tokio::spawn(connect(target, stream));
    }
    Ok(())
}

/// Those that the environment asks for.
fn extensions() -> Result<Vec<Extension>, Failure> {
    let mut extensions = Vec::new();
    if let Ok(users) = env::var("MUX_PASSWORDS") {
        let users = users.lines().filter_map(|line| line.split_once('='));
        extensions.push(credentials::password(users.map(|(name, word)| (name.to_owned(), word.to_owned())).collect()));
    }
    if let Ok(keys) = env::var("MUX_KEYS") {
        let keys = keys.split(',').map(|key| u256(key).ok_or("a key isn't 64 hexadecimal digits"));
        extensions.push(credentials::key(keys.collect::<Result<_, _>>()?));
    }
    if let Ok(motd) = env::var("MUX_MOTD") {
        extensions.push(Extension::new(MOTD, motd.into_bytes(), |_| None));
    }
    Ok(extensions)
}

fn u256(digits: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(2 * index..2 * index + 2)?, 16).ok()?;
    }
    Some(bytes)
}

async fn connect(target: ConnectPacket, stream: MuxStream) {
    let closer = stream.get_close_handle();
    let end = match TcpStream::connect((target.destination_hostname, target.destination_port)).await {
        Ok(mut socket) => {
            let _ = socket.set_nodelay(true);
            let mut stream = stream.into_io().into_asyncrw().compat();
            copy_bidirectional(&mut socket, &mut stream).await.map(|_| CloseReason::Voluntary)
        }
        Err(_) => Ok(CloseReason::ServerStreamUnreachable),
    };
    let _ = closer.close(end.unwrap_or(CloseReason::Unexpected)).await;
}
