// An attempt to open a stream of a session, and to have the relay connect it.
import { Failure } from '../../failure.ts';
import { bytesOf } from '../../platform/binary.ts';
import { aborted } from '../link-failures.ts';
import type { ByteStream } from '../types.ts';
import { ResponseReader } from './prologue.ts';
import type { WebTransportSession } from './types.ts';

export class Opening {
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #writer: WritableStreamDefaultWriter<Uint8Array> | undefined;
  #dropped = false;

  /**
   * Opens the stream, sends the request, and waits for the response. Resolves with the stream and with the target's bytes
   * that were in the response's last chunk.
   *
   * @param relay names the relay in messages
   * @param received called when the relay sent something, be it a refusal
   * @throws {Failure} if the relay couldn't connect
   */
  async run(
    session: WebTransportSession,
    request: Uint8Array,
    relay: string,
    received: () => void,
  ): Promise<{ stream: ByteStream; first: Uint8Array }> {
    if (this.#dropped) throw aborted();
    // If the relay permits no more streams now, this waits for one to end.
    const stream = await session.createBidirectionalStream({ waitUntilAvailable: true });
    this.#reader = stream.readable.getReader();
    this.#writer = stream.writable.getWriter();
    // After releaseLock(), too, these reject. What is wrong shows when the response is read.
    this.#reader.closed.catch(() => {});
    this.#writer.closed.catch(() => {});
    if (this.#dropped) {
      this.drop();
      throw aborted();
    }
    this.#writer.write(request).catch(() => {});
    const first = await this.#readResponse(this.#reader, relay, received);
    this.#reader.releaseLock();
    this.#writer.releaseLock();
    return { stream, first };
  }

  async #readResponse(
    reader: ReadableStreamDefaultReader<Uint8Array>,
    relay: string,
    received: () => void,
  ): Promise<Uint8Array> {
    const response = new ResponseReader(relay);
    for (;;) {
      const { done, value } = await reader.read();
      // After drop() too it is done.
      if (!this.#dropped) received();
      if (done) throw new Failure('relay-closed', `${relay} ended the stream without an answer.`);
      const bytes = bytesOf(value);
      if (!bytes) throw new Failure('relay-unreachable', `${relay} can't be read from: its class delivers no bytes.`);
      const first = response.take(bytes);
      if (first) return first;
    }
  }

  /** Gives the stream up, also one that isn't open yet. */
  drop(): void {
    this.#dropped = true;
    this.#reader?.cancel().catch(() => {});
    this.#writer?.abort().catch(() => {});
  }
}
