// One TLS connection of the module: bytes of the transport and plaintext in, plaintext and bytes for the transport out.

import type { Failure } from '../../failure.ts';
import { queueMicrotask, TextDecoder, TextEncoder } from '../../platform/globals.ts';
import { encodeRecords, type TaggedBytes } from '../records.ts';
import type { TlsFacts } from '../types.ts';
import { decodeFacts } from './facts.ts';
import { tlsFailure } from './failures.ts';
import type { Exports, TlsInstance } from './instance.ts';
import type { TlsSettings } from './options.ts';

/** The states of a session. */
export const HANDSHAKING = 0;
export const OPEN = 1;
/** The server sent close_notify: it sends no more. */
export const CLOSED = 2;
export const FAILED = 3;

/** The most bytes of an argument. */
export const MAX_BYTES = 64 * 1024;

/** Tags of the records of options (tls/src/records.rs). */
const NAME = 1;
const CA = 2;
const PIN = 3;
const CERTIFICATE = 4;
const KEY = 5;
const KEY_LOG = 6;
const PORT = 7;

/** Milliseconds since 1970: the function as it is at the import, before a test environment stops the clock. */
const { now: unixTime } = Date;

export class TlsSession {
  /** Undefined once it is freed: a closed connection holds no memory of the module. */
  instance: TlsInstance | undefined;
  /** The name or address that is verified. */
  readonly host: string;
  readonly #keylog: ((line: string) => void) | undefined;
  /** Undefined once it is freed: another session may have it then. */
  #id: number | undefined;
  /** One of the states above; {@link FAILED} if the instance has stopped, too. */
  status = HANDSHAKING;

  /**
   * Begins the handshake: the ClientHello is in the output.
   *
   * @param hostname the name or address to verify unless the settings have another one
   * @param port with the name, it identifies the server whose sessions can be resumed
   * @throws {Failure} for settings that aren't valid
   */
  constructor(instance: TlsInstance, hostname: string, port: number, settings: TlsSettings) {
    this.instance = instance;
    this.host = settings.servername ?? hostname;
    this.#keylog = settings.keylog;
    const options = encodeRecords(recordsOf(this.host, port, settings));
    let detail = '';
    const id = instance.guard((exports) => {
      exports.clock(unixTime() / 1_000);
      instance.setArgument(options);
      const id = exports.connect();
      if (id < 0) detail = new TextDecoder().decode(instance.result());
      return id;
    });
    // They may contain a key.
    options.fill(0);
    if (id === undefined) throw instance.failure;
    if (id < 0) throw tlsFailure(-id, detail, this.host);
    this.#id = id;
  }

  /** Takes bytes from the transport, at most {@link MAX_BYTES}. */
  receive(bytes: Uint8Array): void {
    this.#run('receive', bytes);
  }

  /** Encrypts plaintext, at most {@link MAX_BYTES}. */
  send(bytes: Uint8Array): void {
    this.#run('send', bytes);
  }

  /** Sends close_notify. */
  close(): void {
    this.#run('close', new Uint8Array());
  }

  /**
   * Takes the bytes for the transport, if there are any.
   *
   * @param headroom how many bytes their buffer has in front of them
   */
  takeOutput(headroom: number): Uint8Array<ArrayBuffer> | undefined {
    return this.#takeBytes('output', headroom);
  }

  /** Takes the plaintext from the server, if there is any. */
  takePlaintext(): Uint8Array<ArrayBuffer> | undefined {
    return this.#takeBytes('plaintext', 0);
  }

  /** Why it failed. */
  failure(): Failure {
    const code = this.#take((exports, id) => exports.failure(id)) ?? 0;
    const detail = this.#result('failure_detail');
    return tlsFailure(code, new TextDecoder().decode(detail), this.host);
  }

  /** What was negotiated, and the server's certificates. */
  facts(): TlsFacts | undefined {
    const facts = this.#result('facts');
    return facts && decodeFacts(facts);
  }

  /** Frees it; no other method does anything afterwards. */
  free(): void {
    const { instance } = this;
    const id = this.#id;
    this.#id = this.instance = undefined;
    if (id !== undefined) instance?.guard((exports) => exports.free(id));
  }

  #run(name: 'receive' | 'send' | 'close', bytes: Uint8Array): void {
    const status = this.#take((exports, id, instance) => {
      if (this.status === HANDSHAKING) exports.clock(unixTime() / 1_000);
      instance.setArgument(bytes);
      return exports[name](id);
    });
    this.status = status ?? FAILED;
    if (this.#keylog) this.#report(this.#keylog);
  }

  /** Reports new lines of the key log. A microtask's exceptions are reported, and it runs in none of our calls. */
  #report(keylog: (line: string) => void): void {
    for (const line of new TextDecoder().decode(this.#result('keylog')).split('\n')) {
      if (line !== '') queueMicrotask(() => keylog(line));
    }
  }

  #result(name: 'facts' | 'failure_detail' | 'keylog'): Uint8Array<ArrayBuffer> | undefined {
    return this.#take((exports, id, instance) => {
      exports[name](id);
      return instance.result();
    });
  }

  #takeBytes(name: 'output' | 'plaintext', headroom: number): Uint8Array<ArrayBuffer> | undefined {
    return this.#take((exports, id, instance) => {
      const length = exports[`${name}_len`](id);
      if (length === 0) return undefined;
      const address = exports[name](id) >>> 0;
      const bytes = headroom > 0 ? withHeadroom(exports, address, length, headroom) : instance.copy(address, length);
      exports[`${name}_taken`](id);
      return bytes;
    });
  }

  /** Runs calls that return a value; `undefined` if the session is freed or the instance has stopped. */
  #take<Value>(take: (exports: Exports, id: number, instance: TlsInstance) => Value): Value | undefined {
    const { instance } = this;
    const id = this.#id;
    return id === undefined ? undefined : instance?.guard((exports) => take(exports, id, instance));
  }
}

/** A copy of bytes in the module's memory, with others in front of it. */
function withHeadroom({ memory }: Exports, address: number, length: number, headroom: number): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(headroom + length).subarray(headroom);
  copy.set(new Uint8Array(memory.buffer, address, length));
  return copy;
}

function recordsOf(
  host: string,
  port: number,
  { ca = [], pins = [], cert = [], key, keylog }: TlsSettings,
): TaggedBytes[] {
  return [
    // A name's final dot is no part of what certificates contain, nor of SNI (RFC 6066 3).
    [NAME, new TextEncoder().encode(host.replace(/\.$/, ''))],
    [PORT, Uint8Array.of(port, port >> 8)],
    ...ca.map((value): TaggedBytes => [CA, value]),
    ...pins.map((value): TaggedBytes => [PIN, value]),
    ...cert.map((value): TaggedBytes => [CERTIFICATE, value]),
    ...(key ? [[KEY, key] as const] : []),
    ...(keylog ? [[KEY_LOG, new Uint8Array()] as const] : []),
  ];
}
