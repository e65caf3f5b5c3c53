// Frames over a byte stream: moves bytes and events between a transport's link and the core.
import { type Channel, type ChannelEvents, endCore, endTrapped } from './channel.ts';
import { giveCodec } from './codec.ts';
import type { FrameListener } from './connection.ts';
import { EventKind, type Socket } from './core.ts';
import { blobSize } from './data.ts';
import { Deadline } from './deadline.ts';
import { Drains } from './drains.ts';
import { type Carried, type Instance, survive } from './instance.ts';
import { Output } from './output.ts';
import { Pings } from './pings.ts';
import { LARGE, type Source, sourceOfBlob, sourceOfBytes, sourceOfText, utf8Length } from './sources.ts';
import { queueTask, type Task } from './tasks.ts';
import { Trace } from './trace.ts';
import { toLink } from './transports/stream.ts';
import type { Link, Transport } from './transports/types.ts';
import { takeTurn } from './turns.ts';
import { onUnload } from './unload.ts';

/** How much output may gather while events are being dispatched, in bytes. */
const MAX_CORKED = 64 * 1024;

/** How long a transport may take to write the rest and end, in milliseconds. */
const LINGER = 2_000;

export class ByteChannel implements Channel, Carried {
  readonly #events: ChannelEvents;
  readonly #instance: Instance;
  /** Undefined once it was freed, or trapped. */
  #core: Socket | undefined;
  readonly #url: string;
  #link: Link | undefined;
  #linkIsOver = false;
  readonly #abort = new AbortController();
  readonly #pings = new Pings();
  readonly #trace = new Trace();
  readonly #output: Output;
  /** Takes back what this waits for outside of the connection. */
  readonly #forget: () => void;
  #leaveTurn: (() => void) | undefined;
  failure: string | undefined;

