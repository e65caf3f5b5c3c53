// The handshake with a proxy, without I/O: what to send and what to take, in order.
import type { Failure } from '../../../failure.ts';
import { concat } from '../../../platform/binary.ts';

/** The host that a proxy is asked to connect to. */
export interface Destination {
  /** A name or an address; IPv6 without brackets. */
  readonly hostname: string;
  readonly port: number;
}

/** Sends bytes, if there are any, and takes that many, or a header of HTTP to its blank line. */
export interface Step {
  readonly send?: Uint8Array;
  readonly take: number | 'header';
}

/** Yields its steps, is resumed with what was taken, and returns once the proxy forwards bytes. It throws a {@link Failure}. */
export type Handshake = Generator<Step, void, Uint8Array>;

/** The largest header of HTTP that is taken, in bytes. */
export const MAX_HEADER = 16 * 1024;

const LF = 10;
const CR = 13;

/** Drives a handshake. */
export class HandshakeDriver {
  readonly #handshake: Handshake;
  /** What is taken next; undefined once the handshake is complete. */
  #take: Step['take'] | undefined;
  #unused: Uint8Array = new Uint8Array();
  /** How many of these were searched for the end of a header. */
  #searched = 0;

  constructor(handshake: Handshake) {
    this.#handshake = handshake;
  }

  /** Returns what to send first. */
  start(): Uint8Array[] {
    return this.#run(this.#handshake.next());
  }

  /**
   * Takes bytes of the proxy. Returns what to send.
   *
   * @throws {Failure}
   */
  receive(chunk: Uint8Array): Uint8Array[] {
    this.#unused = concat([this.#unused, chunk]);
    const sent: Uint8Array[] = [];
    for (let length = this.#ready(); length !== undefined; length = this.#ready()) {
      const taken = this.#unused.subarray(0, length);
      this.#unused = this.#unused.subarray(length);
      this.#searched = 0;
      sent.push(...this.#run(this.#handshake.next(taken)));
    }
    return sent;
  }

  /** What was received behind the proxy's last answer: the host's bytes. Undefined before the handshake is complete. */
  get rest(): Uint8Array | undefined {
    return this.#take === undefined ? this.#unused : undefined;
  }

  #run({ done, value }: IteratorResult<Step, void>): Uint8Array[] {
    this.#take = done ? undefined : value.take;
    return !done && value.send ? [value.send] : [];
  }

  /** How many bytes can be taken; undefined if more must arrive. A header that is too large is taken in part. */
  #ready(): number | undefined {
    if (this.#take === undefined) return undefined;
    if (this.#take === 'header') return this.#headerLength();
    return this.#unused.length >= this.#take ? this.#take : undefined;
  }

  /** The length of the header with its blank line, whose line ends may lack their CR (RFC 9112 2.2). */
  #headerLength(): number | undefined {
    const { length } = this.#unused;
    let at = this.#unused.indexOf(LF, this.#searched);
    while (at >= 0 && at < MAX_HEADER) {
      if (this.#unused[at + 1] === LF) return at + 2;
      if (this.#unused[at + 1] === CR && this.#unused[at + 2] === LF) return at + 3;
      // Its next line may not be there yet.
      if (at + 2 >= length) break;
      at = this.#unused.indexOf(LF, at + 1);
    }
    if (length > MAX_HEADER) return length;
    this.#searched = at < 0 ? length : at;
    return undefined;
  }
}
