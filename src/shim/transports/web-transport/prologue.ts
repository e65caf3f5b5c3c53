// The first bytes of a stream, in both directions: docs/webtransport-relay.md.
import { Failure } from '../../failure.ts';
import { TextDecoder, TextEncoder } from '../../platform/globals.ts';

/** The first byte of a request of version 1. */
const REQUEST = 0x01;

/** The first byte of a response. Not the request's, so that a server that echoes isn't taken for a relay. */
const RESPONSE = 0x81;

/** A response's bytes up to its detail: version, status, and the detail's length. */
const HEADER = 3;

/** The longest token that fits, in bytes: relays needn't read a longer one. */
export const MAX_TOKEN = 4096;

/** The longest host name or address that fits, in bytes. */
const MAX_HOST = 255;

const CONNECTED = 0x00;

/** The other statuses: the failure's code, and the meaning. */
const STATUSES = new Map<number, readonly [code: string, meaning: string]>([
  [0x01, ['relay-closed', "it can't read the request"]],
  [0x02, ['relay-closed', 'it has another version of the protocol']],
  [0x03, ['relay-unauthorized', 'the token is missing or wrong']],
  [0x04, ['relay-blocked', 'it does not allow this host or port']],
  [0x05, ['relay-throttled', 'it limits how much this client may do']],
  [0x10, ['host-not-found', 'the name could not be resolved']],
  [0x11, ['host-unreachable', 'the host is unreachable']],
  [0x12, ['connect-refused', 'the host refused the connection']],
  [0x13, ['connect-timeout', 'connecting to the host took too long']],
  [0x14, ['connect-failed', 'the connection could not be made']],
]);

/**
 * A request to connect by TCP.
 *
 * @throws {Failure} for a host name that is longer than any can be
 */
export function encodeRequest(token: Uint8Array, hostname: string, port: number): Uint8Array<ArrayBuffer> {
  const host = new TextEncoder().encode(hostname);
  if (host.length > MAX_HOST) throw new Failure('host-not-found', 'The host name is longer than 255 bytes.');
  return new Uint8Array([REQUEST, ...uint16(token.length), ...token, host.length, ...host, ...uint16(port)]);
}

/** A number as two bytes, big-endian. */
function uint16(value: number): [number, number] {
  return [value >> 8, value & 0xff];
}

/** Takes the bytes of a response, however they are divided into chunks. */
export class ResponseReader {
  readonly #relay: string;
  #received = new Uint8Array(0);

  /** @param relay names the relay in messages */
  constructor(relay: string) {
    this.#relay = relay;
  }

  /**
   * Takes a chunk. Returns the target's first bytes behind a complete response, and undefined as long as it isn't complete:
   * at most 257 bytes are kept.
   *
   * @throws {Failure} if the relay couldn't connect, or if this is no response
   */
  take(chunk: Uint8Array): Uint8Array | undefined {
    const received = this.#append(chunk);
    const [version, status = 0, length = 0] = received;
    if (version !== undefined && version !== RESPONSE) {
      throw new Failure('relay-unreachable', `${this.#relay} can't be used: it doesn't answer as a relay.`);
    }
    const end = HEADER + length;
    if (received.length < HEADER || received.length < end) return undefined;
    if (status !== CONNECTED) throw this.#failureOf(status, received.subarray(HEADER, end));
    return received.subarray(end);
  }

  #append(chunk: Uint8Array): Uint8Array {
    if (this.#received.length === 0) {
      // A copy only of what isn't complete: the chunk may be large.
      if (chunk.length >= HEADER && chunk.length >= HEADER + (chunk[2] ?? 0)) return chunk;
    }
    const joined = new Uint8Array(this.#received.length + chunk.length);
    joined.set(this.#received);
    joined.set(chunk, this.#received.length);
    this.#received = joined;
    return joined;
  }

  #failureOf(status: number, detail: Uint8Array): Failure {
    const [code, meaning] = STATUSES.get(status) ?? [
      'relay-closed',
      `status 0x${status.toString(16).padStart(2, '0')}`,
    ];
    const text = printable(new TextDecoder().decode(detail));
    return new Failure(code, `${this.#relay} made no connection: ${meaning}${text && ` ("${text}")`}.`);
  }
}

/** Without control characters, which may do something to a terminal. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\uFFFD');
}
