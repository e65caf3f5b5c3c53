// A connection over TLS, as the checks use it: bytes in both directions, and how it ended.

export class Connection {
  #link;
  #chunks = [];
  #length = 0;
  #isOver = false;
  #error;
  #wake = () => {};
  #settle;

  /** @param {import('websocket-wasm').Link} link that delivers to `push()` and `finish()` */
  constructor(link) {
    this.#link = link;
    /** Resolves once the server has ended the connection: with the error, if it didn't by a close_notify. */
    this.over = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /** What the client says of the handshake. */
  get facts() {
    return this.#link.tls;
  }

  push(chunk) {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    this.#wake();
  }

  finish(error) {
    this.#isOver = true;
    this.#error = error;
    this.#settle(error);
    this.#wake();
  }

  /** The next bytes from the server. */
  async read(length) {
    while (this.#length < length && !this.#isOver) {
      await new Promise((resolve) => {
        this.#wake = () => resolve(undefined);
      });
    }
    if (this.#length < length) {
      const why = this.#error?.message ?? 'a close_notify';
      throw new Error(`ended after ${this.#length} of ${length} bytes, by ${why}`);
    }
    const all = Buffer.concat(this.#chunks);
    this.#chunks = [all.subarray(length)];
    this.#length -= length;
    return all.subarray(0, length);
  }

  /** All bytes until the server's close_notify. */
  async rest() {
    const error = await this.over;
    if (error) throw error;
    return this.read(this.#length);
  }

  /** Resolves once the bytes are flushed. */
  write(bytes) {
    return new Promise((resolve) => this.#link.write(bytes, () => resolve(undefined)));
  }

  /** Sends a close_notify, and nothing more. */
  end() {
    this.#link.end();
  }

  destroy() {
    this.#link.destroy();
  }
}
