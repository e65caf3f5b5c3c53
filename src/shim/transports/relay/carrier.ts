// What is common to both carriers of relay(): the browser's WebSocketStream, and a class with the interface of WebSocket.

import type { IPAddressSpace } from '../address-space.ts';
import type { NativeWebSocket } from '../native.ts';

/** The largest message: some relays accept no longer ones. */
const MAX_MESSAGE = 64 * 1024;

/** A connection to make. */
export interface CarrierRequest {
  /** The URL that names the target. */
  readonly url: string;
  /** The relay's scheme, host and port, for messages. */
  readonly relay: string;
  /** Subprotocols to offer. */
  readonly protocols: readonly string[];
  readonly targetAddressSpace: IPAddressSpace | undefined;
  readonly signal: AbortSignal;
}

export type WebSocketClass = NonNullable<typeof NativeWebSocket>;

/** Cuts bytes into messages. */
export function* messagesOf(chunk: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < chunk.length; at += MAX_MESSAGE) {
    yield chunk.length <= MAX_MESSAGE ? chunk : chunk.subarray(at, at + MAX_MESSAGE);
  }
}