  #dispatching = false;
  /** Whether messages are kept back, and whether one is. */
  #held = false;
  #waiting = false;
  readonly #drains = new Drains();
  #flushing = false;
  /** Bytes received since there was last nothing to dispatch. */
  #undispatched = 0;
  #paused = false;
  readonly #deadline = new Deadline(() => {
    survive(() => this.#core?.expire(now()));
    this.#changed();
  });
  /** How long the link may take to end once the core is gone. */
  #linger: ReturnType<typeof setTimeout> | undefined;

  constructor(
    instance: Instance,
    core: Socket,
    transport: Transport,
    signal: AbortSignal | undefined,
    events: ChannelEvents,
  ) {
    this.#instance = instance;
    this.#core = core;
    this.#url = core.url;
    this.#events = events;
    this.#output = new Output(core, () => this.#changed());
    instance.carry(this);
    const abort = () => {
      survive(() => this.#core?.abort());
      this.#changed();
    };
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) abort();
    const forgetUnload = onUnload(() => this.#goAway());
    this.#forget = () => {
      signal?.removeEventListener('abort', abort);
      forgetUnload();
    };
    // What failed already (a blocked port) takes nobody's turn.
    if (!core.hasEvent) this.#leaveTurn = takeTurn(instance, core, transport, () => this.#connect(transport));
    this.#changed();
  }

  sendText(text: string): void {
    if (text.length > LARGE) {
      this.#sendParts(true, utf8Length(text), () => sourceOfText(text));
    } else {
      survive(() => this.#core?.sendText(text));
      this.#changed();
    }
  }

  sendBinary(bytes: Uint8Array): void {
    if (bytes.length > LARGE) {
      this.#sendParts(false, bytes.length, () => sourceOfBytes(bytes));
    } else {
      survive(() => this.#core?.sendBinary(bytes));
      this.#changed();
    }
  }

  sendBlob(blob: Blob): void {
    this.#sendParts(false, blobSize(blob), () => sourceOfBlob(blob));
  }

  close(code: number | undefined, reason: string | undefined): void {
    survive(() => this.#core?.close(code, reason, now()));
    this.#changed();
  }

  ping(payload: Uint8Array | undefined): Promise<number> {
    const pong = this.#pings.send(payload, (bytes) => survive(() => this.#core?.ping(bytes)) === true);
    this.#changed();
    return pong;
  }

  trace(listener: FrameListener | null, previewBytes: number): void {
    survive(() => this.#trace.listen(this.#core, listener, previewBytes));
  }

  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    if (!this.#waiting) return;
    this.#waiting = false;
    queueTask(this.#dispatch);
  }

  drained(most: number): Promise<void> | undefined {
    return this.#drains.wait(most, this.#core?.bufferedAmount ?? 0);
  }

  #sendParts(text: boolean, size: number, source: () => Source): void {
    const id = survive(() => this.#core?.sendParts(text, size));
    if (id !== undefined) this.#output.add(id, source());
    this.#changed();
  }

  async #connect(transport: Transport): Promise<void> {
    const core = this.#core;
    if (!core) return;
    try {
      core.startTurn(now());
      this.#deadline.set(core.deadline);
      const { hostname, port, secure, url, offersDeflate } = core;
      const hasCodec = !offersDeflate || giveCodec(this.#instance);
      const link = toLink(await transport({ hostname, port, secure, url, signal: this.#abort.signal }));
      if (!this.#core) {
        link.destroy();
        return;
      }
      this.#link = link;
      link.open({
        data: (chunk) => this.#data(chunk),
        end: () => {
          this.#linkOver();
          survive(() => this.#core?.end());
          this.#changed();
        },
        fail: (error) => {
          this.#linkOver();
          this.#lose(error);
        },
      });
      // What comes at once needs no task of its own.
      const compresses = typeof hasCodec === 'boolean' ? hasCodec : await hasCodec;
      if (!compresses) survive(() => this.#core?.offerNothing());
      this.#output.open(link);
      this.#changed();
    } catch (error) {
      this.#lose(error);
    }
  }

  #lose(error: unknown): void {
    survive(() => this.#core?.lose((error instanceof Error && error.message) || `${error}`));
    this.#changed();
  }

  #data(chunk: Uint8Array): void {
    survive(() => {
      const core = this.#core;
      if (!core) return;
      core.receive(chunk, now());
      this.#undispatched += chunk.length;
      this.#traced();
      // In a task of its own the first event needn't wait for another. (An error does: see queueTask.)
      if (this.#link?.ownTasks && !this.#dispatching && !core.nextIsError) this.#dispatch();
    });
    this.#changed();
    survive(() => {
      if (this.#core && this.#dispatching && !this.#paused && this.#undispatched > this.#core.highWaterMark) {
        this.#paused = true;
        this.#link?.pause();
      }
    });
  }

  /** Does what follows from any call into the core: events in tasks of their own, output at the end of this one. */
  #changed(): void {
    survive(() => {
      const core = this.#core;
      if (!core) return;
      if (core.hasEvent && !this.#dispatching) {
        this.#dispatching = true;
        queueTask(this.#dispatch);
      }
      if (!this.#flushing && (!this.#dispatching || this.#waiting || core.outputLength > MAX_CORKED)) {
        this.#flushing = true;
        queueMicrotask(this.#flush);
      }
      this.#deadline.set(core.deadline);
      if (this.#drains.some) this.#drains.check(core.bufferedAmount);
    });
  }

  /** Dispatches one event, and sees to it that the next one follows in the next task. */
  readonly #dispatch: Task = () => survive(this.#dispatchOne);

  readonly #dispatchOne: Task = () => {
    const core = this.#core;
    if (!core) return undefined;
    // What has left by now must not count as buffered any more when the answer to it is dispatched.
    this.#output.settle();
    // Set while user code runs, so that what it sends waits for what its neighbours send.
    this.#dispatching = true;
    if (this.#held && core.nextIsMessage) {
      this.#waiting = true;
      this.#changed();
      return undefined;
    }
    switch (core.nextEvent()) {
      case EventKind.Open:
        this.#leaveTurn?.();
        this.#events.open();
        break;
      case EventKind.Text:
        this.#events.message(core.takeText());
        break;
      case EventKind.Binary:
        this.#events.message(core.takeBinary());
        break;
      case EventKind.Pong:
        this.#pings.received(core.takePong());
        break;
      case EventKind.Error:
        this.#fail(core.failure);
        this.#events.error();
        // In the same task (WHATWG WebSockets 4, "when the WebSocket connection is closed").
        return () => survive(() => this.#close(core));
      case EventKind.Close:
        this.#close(core);
        return undefined;
    }
    // What the link delivers at once on resuming isn't in a task of its own, so this is still "dispatching"; and it may
    // pause the link again before there is an event.
    while (this.#paused && !this.#core?.hasEvent) {
      this.#undispatched = 0;
      this.#paused = false;
      this.#link?.resume();
    }
    if (this.#core?.hasEvent) {
      queueTask(this.#dispatch);
      return undefined;
    }
    this.#dispatching = false;
    this.#undispatched = 0;
    this.#changed();
    return undefined;
  };

  #fail(why: string | undefined): void {
    this.failure = why;
    // As browsers do: no event may say it, and in Node nobody asked for output.
    if (globalThis.location) console.error(`WebSocket connection to '${this.#url}' failed: ${why}`);
  }

  #close(core: Socket): void {
    const { wasClean, closeCode: code, closeReason: reason } = core;
    this.#pings.closed();
    this.#release(core);
    this.#core = undefined;
    this.#drains.check(0);
    const ended = endCore(core);
    this.#instance.drop(this);
    this.#events.close(ended, { wasClean, code, reason });
  }

  /** The core is gone: there is nothing more to read, to write or to ask. */
  trapped(why: string): void {
    const core = this.#core;
    this.#core = undefined;
    this.#deadline.set(undefined);
    this.#forget();
    this.#output.letGo();
    this.#pings.closed();
    this.#drains.check(0);
    this.#link?.destroy();
    this.#abort.abort();
    this.#fail(why);
    if (core) endTrapped(core, this.#url, this.#events);
  }

  /** Writes the last output, a Close frame perhaps, and lets go of the transport. */
  #release(core: Socket): void {
    this.#deadline.set(undefined);
    this.#forget();
    this.#leaveTurn?.();
    this.#output.close();
    const link = this.#link;
    const rest = core.takeOutput();
    this.#traced();
    if (!link) {
      this.#abort.abort();
      return;
    }
    if (!rest && !core.wasClean) {
      link.destroy();
      return;
    }
    if (rest) link.write(rest, () => {});
    link.end();
    if (!this.#linkIsOver) this.#linger = setTimeout(() => link.destroy(), LINGER);
  }

  /** The link says no more: after the close there is nothing left to wait for. */
  #linkOver(): void {
    this.#linkIsOver = true;
    if (!this.#core) clearTimeout(this.#linger);
  }

  /** The document goes away: this is the last moment in which anything can be written. */
  #goAway(): void {
    survive(() => this.#core?.goAway(now()));
    this.#flush();
  }

  readonly #flush = (): void => {
    this.#flushing = false;
    survive(() => {
      this.#output.flush();
      this.#traced();
    });
  };

  #traced(): void {
    this.#trace.tell(() => this.#core);
  }
}

function now(): number {
  return performance.now();
}
