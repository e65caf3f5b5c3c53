// What a transport returned, a byte stream or a link, by one interface.

/**
 * Connects by a transport.
 * @param {(target: any) => any} transport
 * @param {{ hostname: string, port: number, signal?: AbortSignal }} to
 */
export async function connect(transport, { hostname, port, signal = new AbortController().signal }) {
  const returned = await transport({ hostname, port, secure: false, url: `ws://${hostname}:${port}/`, signal });
  return new Wire(typeof returned.open === 'function' ? returned : linkOf(returned));
}

/** A byte stream as a link. */
function linkOf({ readable, writable }) {
  const reader = readable.getReader();
  const writer = writable.getWriter();
  writer.closed.catch(() => {});
  let isDropped = false;
  let isPaused = false;
  let resume = () => {};
  return {
    async open(sink) {
      try {
        for (;;) {
          const { done, value } = await reader.read();
          while (isPaused) {
            await new Promise((resolve) => {
              resume = () => resolve(undefined);
            });
          }
          if (isDropped) return;
          if (done) break;
          sink.data(value);
        }
        sink.end();
      } catch (error) {
        if (!isDropped) sink.fail(error);
      }
    },
    write: (bytes, flushed) => writer.write(bytes).then(flushed, () => {}),
    pause: () => {
      isPaused = true;
    },
    resume: () => {
      isPaused = false;
      resume();
    },
    end: () => writer.close().catch(() => {}),
    destroy: () => {
      isDropped = true;
      reader.cancel().catch(() => {});
      writer.abort().catch(() => {});
    },
  };
}

export class Wire {
  #link;
  #chunks = [];
  /** Bytes that were received and not taken. */
  #waiting = 0;
  /** Called when something was received. */
  #changed = () => {};
  /** The number of bytes received. */
  received = 0;
  /** Whether deliveries came while it was paused. */
  isLeaky = false;
  #isPaused = false;
  /** `'end'`, or the error with which it failed; undefined until then. @type {any} */
  outcome;

  constructor(link) {
    this.#link = link;
  }

  /** Starts to receive. */
  open() {
    const over = (outcome) => {
      this.outcome ??= outcome;
      this.#changed();
    };
    this.#link.open({
      data: (chunk) => {
        if (this.#isPaused) this.isLeaky = true;
        const bytes = ArrayBuffer.isView(chunk) ? chunk : new Uint8Array(chunk);
        this.#chunks.push(bytes);
        this.#waiting += bytes.byteLength;
        this.received += bytes.byteLength;
        this.#changed();
      },
      end: () => over('end'),
      fail: (error) => over(error ?? new Error('it failed without an error')),
    });
    return this;
  }

  /** Resolves once the bytes are flushed. */
  write(bytes) {
    return new Promise((resolve) => this.#link.write(bytes, () => resolve(undefined)));
  }

  /** Writes text. */
  say(text) {
    return this.write(new TextEncoder().encode(text));
  }

  /** Resolves with the next bytes, as many as there are; with undefined at the end. Rejects if it failed. */
  async next() {
    while (this.#chunks.length === 0) {
      if (this.outcome === 'end') return undefined;
      if (this.outcome !== undefined) throw this.outcome;
      await this.#change();
    }
    const chunk = this.#chunks.shift();
    this.#waiting -= chunk.byteLength;
    return chunk;
  }

  /** Adds bytes to an arrival until it has that many. */
  async receive(arrival, count) {
    while (arrival.count < count) {
      const chunk = await this.next();
      if (!chunk) throw new Error(`it ended after ${arrival.count} of ${count} bytes`);
      arrival.add(chunk);
    }
  }

  /** Resolves with all bytes up to the end, as text. Rejects if it failed. */
  async text() {
    const decoder = new TextDecoder();
    let text = '';
    for (let chunk = await this.next(); chunk; chunk = await this.next()) text += decoder.decode(chunk);
    return text;
  }

  /** Resolves with the outcome; drops what is received. */
  async over() {
    while (this.outcome === undefined) {
      this.#chunks.length = 0;
      await this.#change();
    }
    return this.outcome;
  }

  pause() {
    this.#isPaused = true;
    this.#link.pause();
  }

  resume() {
    this.#isPaused = false;
    this.#link.resume();
  }

  end() {
    this.#link.end();
  }

  destroy() {
    this.#link.destroy();
  }

  #change() {
    return new Promise((resolve) => {
      this.#changed = () => resolve(undefined);
    });
  }
}
