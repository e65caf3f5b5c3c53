// Frames over a byte stream: moves bytes and events between a transport's link and the core.

import { Failure, failureOf, logFailure, messageOf } from '../../failure.ts';
import { onAbort } from '../../platform/abort-signal.ts';
import { queueStep, queueTask, queueTurn, type Task } from '../../platform/event-loop.ts';
import { AbortController, clearTimeout, now, setTimeout } from '../../platform/globals.ts';
import { onUnload } from '../../platform/page-hide.ts';
import { type GuardedLink, toLink } from '../../transports/guarded-link.ts';
import type { Transport } from '../../transports/types.ts';
import { giveCodec } from '../../wasm/codec.ts';
import { type CoreSocket, EventKind } from '../../wasm/core.ts';
import { instanceOf } from '../../wasm/guarded.ts';
import type { Carried, Instance } from '../../wasm/instance.ts';
import type { FrameListener } from '../../websocket/connection.ts';
import { blobSize } from '../../websocket/send-data.ts';
import { type Channel, type ChannelEvents, closeEvent, lastValues } from '../channel.ts';
import { takeTurn } from './connect-queue.ts';
import { Deadline } from './deadline-timer.ts';
import { Drains } from './drain-waiters.ts';
import { Trace } from './frame-trace.ts';
import { LARGE, type Source, sourceOfBlob, sourceOfBytes, sourceOfText, utf8Length } from './message-parts.ts';
import { Output } from './output-writer.ts';
import { Pings } from './pending-pings.ts';

/** How much output may gather while events are being dispatched, in bytes. */
const MAX_CORKED = 64 * 1024;

/** How much the core takes at a time, in bytes. */
const MAX_CHUNK = 8 * 1024 * 1024;

/** How long a transport may take to write the rest and end, in milliseconds. */
const LINGER = 2_000;

const CONNECTING = 0;
const CLOSED = 3;

/**
 * Methods run on their caller's stack, which may overflow at any call. So each schedules {@link ByteChannel.#update} first
 * and calls the core then; whatever follows from that is done in the update, on a stack of its own.
 */
export class ByteChannel implements Channel, Carried {
  readonly #events: ChannelEvents;
  readonly #instance: Instance;
  /** Undefined once it was freed, or stopped. */
  #core: CoreSocket | undefined;
  readonly #transport: Transport;
  readonly #signal: AbortSignal | undefined;
  readonly url: string;
  readonly origin: string;
  protocol = '';
  extensions = '';
  /** What the core's attributes say, kept so that reading them calls nothing. */
  readyState = CONNECTING;
  bufferedAmount = 0;
  #link: GuardedLink | undefined;
  /** Whether the link delivers no more, and whether that is because it broke. */
  #linkIsOver = false;
  #linkBroke = false;
  readonly #abort = new AbortController();
  readonly #pings = new Pings();
  readonly #trace = new Trace();
  readonly #output: Output;
  #begun = false;
  #started = false;
  /** Unregisters what waits outside of the connection. */
  #forgetSignal = () => {};
  #forgetUnload = () => {};
  #leaveTurn = () => {};
  failure: Failure | undefined;
  /** Whether `error` was dispatched. */
  #erred = false;
  /** What the transport failed with, for the failure that the core reports. */
  #lost: { readonly failure: Failure } | undefined;

