// The link of one socket: a stream of a session, after its prologue.
import { StreamLink } from '../stream-link.ts';
import type { ByteStream, LinkSink } from '../types.ts';
import type { Session } from './session.ts';

export class RelayedLink extends StreamLink {
  readonly #session: Session;
  /** What the target sent in the same chunk as the relay's response. */
  readonly #first: Uint8Array;
  #sink: LinkSink | undefined;
  /** Whether the server sends no more, and whether this side has ended. */
  #received = false;
  #ended = false;

  constructor(stream: ByteStream, first: Uint8Array, session: Session) {
    super(stream);
    this.#first = first;
    this.#session = session;
  }

  override open(sink: LinkSink): void {
    this.#sink = sink;
    if (this.#first.length > 0) sink.data(this.#first);
    // Unless the sink dropped it.
    if (!this.#sink) return;
    super.open({
      data: (chunk) => {
        this.#session.recordReceived();
        this.#sink?.data(chunk);
      },
      end: () => {
        this.#received = true;
        this.#forgetIfEnded();
        this.#removeSink()?.end();
      },
      fail: (error) => this.#fail(error),
    });
  }

  override async end(): Promise<void> {
    await super.end();
    this.#ended = true;
    this.#forgetIfEnded();
  }

  override destroy(): void {
    this.#removeSink();
    super.destroy();
    this.#session.forget(this);
  }

  /** Fails although the stream hasn't: the session has ended. */
  break(): void {
    this.#fail(undefined);
    super.destroy();
  }

  #fail(error: unknown): void {
    this.#session.forget(this);
    this.#removeSink()?.fail(this.#session.failureOf(error, true));
  }

  /** Removes the sink, and returns it for its last call. */
  #removeSink(): LinkSink | undefined {
    const sink = this.#sink;
    this.#sink = undefined;
    return sink;
  }

  #forgetIfEnded(): void {
    if (this.#received && this.#ended) this.#session.forget(this);
  }
}
