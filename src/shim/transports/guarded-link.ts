// What a transport returned, as the link that the channel uses: none of its calls throws, whatever is on the other side.

import { messageOf } from '../failure.ts';
import { viewOf } from '../websocket/send-data.ts';
import { StreamLink } from './stream-link.ts';
import { notEncrypted, TransportError } from './transport-error.ts';
import type { ByteStream, Link, LinkSink } from './types.ts';

/**
 * Makes a link of what a transport returned.
 *
 * @param secure whether it must be encrypted: here, in one place, `wss:` over anything else is refused
 * @throws {TransportError} where it isn't encrypted; by then it is dropped, and nothing was written to it
 * @throws {TypeError} what is neither a byte stream nor a link
 */
export function toLink(given: ByteStream | Link, secure: boolean): GuardedLink {
  const link = new GuardedLink(isLink(given) ? given : new StreamLink(given));
  if (secure && !saysSecure(given)) {
    link.destroy();
    throw notEncrypted(
      'the transport is not encrypted: what it returns must say `secure: true` to carry wss:, or be wrapped in TLS',
    );
  }
  return link;
}

/** Whether it says so itself: what a script put on Object.prototype says nothing of a connection. */
function saysSecure(given: ByteStream | Link): boolean {
  return attributeOf(given, 'secure') && (Object.hasOwn(given, 'secure') || !('secure' in Object.prototype));
}

/** Whether an attribute is `true`: not where asking for it throws. */
function attributeOf(given: ByteStream | Link, name: 'secure' | 'ownTasks'): boolean {
  try {
    return (given as Link)[name] === true;
  } catch {
    return false;
  }
}

function isLink(given: ByteStream | Link): given is Link {
  return typeof (given as Link | undefined)?.open === 'function';
}

/** A link whose calls may throw, or reject: then it has failed. */
export class GuardedLink implements Link {
  readonly ownTasks: boolean;
  readonly #link: Link;
  /** Undefined before it is opened, and after its last word. */
  #sink: LinkSink | undefined;
  #writing = 0;
  #whenIdle = () => {};

  constructor(link: Link) {
    this.#link = link;
    this.ownTasks = attributeOf(link, 'ownTasks');
  }

  /** Whether everything that was written has left. */
  get idle(): boolean {
    return this.#writing === 0;
  }

  /** Calls `callback` when that is so. */
  whenIdle(callback: () => void): void {
    if (this.idle) callback();
    else this.#whenIdle = callback;
  }

  open(sink: LinkSink): void {
    this.#sink = sink;
    try {
      const opening: unknown = this.#link.open({
        data: (chunk) => this.#data(chunk),
        // Once it was taken it is the last word: where the stack overflows before that, the link may say it again.
        end: () => {
          this.#sink?.end();
          this.#over();
        },
        fail: (error) => {
          this.#sink?.fail(error);
          this.#over();
        },
      });
      if (opening) this.#watch('open', opening);
    } catch (error) {
      this.#fail('open', error);
    }
  }

  write(chunk: Uint8Array, left: () => void): void {
    this.#writing += 1;
    let called = false;
    try {
      const writing: unknown = this.#link.write(chunk, () => {
        if (called) return;
        left();
        called = true;
        this.#writing -= 1;
        if (this.idle) this.#whenIdle();
      });
      if (writing) this.#watch('write', writing);
    } catch (error) {
      this.#fail('write', error);
    }
  }

  pause(): void {
    this.#do('pause');
  }

  resume(): void {
    this.#do('resume');
  }

  end(): void {
    this.#do('end');
  }

  destroy(): void {
    this.#over();
    this.#do('destroy');
  }

  #data(chunk: unknown): void {
    const sink = this.#sink;
    if (!sink) return;
    const bytes = viewOf(chunk);
    if (bytes) sink.data(bytes);
    else this.#fail('data', new TypeError(`${typeof chunk} was delivered where bytes were due`));
  }

  #do(name: 'pause' | 'resume' | 'end' | 'destroy'): void {
    try {
      const doing: unknown = this.#link[name]();
      if (doing) this.#watch(name, doing);
    } catch (error) {
      this.#fail(name, error);
    }
  }

  /** A method that was written as an async function fails later. */
  #watch(name: string, promise: unknown): void {
    Promise.resolve(promise).catch((error) => this.#fail(name, error));
  }

  #fail(name: string, error: unknown): void {
    this.#over()?.fail(
      new TransportError('transport-failed', `the transport's ${name}() failed: ${messageOf(error)}`, { cause: error }),
    );
  }

  /** The sink, for its last word. */
  #over(): LinkSink | undefined {
    const sink = this.#sink;
    this.#sink = undefined;
    return sink;
  }
}
