// The link over a transport's byte stream or link. None of its methods throws, whatever those do.

import { Failure, messageOf } from '../failure.ts';
import { bytesOf } from '../platform/binary.ts';
import { StreamLink } from './stream-link.ts';
import type { ByteStream, Link, LinkSink, TlsFacts } from './types.ts';

/**
 * Makes a link of the value that a transport returned.
 *
 * @param secure whether the connection must be encrypted: `wss:` over anything else is refused here, for every transport
 * @throws {Failure} `transport-not-encrypted`; by then the link is dropped, and nothing was written to it
 * @throws {TypeError} for a value that is neither a byte stream nor a link
 */
export function toLink(returned: ByteStream | Link, secure: boolean): GuardedLink {
  const link = new GuardedLink(isLink(returned) ? returned : new StreamLink(returned), factsOf(returned));
  if (secure && !claimsSecure(returned)) {
    link.destroy();
    throw new Failure(
      'transport-not-encrypted',
      'the transport is not encrypted: what it returns must say `secure: true` to carry wss:, or be wrapped in TLS',
    );
  }
  return link;
}

/** Whether it has `secure: true` itself: a member of Object.prototype says nothing about the connection. */
function claimsSecure(returned: ByteStream | Link): boolean {
  return isTrue(returned, 'secure') && (Object.hasOwn(returned, 'secure') || !('secure' in Object.prototype));
}

/** Whether an attribute is `true`; false if its getter throws. */
function isTrue(returned: ByteStream | Link, name: 'secure' | 'ownTasks'): boolean {
  try {
    return (returned as Link)[name] === true;
  } catch {
    return false;
  }
}

/** The facts of its TLS; undefined if their getter throws. */
function factsOf(returned: ByteStream | Link): TlsFacts | undefined {
  try {
    return returned.tls;
  } catch {
    return undefined;
  }
}

function isLink(returned: ByteStream | Link): returned is Link {
  return typeof (returned as Link | undefined)?.open === 'function';
}

/** A link over one whose methods may throw, or return promises that reject: then it has failed. */
export class GuardedLink implements Link {
  readonly ownTasks: boolean;
  readonly tls: TlsFacts | undefined;
  readonly #link: Link;
  /** Undefined before the link is opened, and after `end` or `fail`. */
  #sink: LinkSink | undefined;
  #unflushed = 0;
  #whenIdle = () => {};

  constructor(link: Link, tls: TlsFacts | undefined) {
    this.#link = link;
    this.tls = tls;
    this.ownTasks = isTrue(link, 'ownTasks');
  }

  /** Whether everything that was written is flushed. */
  get idle(): boolean {
    return this.#unflushed === 0;
  }

  /** Calls `callback` once {@link idle} is true. */
  whenIdle(callback: () => void): void {
    if (this.idle) callback();
    else this.#whenIdle = callback;
  }

  open(sink: LinkSink): void {
    this.#sink = sink;
    try {
      const opening: unknown = this.#link.open({
        data: (chunk) => this.#receive(chunk),
        // The sink is removed after the call: if the stack overflows before that, the link may report the end again.
        end: () => {
          this.#sink?.end();
          this.#removeSink();
        },
        fail: (error) => {
          this.#sink?.fail(error);
          this.#removeSink();
        },
      });
      if (opening) this.#watch('open', opening);
    } catch (error) {
      this.#fail('open', error);
    }
  }

  write(chunk: Uint8Array, flushed: () => void): void {
    this.#unflushed += 1;
    let called = false;
    try {
      const writing: unknown = this.#link.write(chunk, () => {
        if (called) return;
        flushed();
        called = true;
        this.#unflushed -= 1;
        if (this.idle) this.#whenIdle();
      });
      if (writing) this.#watch('write', writing);
    } catch (error) {
      this.#fail('write', error);
    }
  }

  pause(): void {
    this.#call('pause');
  }

  resume(): void {
    this.#call('resume');
  }

  end(): void {
    this.#call('end');
  }

  destroy(): void {
    this.#removeSink();
    this.#call('destroy');
  }

  #receive(chunk: unknown): void {
    const sink = this.#sink;
    if (!sink) return;
    const bytes = bytesOf(chunk);
    if (bytes) sink.data(bytes);
    else this.#fail('data', new TypeError(`${typeof chunk} was delivered instead of bytes`));
  }

  #call(name: 'pause' | 'resume' | 'end' | 'destroy'): void {
    try {
      const calling: unknown = this.#link[name]();
      if (calling) this.#watch(name, calling);
    } catch (error) {
      this.#fail(name, error);
    }
  }

  /** An async method fails later, by its promise. */
  #watch(name: string, promise: unknown): void {
    Promise.resolve(promise).catch((error) => this.#fail(name, error));
  }

  #fail(name: string, error: unknown): void {
    this.#removeSink()?.fail(
      new Failure('transport-failed', `the transport's ${name}() failed: ${messageOf(error)}`, { cause: error }),
    );
  }

  /** Removes the sink, and returns it for its last call. */
  #removeSink(): LinkSink | undefined {
    const sink = this.#sink;
    this.#sink = undefined;
    return sink;
  }
}
