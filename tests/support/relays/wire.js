// A transport's connection as a test uses it, in Node and in pages: nothing here imports the package.

/**
 * Connects, and opens the link.
 * @param {import('../../../src/shim/transports/types.ts').Transport} transport
 * @param {{ port: number, hostname?: string, signal?: AbortSignal }} target
 */
export async function connect(transport, { port, hostname = '127.0.0.1', signal = new AbortController().signal }) {
  const link = /** @type {any} */ (await transport({ hostname, port, secure: false, url: 'ws://test/', signal }));
  return new Wire(link);
}

export class Wire {
  #link;
  /** How many bytes were received. */
  received = 0;
  /** How many of the bytes that were written are flushed. */
  flushed = 0;
  /** The text of what was received. */
  text = '';
  /** How it ended: `'end'`, or the code of the failure. */
  outcome = '';

  constructor(link) {
    this.#link = link;
    link.open({
      data: (bytes) => {
        this.received += bytes.length;
        if (bytes.length < 1_000) this.text += new TextDecoder().decode(bytes);
      },
      end: () => this.#ended('end'),
      fail: (error) => this.#ended(error.code ?? `${error}`),
    });
  }

  #ended(outcome) {
    this.outcome += outcome;
  }

  /** Writes text, or that many bytes. */
  write(data) {
    const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : new Uint8Array(data);
    this.#link.write(bytes, () => {
      this.flushed += bytes.length;
    });
  }

  pause() {
    this.#link.pause();
  }

  resume() {
    this.#link.resume();
  }

  end() {
    this.#link.end();
  }

  destroy() {
    this.#link.destroy();
  }
}
