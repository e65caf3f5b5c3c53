// Records a connection: its opening handshake, its messages, and how it ended.
import type { WebSocket } from '../websocket/index.ts';
import { type Internals, internalsOf } from '../websocket/internals.ts';
import { makeEntry } from './entry.ts';
import type { Har, HarEntry } from './format.ts';
import { harOf } from './log.ts';
import { observe } from './observation.ts';
import { RecordedMessages } from './recorded-messages.ts';
import { Recording } from './recording.ts';

/** Options of {@link recordOf}. */
export interface RecordOptions {
  /** How many bytes of payload are kept. 16 MiB by default. */
  maxBytes?: number;
  /** How many messages are kept. 10,000 by default. */
  maxMessages?: number;
}

/** Options of an export. */
export interface ExportOptions {
  /** Whether headers that may be secret, cookies, and the credentials of the URL are included. `false` by default. */
  sensitive?: boolean;
}

/**
 * Records a WebSocket from now on.
 *
 * @param socket created in the same task, so that nothing is missing
 * @throws {TypeError} for anything but a WebSocket of this package, and for an invalid limit
 */
export function recordOf(socket: WebSocket, options: RecordOptions = {}): Recorder {
  return new Recorder(socket, checkedInternals(socket), options);
}

/** @throws {TypeError} for anything but a WebSocket of this package, with what it is instead: a WebSocketStream, perhaps */
function checkedInternals(socket: WebSocket): Internals {
  try {
    return internalsOf(socket);
  } catch (error) {
    // Otherwise the stack has overflowed.
    if (!(error instanceof TypeError)) throw error;
    throw new TypeError(`recordOf() takes a WebSocket of this package, not ${Object.prototype.toString.call(socket)}.`);
  }
}

/** The recording of a WebSocket. {@link recordOf} returns it. */
export class Recorder {
  readonly #recording: Recording;

  /** @internal */
  constructor(socket: WebSocket, internals: Internals, { maxBytes, maxMessages }: RecordOptions) {
    const messages = new RecordedMessages({
      maxBytes: limit('maxBytes', maxBytes, 16 * 1024 * 1024),
      maxMessages: limit('maxMessages', maxMessages, 10_000),
    });
    this.#recording = new Recording(socket, messages);
    observe(internals, this.#recording);
  }

  /** The connection as an entry of a HAR, as far as it is recorded: it may go on. */
  entry({ sensitive = false }: ExportOptions = {}): Promise<HarEntry> {
    return makeEntry(this.#recording, sensitive);
  }

  /** The same as a HAR with one entry. */
  async toHar(options?: ExportOptions): Promise<Har> {
    return harOf([await this.entry(options)]);
  }

  /** Records nothing more. What was recorded can still be exported. */
  stop(): void {
    this.#recording.stop();
  }
}

/** @throws {TypeError} for a value that isn't a number of at least 1 */
function limit(name: string, value: number | undefined, usual: number): number {
  if (value === undefined) return usual;
  if (typeof value === 'number' && value >= 1) return value;
  throw new TypeError(`recordOf(): ${name} must be a number of at least 1, not ${shown(value)}.`);
}

function shown(value: unknown): string {
  return typeof value === 'number' ? `${value}` : value === null ? 'null' : `a value of type ${typeof value}`;
}
