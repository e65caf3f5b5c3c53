// The link over a transport's byte stream or link. None of its methods throws, whatever those do.

import { Failure, messageOf } from '../failure.ts';
import { bytesOf } from '../platform/binary.ts';
import type { BuiltInLink } from './built-in-link.ts';
import { StreamLink } from './stream-link.ts';
import type { ByteStream, Link, LinkSink, TlsFacts } from './types.ts';

/** A member of the built-in links only. */
export const BUILT_IN = Symbol('built in');

/**
 * Makes a link of the value that a transport returned.
 *
 * @param secure whether the connection must be encrypted: `wss:` over anything else is refused here, for every transport
 * @throws {Failure} `transport-not-encrypted`; by then the link is dropped, and nothing was written to it
 * @throws {TypeError} for a value that is neither a byte stream nor a link
 */
export function toLink(returned: ByteStream | Link, secure: boolean): GuardedLink {
  const link = new GuardedLink(isLink(returned) ? returned : new StreamLink(returned), factsOf(returned), returned);
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

/** Whether a link is built in; not if a user replaced some of its methods. */
function isBuiltIn(link: Link): link is BuiltInLink {
  return BUILT_IN in link && !Object.hasOwn(link, 'open') && !Object.hasOwn(link, 'write');
}

function isLink(returned: ByteStream | Link): returned is Link {
  return typeof (returned as Link | undefined)?.open === 'function';
}

/** A link over one whose methods may throw, or return promises that reject: then it has failed. */
export class GuardedLink implements Link {
  readonly ownTasks: boolean;
  readonly tls: TlsFacts | undefined;
  /** What the transport returned. */
  readonly returned: object;
  readonly #link: Link;
  /** The same, if it is one. */
  readonly #builtIn: BuiltInLink | undefined;
  /** The link that output is written to where it is, in the core's memory; without it all is written by {@link write}. */
  lender: BuiltInLink | undefined;
  /** Undefined before the link is opened, and after `end` or `fail`. */
  #sink: LinkSink | undefined;
  #unflushed = 0;
  #whenIdle: (() => void) | undefined;

  constructor(link: Link, tls: TlsFacts | undefined, returned: object) {
    this.#link = link;
    this.lender = this.#builtIn = isBuiltIn(link) ? link : undefined;
    this.tls = tls;
    this.returned = returned;
    this.ownTasks = isTrue(link, 'ownTasks');
  }

  /** See {@link BuiltInLink}: how many bytes the buffers of chunks must have in front of them. */
  get headroom(): number {
    return this.#builtIn?.headroom ?? 0;
  }

  /** See {@link BuiltInLink}. */
  get reusable(): boolean {
    return this.#builtIn?.reusable ?? false;
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
      // A built-in link delivers only bytes, and nothing after its end.
      const opening: unknown = this.#link.open(this.#builtIn ? sink : this.#checkingSink());
      if (opening) this.#watch('open', opening);
    } catch (error) {
      this.#fail('open', error);
    }
  }

  /** @param chunk of a buffer that belongs to the link, from {@link headroom} bytes in front of the chunk */
  write(chunk: Uint8Array, flushed: () => void): void {
    const done = this.#counting(flushed);
    try {
      const writing: unknown = this.#builtIn ? this.#builtIn.write(chunk, done, true) : this.#link.write(chunk, done);
      if (writing) this.#watch('write', writing);
    } catch (error) {
      this.#fail('write', error);
    }
  }

  /** See {@link BuiltInLink.whenFlushed}. */
  whenFlushed(position: number, flushed: () => void): void {
    this.#builtIn?.whenFlushed?.(position, this.#counting(flushed));
  }

  /** A callback that is counted until it is called, once. */
  #counting(flushed: () => void): () => void {
    this.#unflushed += 1;
    let called = false;
    return () => {
      if (called) return;
      flushed();
      called = true;
      this.#unflushed -= 1;
      if (this.idle) this.#whenIdle?.();
    };
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

  #checkingSink(): LinkSink {
    return {
      data: (chunk: unknown) => {
        if (!this.#sink) return;
        const bytes = bytesOf(chunk);
        if (bytes) this.#sink.data(bytes);
        else this.#fail('data', new TypeError(`${typeof chunk} was delivered instead of bytes`));
      },
      // The sink is removed after the call: if the stack overflows before that, the link may report the end again.
      end: () => {
        this.#sink?.end();
        this.#removeSink();
      },
      fail: (error) => {
        this.#sink?.fail(error);
        this.#removeSink();
      },
    };
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
