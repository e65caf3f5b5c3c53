// The response to the opening handshake: `connectionOf(socket).response`. It is made of the core's record when a program asks
// for it, so that a bundle without `connectionOf()` has none of this.
import type { Channel } from '../channel/channel.ts';
import { type ConnectionFailure, Failure } from '../failure.ts';
import { headersClass, TextDecoder } from '../platform/globals.ts';

/** The server's response to the opening handshake. {@link Connection.response} returns it. */
export class HandshakeResponse {
  /** The status code; 101 if the server accepted the connection. */
  readonly status: number;
  /** The reason phrase; `''` for none. */
  readonly reason: string;
  /** The headers; `getSetCookie()` has each `Set-Cookie` by itself. */
  readonly headers: Headers;
  /**
   * The body, of which at most {@link WebSocketInit.maxErrorBody} bytes were received; empty if there is none. `undefined` with
   * the status 101.
   */
  readonly body: Uint8Array<ArrayBuffer> | undefined;
  /** Whether the body is only the beginning: it was too long, took too long, was cut off, or had no valid framing. */
  readonly bodyTruncated: boolean;

  /**
   * @internal
   * @param record of the core's `takeResponse()`
   */
  constructor(record: Uint8Array) {
    // The core has checked them, and found this end.
    const end = record.findIndex(
      (byte, at) => byte === LF && (record[at + 1] === LF || (record[at + 1] === CR && record[at + 2] === LF)),
    );
    let head = '';
    for (const byte of record.subarray(0, end)) head += String.fromCharCode(byte);
    // A line fold is white space (RFC 9112 5.2).
    const [first = '', ...lines] = head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
    this.status = Number(first.slice(9, 12));
    this.reason = first.slice(12).trim();
    this.headers = new (headersClass())();
    for (const line of lines) {
      const colon = line.indexOf(':');
      this.headers.append(line.slice(0, colon), line.slice(colon + 1));
    }
    const body = record.subarray(end + (record[end + 1] === CR ? 3 : 2));
    this.body = this.status === 101 ? undefined : new Uint8Array(body);
    this.bodyTruncated = record[0] === TRUNCATED;
  }

  /** The body as text: UTF-8, whatever its type says, as with `text()` of Fetch's `Response`. */
  text(): string {
    return new TextDecoder().decode(this.body);
  }

  /**
   * The body as JSON.
   *
   * @throws {SyntaxError} if it isn't JSON, or is only the beginning of it
   */
  json(): unknown {
    return JSON.parse(this.text());
  }
}

const LF = 10;
const CR = 13;
/** The first byte of a record, `+` or `~`. */
const ACCEPTED = 43;
const TRUNCATED = 126;

/** How many characters of a redirect's target are shown. */
const MAX_SHOWN = 200;

const responses = new WeakMap<Uint8Array, HandshakeResponse>();

/**
 * The response on a channel, if there is one; always the same object. Test environments may lack the class of headers.
 *
 * @internal
 */
export function responseOf({ response: record }: Channel): HandshakeResponse | undefined {
  if (!record || !headersClass()) return undefined;
  const response = responses.get(record) ?? new HandshakeResponse(record);
  responses.set(record, response);
  return response;
}

/**
 * The failure of a channel, with the status and the headers of the response that is part of it.
 *
 * @internal
 */
export function failureOn(channel: Channel): ConnectionFailure | undefined {
  const { response: record } = channel;
  const failure: ConnectionFailure | undefined = channel.failure ?? nativeFailure(channel);
  const response = responseOf(channel);
  if (!failure || !response || record?.[0] === ACCEPTED || failure.status !== undefined) return failure;
  const { status, headers } = response;
  Object.defineProperties(failure, {
    status: { value: status, enumerable: true },
    // Not enumerable: a program that logs the failure logs no cookies.
    headers: { value: headers },
  });
  const location = headers.get('location');
  if (failure.code === 'handshake-status' && status >= 300 && status < 400 && location !== null) {
    failure.message += `, a redirect to '${shown(location)}', which isn't followed`;
  }
  return failure;
}

const nativeFailures = new WeakMap<Channel, Failure>();

/** The failure of a channel over `native`, if there is one; always the same object. */
function nativeFailure(channel: Channel): ConnectionFailure | undefined {
  const { failureCode } = channel;
  if (!failureCode) return undefined;
  const message =
    failureCode === 'aborted'
      ? 'the connection was closed before it was established'
      : "the connection failed, and the browser doesn't report why";
  const failure = nativeFailures.get(channel) ?? new Failure(failureCode, message);
  nativeFailures.set(channel, failure);
  return failure;
}

/**
 * The target of a redirect without what may be secret in it (a user name and a password, the query, the fragment), and
 * without characters other than those of a URL.
 */
function shown(location: string): string {
  const url = location.replace(/[?#].*|[^!-~]/g, '');
  // In a path it may be no secret. But parsers don't agree on where a path begins. (With the group each part is read once.)
  const text = url.replace(/(^|[/\\])[^/\\]+@/g, '$1…@');
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
