//! One stream of a session: one TCP connection.

use crate::config::Config;
use crate::prologue::{Request, Status};
use crate::target::connect;
use crate::uses::{Use, Uses};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use wtransport::quinn::VarInt;
use wtransport::{RecvStream, SendStream};

/// How long a client may take to send its request.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);

/// How many bytes are copied at a time.
const CHUNK: usize = 64 * 1024;

/// Codes of a stream that ends abruptly.
const NONE: u32 = 0;
const TARGET_RESET: u32 = 1;

/// Serves a stream. `is_known` says whether the session's URL had the token.
pub async fn serve(config: &Config, is_known: bool, uses: &Uses, mut send: SendStream, mut recv: RecvStream) {
    match start(config, is_known, uses, &mut recv).await {
        Ok((target, _use)) => {
            if send.write_all(&Status::Connected.response("")).await.is_ok() {
                copy(target, send, recv).await;
            }
        }
        Err(status) => refuse(status, send, recv).await,
    }
}

/// Answers with a status that isn't success. What the client sent already is dropped.
pub async fn refuse(status: Status, mut send: SendStream, mut recv: RecvStream) {
    let answer = status.response(status.reason());
    // Not STOP_SENDING at once: on that, Firefox drops the answer.
    let answered = async {
        send.write_all(&answer).await?;
        send.finish().await
    };
    // Small: streams beyond the limit are refused, too, and there may be many.
    let mut dropped = [0; 1024];
    let dropping = async { while let Ok(Some(_)) = recv.read(&mut dropped).await {} };
    let _ = timeout(REQUEST_TIMEOUT, async { tokio::join!(answered, dropping) }).await;
}

async fn start(
    config: &Config,
    is_known: bool,
    uses: &Uses,
    recv: &mut RecvStream,
) -> Result<(TcpStream, Use), Status> {
    let request = timeout(REQUEST_TIMEOUT, Request::read(recv)).await.unwrap_or(Err(Status::BadRequest))?;
    if !is_known && !config.accepts_token(&request.token) {
        return Err(Status::Unauthorized);
    }
    let using = uses.begin();
    Ok((connect(config, &request).await?, using))
}

/// Copies in both directions until both have ended, or one of them ends abruptly, which ends the other one, too.
async fn copy(target: TcpStream, mut send: SendStream, mut recv: RecvStream) {
    // STOP_SENDING is noticed although nothing is being written, and so is the end of the session.
    let stopped = send.quic_stream().stopped();
    let (mut reader, mut writer) = target.into_split();
    let up = async {
        let mut sent = true;
        let mut chunk = vec![0; CHUNK];
        // If the target takes no more, the client is told so below, and may still get what the target sends.
        while sent {
            match recv.read(&mut chunk).await {
                Ok(Some(length)) => sent = writer.write_all(&chunk[..length]).await.is_ok(),
                Ok(None) => break,
                Err(_) => return Err(NONE),
            }
        }
        if !sent {
            let _ = recv.quic_stream_mut().stop(code(TARGET_RESET));
        }
        let _ = writer.shutdown().await;
        Ok(())
    };
    let down = copy_down(&mut reader, &mut send);
    let both = async { tokio::try_join!(up, down).map(|_| ()) };
    let aborted = async {
        match stopped.await {
            // Everything was received: the other direction may go on.
            Ok(None) => std::future::pending().await,
            _ => NONE,
        }
    };
    let end = tokio::select! {
        end = both => end,
        code = aborted => Err(code),
    };
    if let Err(why) = end {
        let _ = send.quic_stream_mut().reset(code(why));
        let _ = recv.quic_stream_mut().stop(code(why));
        // The target sees a reset, not an end.
        if let Ok(target) = reader.reunite(writer) {
            let _ = socket2::SockRef::from(&target).set_linger(Some(Duration::ZERO));
        }
    }
}

async fn copy_down(target: &mut (impl AsyncRead + Unpin), send: &mut SendStream) -> Result<(), u32> {
    let mut chunk = vec![0; CHUNK];
    loop {
        match target.read(&mut chunk).await {
            Ok(0) => return send.finish().await.map_err(|_| NONE),
            Ok(length) => send.write_all(&chunk[..length]).await.map_err(|_| NONE)?,
            Err(_) => return Err(TARGET_RESET),
        }
    }
}

/// An application's code as one of HTTP/3, where every 31st is left out (draft-ietf-webtrans-http3, 4.4).
fn code(application: u32) -> VarInt {
    const FIRST: u64 = 0x52e4_a40f_a8db;
    let application = u64::from(application);
    VarInt::from_u64(FIRST + application + application / 0x1e).expect("it is below 2^62")
}
