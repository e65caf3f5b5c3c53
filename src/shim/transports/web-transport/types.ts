// The parts of the WebTransport API that are used (W3C WebTransport): projects without lib.dom have no such types.
import type { ByteStream } from '../types.ts';

/** A certificate's hash for {@link WebTransportRelayOptions.serverCertificateHashes}. */
export interface CertificateHash {
  /** `'sha-256'`. */
  algorithm: string;
  /** The hash of the certificate's DER: 32 bytes. */
  value: ArrayBuffer | ArrayBufferView;
}

/** A session, as the class `WebTransport` makes it. */
export interface WebTransportSession {
  readonly ready: Promise<unknown>;
  /** Undefined in Deno. */
  readonly closed: Promise<{ closeCode?: number | undefined; reason?: string | undefined } | undefined>;
  /** Not in every engine. */
  readonly draining?: Promise<unknown> | undefined;
  createBidirectionalStream(options?: object): Promise<ByteStream>;
  close(): void;
}

/** The class `WebTransport`, or one with its interface. */
export type WebTransportClass = new (url: string, options?: never) => WebTransportSession;
