// A link over a class with the interface of WebSocket: it can't be paused, and says only by looking what is flushed.

import { onAbort } from '../../platform/abort-signal.ts';
import { bytesOf } from '../../platform/binary.ts';
import { clearTimeout, setTimeout } from '../../platform/globals.ts';
import { inBrowser } from '../../platform/host.ts';
import { secondArgument } from '../address-space.ts';
import { BuiltInLink } from '../built-in-link.ts';
import { FlushedBytes } from '../flushed-bytes.ts';
import { aborted, tooMuchUnread } from '../link-failures.ts';
import { NativeWebSocket } from '../native.ts';
import type { Link } from '../types.ts';
import { type CarrierRequest, messagesOf, type WebSocketClass } from './carrier.ts';
import { closeFailure, notBytes, unreachable } from './failures.ts';

/** How long to wait for the relay's Close frame if the class can terminate the connection, in milliseconds. */
const CLOSE_TIMEOUT = 2_000;

/** `WebSocket.CLOSING`: a user's class may lack the constants. */
const CLOSING = 2;

/** Connects by a class with the interface of WebSocket. */
export function connectBySocket(Class: WebSocketClass, request: CarrierRequest): Promise<Link> {
  return new Promise((resolve, reject) => {
    let forgetSignal = () => {};
    const link = new WebSocketLink(Class, request, {
      resolve: () => {
        forgetSignal();
        resolve(link);
      },
      reject: (error) => {
        forgetSignal();
        reject(error);
      },
    });
    forgetSignal = onAbort(request.signal, () => link.abort());
  });
}

/** An attempt to connect. */
interface Attempt {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

class WebSocketLink extends BuiltInLink {
  override readonly ownTasks: boolean;
  readonly #relay: string;
  readonly #socket: WebSocket & { terminate?: () => void };
  readonly #flushed: FlushedBytes;
  /** Undefined once it succeeded or failed. */
  #attempt: Attempt | undefined;
  /** The class's error, if it has one. */
  #cause: unknown;
  /** Whether this side closes it: then it ends however it ends. */
  #ending = false;
  /** Whether nobody wants what is received. */
  #destroyed = false;
  #closeTimer: ReturnType<typeof setTimeout> | undefined;

  /** @throws {Failure} if the class throws */
  constructor(Class: WebSocketClass, { url, relay, protocols, targetAddressSpace }: CarrierRequest, attempt: Attempt) {
    super();
    // Those of other classes may follow each other in one task.
    this.ownTasks = inBrowser && Class === NativeWebSocket;
    this.#relay = relay;
    this.#attempt = attempt;
    try {
      this.#socket = new Class(url, secondArgument(Class, [...protocols], targetAddressSpace));
      this.#listen();
    } catch (error) {
      throw unreachable(relay, "can't be reached", error);
    }
    this.#flushed = new FlushedBytes(this.#socket);
  }

  #listen(): void {
    this.#socket.binaryType = 'arraybuffer';
    this.#socket.addEventListener('open', () => this.#endAttempt()?.resolve());
    this.#socket.addEventListener('message', ({ data }) => this.#receive(data));
    // With npm's `ws` an error without a listener is an uncaught exception.
    this.#socket.addEventListener('error', (event) => {
      this.#cause ??= (event as Partial<ErrorEvent>).error;
    });
    this.#socket.addEventListener('close', ({ code, reason }) => this.#closed(code, reason));
  }

  write(chunk: Uint8Array<ArrayBuffer>, flushed: () => void): void {
    if (this.received) return;
    try {
      for (const message of messagesOf(chunk)) this.#socket.send(message as Uint8Array<ArrayBuffer>);
    } catch (error) {
      this.#fail(unreachable(this.#relay, "can't be written to", error));
      return;
    }
    this.#flushed.sent(chunk.length);
    this.#flushed.whenFlushed(flushed);
  }

  /** A WebSocket ends both directions. Its Close frame follows what was sent. */
  end(): void {
    this.#ending = true;
    this.#close();
  }

  destroy(): void {
    this.#destroyed = true;
    this.removeSink();
    this.#flushed.stop();
    this.end();
    const { terminate } = this.#socket;
    if (typeof terminate !== 'function' || this.#socket.readyState > CLOSING) return;
    this.#closeTimer ??= setTimeout(() => terminate.call(this.#socket), CLOSE_TIMEOUT);
  }

  /** Gives up the attempt. */
  abort(): void {
    this.#endAttempt()?.reject(aborted());
    this.destroy();
  }

  #endAttempt(): Attempt | undefined {
    const attempt = this.#attempt;
    this.#attempt = undefined;
    return attempt;
  }

  #receive(data: unknown): void {
    if (this.received || this.#destroyed) return;
    // Flushed bytes are reported before a reply to them is delivered.
    this.#flushed.report();
    const bytes = typeof data === 'string' ? undefined : bytesOf(data);
    if (!bytes) this.#fail(notBytes(this.#relay, typeof data === 'string' ? 'sent text' : 'sent no ArrayBuffer'));
    else if (!this.deliver(bytes)) this.#overflow();
  }

  /** Fails although the link is paused; one that isn't open yet fails when it is opened. */
  #overflow(): void {
    const error = tooMuchUnread();
    const sink = this.removeSink();
    this.#fail(error);
    sink?.fail(error);
  }

  #fail(error: Error): void {
    this.#flushed.stop();
    this.receivedAll({ error });
    this.#close();
  }

  #close(): void {
    if (this.#socket.readyState >= CLOSING) return;
    try {
      this.#socket.close();
    } catch {
      // There is no other way to close it.
    }
  }

  #closed(code: number, reason: string): void {
    clearTimeout(this.#closeTimer);
    this.#flushed.report();
    this.#flushed.stop();
    this.#endAttempt()?.reject(unreachable(this.#relay, "can't be reached", this.#cause));
    const error = this.#ending ? undefined : closeFailure(this.#relay, code, reason);
    this.receivedAll(error && { error });
  }
}
