//! One session: each stream that its client opens is a TCP connection.

use crate::clients::Quota;
use crate::config::Config;
use crate::prologue::Status;
use crate::stream;
use crate::uses::Uses;
use std::convert::Infallible;
use std::error::Error;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use wtransport::endpoint::SessionRequest;
use wtransport::error::ConnectionError;
use wtransport::{Connection, VarInt};

/// How long a client may take to open a session, from its first packet on.
const OPENING_TIMEOUT: Duration = Duration::from_secs(10);

/// Serves a session until it ends, which it also does if its client asks for nothing that it may have.
pub async fn serve(
    config: Arc<Config>,
    connections: Arc<Quota>,
    client: IpAddr,
    opening: impl Future<Output = Result<SessionRequest, ConnectionError>>,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let opening = timeout(config.session_timeout.min(OPENING_TIMEOUT), open(&config, opening));
    let opened = opening.await.map_err(|_| "it wasn't opened in time")??;
    let Some((connection, is_known)) = opened else { return Ok(()) };
    let uses = Uses::default();
    tokio::select! {
        end = serve_streams(&config, &connections, client, &connection, is_known, &uses) => match end? {},
        () = uses.none_for(config.session_timeout) => {
            connection.close(VarInt::from_u32(0), b"the session isn't used");
            Err("it wasn't used".into())
        }
    }
}

/// Accepts a session, unless it is refused. Returns with it whether its URL had the token.
async fn open(
    config: &Config,
    opening: impl Future<Output = Result<SessionRequest, ConnectionError>>,
) -> Result<Option<(Connection, bool)>, ConnectionError> {
    let request = opening.await?;
    // A token in the URL is checked once; without one, each stream must have it.
    let given = request.path().split_once("?token=").map(|(_, token)| token.to_owned());
    let is_known = given.as_deref().is_some_and(|token| config.accepts_token(token.as_bytes()));
    if !config.accepts_origin(request.origin()) || (given.is_some() && !is_known) {
        request.forbidden().await;
        return Ok(None);
    }
    Ok(Some((request.accept().await?, is_known)))
}

async fn serve_streams(
    config: &Arc<Config>,
    connections: &Arc<Quota>,
    client: IpAddr,
    connection: &Connection,
    is_known: bool,
    uses: &Uses,
) -> Result<Infallible, ConnectionError> {
    loop {
        let (send, recv) = connection.accept_bi().await?;
        let place = connections.take(client);
        let (config, uses) = (config.clone(), uses.clone());
        tokio::spawn(async move {
            match place {
                Some(_place) => stream::serve(&config, is_known, &uses, send, recv).await,
                None => stream::refuse(Status::Throttled, send, recv).await,
            }
        });
    }
}