  #dispatching = false;
  /** Whether messages are kept back, and whether one is. */
  #held = false;
  #waiting = false;
  readonly #drains = new Drains();
  #updating = false;
  /** Bytes received since there was last nothing to dispatch. */
  #undispatched = 0;
  #paused = false;
  /** Whether what the link delivers comes within {@link Link.resume}, and isn't in a task of its own. */
  #resuming = false;
  readonly #deadline = new Deadline(() => {
    this.#core?.expire(now());
    this.#changed();
  });
  /** How long the link may take to end once the core is gone. */
  #linger: ReturnType<typeof setTimeout> | undefined;

  constructor(core: CoreSocket, transport: Transport, signal: AbortSignal | undefined, events: ChannelEvents) {
    this.#instance = instanceOf(core);
    this.#core = core;
    this.#transport = transport;
    this.#signal = signal;
    this.url = core.url ?? '';
    this.origin = core.origin ?? '';
    this.#events = events;
    this.#output = new Output(
      core,
      () => this.#changed(),
      (amount) => {
        this.bufferedAmount = amount;
      },
    );
    // In this order: where the stack overflows between them, the update gives the core back.
    this.#changed();
    this.#instance.carry(this);
  }

  begin(): void {
    this.#begun = true;
  }

  sendText(text: string): void {
    if (text.length > LARGE) {
      this.#sendParts(true, utf8Length(text), sourceOfText(text));
      return;
    }
    this.#changed();
    this.bufferedAmount = this.#core?.sendText(text) ?? this.bufferedAmount;
  }

  sendBinary(bytes: Uint8Array): void {
    if (bytes.length > LARGE) {
      this.#sendParts(false, bytes.length, sourceOfBytes(bytes));
      return;
    }
    this.#changed();
    this.bufferedAmount = this.#core?.sendBinary(bytes) ?? this.bufferedAmount;
  }

  sendBlob(blob: Blob): void {
    this.#sendParts(false, blobSize(blob), sourceOfBlob(blob));
  }

  close(code: number | undefined, reason: string | undefined): void {
    this.#changed();
    this.#core?.close(code, reason, now());
    this.#look();
  }

  ping(payload: Uint8Array | undefined): Promise<number> {
    this.#changed();
    return this.#pings.send(payload, (bytes) => this.#core?.ping(bytes) === true);
  }

  trace(listener: FrameListener | null, previewBytes: number): void {
    this.#changed();
    this.#trace.listen(this.#core, listener, previewBytes);
  }

  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    this.#changed();
  }

  drained(most: number): Promise<void> | undefined {
    return this.#drains.wait(most, this.#core ? this.bufferedAmount : 0);
  }

  #sendParts(text: boolean, size: number, source: Source): void {
    this.#changed();
    const id = this.#output.add(source);
    let taken = false;
    try {
      taken = this.#core?.sendParts(id, text, size) === true;
    } finally {
      if (!taken) this.#output.remove(id);
    }
    this.#look();
  }

  /** Refreshes the kept attributes, after a call that may have changed them. */
  #look(): void {
    this.readyState = this.#core?.readyState ?? this.readyState;
    this.bufferedAmount = this.#core?.bufferedAmount ?? this.bufferedAmount;
  }

  /** Schedules the update that follows a call into the core, for when the caller's stack has unwound. */
  #changed(): void {
    if (this.#updating) return;
    queueStep(this.#update);
    this.#updating = true;
  }

  /** Does what follows from calls into the core: events in tasks of their own, output, the deadline. */
  readonly #update = (): void => {
    this.#updating = false;
    if (!this.#started && !this.#start()) return;
    const core = this.#core;
    if (!core) return;
    if (this.#waiting && !this.#held) {
      this.#waiting = false;
      queueTask(this.#dispatch);
    } else if (core.hasEvent && !this.#dispatching) {
      this.#dispatching = true;
      queueTask(this.#dispatch);
    }
    const corked = this.#dispatching && !this.#waiting && !core.isClosing && (core.outputLength ?? 0) <= MAX_CORKED;
    if (!corked) this.#output.flush();
    this.#deadline.set(core.deadline);
    if (this.#drains.some) this.#drains.check(this.bufferedAmount);
    this.#traced();
  };

  /** Begins to connect, unless the constructor didn't come to its end. */
  #start(): boolean {
    this.#started = true;
    const core = this.#core;
    if (!core) return false;
    if (!this.#begun) {
      this.#instance.drop(this);
      this.#core = undefined;
      core.free();
      return false;
    }
    this.#forgetSignal = onAbort(this.#signal, () => {
      this.#changed();
      this.#core?.abort();
    });
    this.#forgetUnload = onUnload(() => this.#goAway());
    // What failed already (a blocked port) waits for nothing.
    if (!core.hasEvent) {
      this.#leaveTurn = takeTurn(this.#instance, core, this.#transport, () => this.#connect());
    }
    return true;
  }

  async #connect(): Promise<void> {
    const core = this.#core;
    if (!core) return;
    try {
      core.startTurn(now());
      this.#changed();
      const { hostname = '', port = 0, secure = false, offersDeflate } = core;
      const target = { hostname, port, secure, url: this.url, signal: this.#abort.signal };
      const hasCodec = !offersDeflate || giveCodec(this.#instance);
      const link = toLink(await this.#transport(target), secure);
      if (!this.#core) {
        link.destroy();
        return;
      }
      this.#link = link;
      link.open({
        data: (chunk) => this.#data(chunk),
        end: () => {
          this.#changed();
          this.#linkOver();
          // What has left counts: a Close frame perhaps.
          this.#output.settle();
          this.#core?.end();
        },
        fail: (error) => {
          this.#changed();
          this.#linkBroke = true;
          this.#linkOver();
          this.#output.settle();
          this.#lose(error, 'transport-failed');
        },
      });
      // What comes at once needs no task of its own.
      const compresses = typeof hasCodec === 'boolean' ? hasCodec : await hasCodec;
      if (!compresses) this.#core?.offerNothing();
      this.#output.open(link);
      this.#changed();
    } catch (error) {
      this.#lose(error, 'connect-failed');
    }
  }

  #lose(error: unknown, code: string): void {
    this.#changed();
    this.#lost ??= { failure: failureOf(error, code) };
    this.#core?.lose(this.#lost.failure.message);
  }

  #data(chunk: Uint8Array): void {
    const core = this.#core;
    if (!core) return;
    this.#changed();
    // What the core copies at once is bounded, whatever a link delivers at once.
    for (let at = 0; at < chunk.length; at += MAX_CHUNK) core.receive(chunk.subarray(at, at + MAX_CHUNK), now());
    this.#undispatched += chunk.length;
    this.#traced();
    // In a task of its own the first event needn't wait for another. (An error does: see queueTask.)
    const ownTask = this.#link?.ownTasks && !this.#resuming;
    if (ownTask && !this.#dispatching && core.hasEvent && !core.nextIsError) {
      // It is one all the same where messages before it are dropped: those that come after close() was called.
      const rest = this.#dispatch();
      if (rest) queueTask(() => void rest());
    }
    const waits = this.#dispatching || core.hasEvent;
    if (waits && !this.#paused && this.#undispatched > (this.#core?.highWaterMark ?? Number.POSITIVE_INFINITY)) {
      this.#paused = true;
      this.#link?.pause();
    }
  }

  /** Dispatches one event, and sees to it that the next one follows in the next task. */
  readonly #dispatch: Task = () => {
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
    const event = core.nextEvent();
    // With a message nothing of them changes.
    if (event !== EventKind.Text && event !== EventKind.Binary) this.#look();
    switch (event) {
      case EventKind.Open:
        this.#forgetSignal();
        this.#leaveTurn();
        this.protocol = core.protocol ?? '';
        this.extensions = core.extensions ?? '';
        this.#events.open();
        break;
      case EventKind.Text:
        this.#message(core.takeText(), true);
        break;
      case EventKind.Binary:
        this.#message(core.takeBinary(), false);
        break;
      case EventKind.Pong:
        this.#pings.received(core.takePong() ?? new Uint8Array());
        break;
      case EventKind.Error:
        this.#fail(core);
        if (!this.#core) return undefined;
        this.#erred = true;
        this.#events.error();
        // In the same task (WHATWG WebSockets 4, "when the WebSocket connection is closed").
        return () => this.#close(core);
      case EventKind.Close:
        this.#close(core);
        return undefined;
    }
    this.#resume();
    if (this.#core?.hasEvent) {
      queueTask(this.#dispatch);
      return undefined;
    }
    this.#dispatching = false;
    if (!this.#paused) this.#undispatched = 0;
    this.#changed();
    return undefined;
  };

  /** @param data undefined where the engine can't hold it; an instance that stopped fails its sockets by itself */
  #message(data: string | Uint8Array<ArrayBuffer> | undefined, text: boolean): void {
    try {
      if (data === undefined) this.#core?.refuseMessage(text);
      else this.#events.message(data);
    } catch {
      this.#core?.refuseMessage(text);
    }
  }

  /**
   * Has a paused link deliver again once there is nothing left to dispatch. What it delivers at once may pause it again
   * without an event to dispatch: then it goes on in another turn of the event loop.
   */
  #resume(): void {
    if (!this.#paused || this.#core?.hasEvent) return;
    this.#undispatched = 0;
    this.#paused = false;
    this.#resuming = true;
    this.#link?.resume();
    this.#resuming = false;
    if (this.#paused) queueTurn(() => this.#resume());
  }

  #fail(core: CoreSocket): void {
    this.failure = this.#failureOf(core);
    if (this.failure) logFailure(this.url, this.failure);
  }

  #failureOf(core: CoreSocket): Failure | undefined {
    const { failure, failureCode } = core;
    if (failure === undefined || failureCode === undefined) return undefined;
    const lost = this.#lost?.failure;
    return failureCode === 'transport-failed' && lost ? lost : new Failure(failureCode, failure);
  }

  #close(core: CoreSocket): void {
    // A socket that stopped meanwhile is closed by `trapped`.
    if (!this.#core) return;
    const { wasClean = false, closeCode: code = 1006, closeReason: reason = '' } = core;
    this.failure ??= this.#failureOf(core);
    this.#pings.closed();
    this.#release(core, wasClean);
    if (!this.#core) return;
    this.#look();
    const ended = lastValues(this);
    this.#core = undefined;
    this.#link?.whenIdle(() => this.#settled());
    this.#drains.check(0);
    this.#instance.drop(this);
    core.free();
    this.#events.close(ended, closeEvent(wasClean, code, reason));
  }

  /** The core is gone: there is nothing more to read, to write or to ask. */
  trapped(error: unknown): void {
    this.readyState = CLOSED;
    const ended = lastValues(this);
    this.#core = undefined;
    this.#deadline.set(undefined);
    this.#forgetSignal();
    this.#forgetUnload();
    this.#leaveTurn();
    this.#output.close();
    this.#pings.closed();
    this.#drains.check(0);
    this.#link?.destroy();
    this.#abort.abort();
    if (!this.#begun) return;
    this.#events.trapped(ended);
    const close = () => this.#events.close(ended, closeEvent(false, 1006, ''));
    if (this.#erred) {
      queueTask(() => void close());
      return;
    }
    this.failure = new Failure('core-stopped', `the WebAssembly core stopped: ${messageOf(error)}`, { cause: error });
    logFailure(this.url, this.failure);
    queueTask(() => {
      this.#events.error();
      return close;
    });
  }

  /** Writes the last output, a Close frame perhaps, and drops the transport. */
  #release(core: CoreSocket, wasClean: boolean): void {
    this.#deadline.set(undefined);
    this.#forgetSignal();
    this.#forgetUnload();
    this.#leaveTurn();
    this.#output.settle();
    this.#output.close();
    const link = this.#link;
    const rest = core.takeOutput();
    this.#traced();
    if (!link) {
      this.#abort.abort();
      return;
    }
    // Of an end that isn't clean only what is written may still matter: a Close frame that says why.
    if (!rest && !wasClean && (link.idle || this.#linkBroke)) {
      link.destroy();
      return;
    }
    if (rest) link.write(rest, () => {});
    link.end();
    // Whatever the peer does: what it never reads would stay for good.
    this.#linger = setTimeout(() => link.destroy(), LINGER);
  }

  /** After the close: where the link delivers no more and everything has left, there is nothing to linger for. */
  #settled(): void {
    if (!this.#core && this.#linkIsOver && this.#link?.idle) clearTimeout(this.#linger);
  }

  /** The link delivers no more. */
  #linkOver(): void {
    this.#linkIsOver = true;
    this.#settled();
  }

  /** The document goes away: this is the last moment in which anything can be written. */
  #goAway(): void {
    this.#core?.goAway(now());
    this.#output.flush();
    this.#changed();
  }

  #traced(): void {
    this.#trace.tell(() => this.#core);
  }
}
