//! An extension of Wisp v2 as wisp-mux calls it: what the server sends, and how it judges the client's answer.

use async_trait::async_trait;
use bytes::{BufMut, Bytes, BytesMut};
use std::fmt::{Debug, Formatter, Result as FmtResult};
use std::sync::Arc;
use wisp_mux::extensions::{AnyProtocolExtension, ProtocolExtension, ProtocolExtensionBuilder};
use wisp_mux::ws::{Frame, LockedWebSocketWrite, Payload, WebSocketRead};
use wisp_mux::{Role, WispError};

/// The type of a CLOSE packet.
const CLOSE: u8 = 0x04;

/// The reason to refuse a client with that answer, if there is one.
type Judge = dyn Fn(&[u8]) -> Option<u8> + Send + Sync;

#[derive(Clone)]
pub struct Extension {
    id: u8,
    offer: Bytes,
    judge: Arc<Judge>,
    /// Of the client's answer.
    refusal: Option<u8>,
}

impl Extension {
    pub fn new(id: u8, offer: Vec<u8>, judge: impl Fn(&[u8]) -> Option<u8> + Send + Sync + 'static) -> Self {
        Self { id, offer: offer.into(), judge: Arc::new(judge), refusal: None }
    }
}

impl Debug for Extension {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> FmtResult {
        write!(formatter, "extension {}", self.id)
    }
}

impl ProtocolExtensionBuilder for Extension {
    fn get_id(&self) -> u8 {
        self.id
    }

    fn build_from_bytes(&self, answer: Bytes, _: Role) -> Result<AnyProtocolExtension, WispError> {
        Ok(AnyProtocolExtension::new(Self { refusal: (self.judge)(&answer), ..self.clone() }))
    }

    fn build_to_extension(&self, _: Role) -> AnyProtocolExtension {
        AnyProtocolExtension::new(self.clone())
    }
}

#[async_trait]
impl ProtocolExtension for Extension {
    fn get_id(&self) -> u8 {
        self.id
    }

    fn get_supported_packets(&self) -> &'static [u8] {
        &[]
    }

    fn encode(&self) -> Bytes {
        self.offer.clone()
    }

    async fn handle_handshake(
        &mut self,
        _: &mut dyn WebSocketRead,
        write: &LockedWebSocketWrite,
    ) -> Result<(), WispError> {
        let Some(reason) = self.refusal else { return Ok(()) };
        // wisp-mux has no name for the reasons of draft 6.
        let mut packet = BytesMut::new();
        packet.put_u8(CLOSE);
        packet.put_u32_le(0);
        packet.put_u8(reason);
        write.write_frame(Frame::binary(Payload::Bytes(packet))).await?;
        write.close().await?;
        Err(WispError::ExtensionImplError(format!("refused: {reason:#x}").into()))
    }

    async fn handle_packet(
        &mut self,
        _: Bytes,
        _: &mut dyn WebSocketRead,
        _: &LockedWebSocketWrite,
    ) -> Result<(), WispError> {
        Ok(())
    }

    fn box_clone(&self) -> Box<dyn ProtocolExtension + Sync + Send> {
        Box::new(self.clone())
    }
}
