//! The first bytes of a stream, in both directions (docs/webtransport-relay.md).

use tokio::io::{AsyncRead, AsyncReadExt};

const REQUEST: u8 = 0x01;
const RESPONSE: u8 = 0x81;

/// The longest token that is read, in bytes.
const MAX_TOKEN: usize = 4096;

/// What a client asks for.
pub struct Request {
    pub token: Vec<u8>,
    pub host: String,
    pub port: u16,
}

/// The relay's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Connected = 0x00,
    BadRequest = 0x01,
    UnsupportedVersion = 0x02,
    Unauthorized = 0x03,
    Blocked = 0x04,
    Throttled = 0x05,
    NameNotFound = 0x10,
    Unreachable = 0x11,
    Refused = 0x12,
    TimedOut = 0x13,
    ConnectFailed = 0x14,
}

impl Request {
    /// Reads one from the start of a stream.
    pub async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Result<Self, Status> {
        let bad = |_| Status::BadRequest;
        if stream.read_u8().await.map_err(bad)? != REQUEST {
            return Err(Status::UnsupportedVersion);
        }
        let length = stream.read_u16().await.map_err(bad)?.into();
        if length > MAX_TOKEN {
            return Err(Status::BadRequest);
        }
        let mut token = vec![0; length];
        stream.read_exact(&mut token).await.map_err(bad)?;
        let length = stream.read_u8().await.map_err(bad)?.into();
        let mut host = vec![0; length];
        stream.read_exact(&mut host).await.map_err(bad)?;
        let port = stream.read_u16().await.map_err(bad)?;
        if host.is_empty() || !host.iter().all(u8::is_ascii_graphic) || port == 0 {
            return Err(Status::BadRequest);
        }
        let host = String::from_utf8(host).map_err(|_| Status::BadRequest)?.to_ascii_lowercase();
        Ok(Self { token, host, port })
    }
}

impl Status {
    /// What it means, for people.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Connected => "",
            Self::BadRequest => "the request is malformed or late",
            Self::UnsupportedVersion => "this relay has version 1",
            Self::Unauthorized => "the token is missing or wrong",
            Self::Blocked => "the host and port are not on the list",
            Self::Throttled => "the relay has too many connections",
            Self::NameNotFound => "the name can't be resolved",
            Self::Unreachable => "there is no route to the host",
            Self::Refused => "the host refuses connections",
            Self::TimedOut => "the host didn't answer in time",
            Self::ConnectFailed => "the connection can't be made",
        }
    }

    /// The bytes of a response. The detail is for people, at most 255 bytes of it.
    pub fn response(self, detail: &str) -> Vec<u8> {
        let mut end = detail.len().min(255);
        while !detail.is_char_boundary(end) {
            end -= 1;
        }
        let mut bytes = vec![RESPONSE, self as u8, end as u8];
        bytes.extend_from_slice(&detail.as_bytes()[..end]);
        bytes
    }
}
