// Frames over a byte stream: connects the core's half of a socket to the link of a transport.

import { Failure, failureOf, logFailure, messageOf } from '../../failure.ts';
import { onAbort } from '../../platform/abort-signal.ts';
import { blobSize } from '../../platform/binary.ts';
import { queueStep, queueTask } from '../../platform/event-loop.ts';
import { now } from '../../platform/globals.ts';
import { onPageHide } from '../../platform/page-hide.ts';
import { utf8Length } from '../../platform/utf8.ts';
import type { GuardedLink } from '../../transports/guarded-link.ts';
import type { TlsFacts, Transport } from '../../transports/types.ts';
import type { CoreSocket } from '../../wasm/core.ts';
import { instanceOf } from '../../wasm/guarded.ts';
import type { Instance, TrapListener } from '../../wasm/instance.ts';
import { type Channel, type ChannelEvents, closeEventInit } from '../channel.ts';
import type { FrameListener } from '../frame-info.ts';
import { CLOSED, CONNECTING } from '../ready-state.ts';
import { ConnectionAttempt } from './connection-attempt.ts';
import { DeadlineTimer } from './deadline-timer.ts';
import { DrainWaiters } from './drain-waiters.ts';
import { EventDispatcher } from './event-dispatcher.ts';
import { FrameTrace } from './frame-trace.ts';
import { InputFlow } from './input-flow.ts';
import { LinkShutdown } from './link-shutdown.ts';
import { MAX_WHOLE, type MessageParts, partsOfBlob, partsOfBytes, partsOfText } from './message-parts.ts';
import { OutputWriter } from './output-writer.ts';
import { PendingPings } from './pending-pings.ts';
import type { SocketRef } from './socket-ref.ts';

/** How many bytes of output may gather while events are being dispatched. */
const MAX_CORKED = 64 * 1024;

/**
 * Methods run on their caller's stack, which may overflow at any call. So each schedules {@link ByteChannel.#update} first
 * and calls the core then; whatever follows from that is done in the update, on a stack of its own.
 */
export class ByteChannel implements Channel, TrapListener {
  readonly #events: ChannelEvents;
  readonly #instance: Instance;
  readonly #ref: SocketRef;
  readonly #signal: AbortSignal | undefined;
  readonly url: string;
  protocol = '';
  extensions = '';
  /** The core's attributes, kept so that reading them calls nothing. */
  readyState = CONNECTING;
  bufferedAmount = 0;
  failure: Failure | undefined;
  tls: TlsFacts | undefined;

  #link: GuardedLink | undefined;
  readonly #attempt: ConnectionAttempt;
  readonly #input: InputFlow;
  readonly #output: OutputWriter;
  readonly #dispatcher: EventDispatcher;
  readonly #shutdown = new LinkShutdown();
  readonly #pings = new PendingPings();
  readonly #drains = new DrainWaiters();
  readonly #trace: FrameTrace;
  readonly #deadline = new DeadlineTimer(() => {
    this.#ref.socket?.expire(now());
    this.#changed();
  });

  /** Whether the constructor of the class has completed. */
  #begun = false;
  /** Whether connecting has started. */
  #started = false;
  #updating = false;
  /** Whether `error` was dispatched. */
  #errorDispatched = false;
  /** The transport's failure, which is reported in place of the core's. */
  #transportFailure: Failure | undefined;
  #forgetSignal = () => {};
  #forgetPageHide = () => {};

  constructor(socket: CoreSocket, transport: Transport, signal: AbortSignal | undefined, events: ChannelEvents) {
    this.#instance = instanceOf(socket);
    this.#ref = { socket };
    this.#signal = signal;
    this.url = socket.url ?? '';
    this.#events = events;
    this.#attempt = new ConnectionAttempt(this.#ref, this.#instance, transport, {
      begun: () => this.#changed(),
      linked: (link) => this.#openLink(link),
      ready: (link, hasCodec) => this.#sendRequest(link, hasCodec),
      failed: (error) => this.#transportFailed(error, 'connect-failed'),
    });
    this.#input = new InputFlow(this.#ref);
    this.#output = new OutputWriter(
      this.#ref,
      () => this.#changed(),
      (amount) => {
        this.bufferedAmount = amount;
      },
    );
    this.#dispatcher = new EventDispatcher(this.#ref, {
      // Flushed bytes must no longer count as buffered when the answer to them is dispatched.
      before: () => this.#output.report(),
      attributesChanged: () => this.#readAttributes(),
      opened: (core) => this.#opened(core),
      message: (data) => events.message(data),
      pong: (payload) => this.#pings.answer(payload),
      failed: (core) => this.#failed(core),
      closed: (core) => this.#closed(core),
      after: () => this.#input.resumeIfIdle(),
      idle: () => this.#changed(),
    });
    this.#trace = new FrameTrace(this.#ref);
    // In this order: if the stack overflows between them, the update frees the core's socket.
    this.#changed();
    this.#instance.addTrapListener(this);
  }

  begin(): void {
    this.#begun = true;
  }

  sendText(text: string): void {
    if (text.length > MAX_WHOLE) {
      this.#sendParts(true, utf8Length(text), partsOfText(text));
      return;
    }
    this.#changed();
    this.bufferedAmount = this.#ref.socket?.sendText(text) ?? this.bufferedAmount;
  }

  sendBinary(bytes: Uint8Array): void {
    if (bytes.length > MAX_WHOLE) {
      this.#sendParts(false, bytes.length, partsOfBytes(bytes));
      return;
    }
    this.#changed();
    this.bufferedAmount = this.#ref.socket?.sendBinary(bytes) ?? this.bufferedAmount;
  }

  sendBlob(blob: Blob): void {
    this.#sendParts(false, blobSize(blob), partsOfBlob(blob));
  }

  close(code: number | undefined, reason: string | undefined): void {
    this.#changed();
    this.#ref.socket?.close(code, reason, now());
    this.#readAttributes();
  }

  ping(payload: Uint8Array | undefined): Promise<number> {
    this.#changed();
    return this.#pings.send(payload, (bytes) => this.#ref.socket?.ping(bytes) === true);
  }

  trace(listener: FrameListener | null, previewBytes: number): void {
    this.#changed();
    this.#trace.listen(listener, previewBytes);
  }

  hold(): void {
    this.#dispatcher.hold();
  }

  release(): void {
    this.#dispatcher.release();
    this.#changed();
  }

  drained(limit: number): Promise<void> | undefined {
    return this.#drains.wait(limit, this.#ref.socket ? this.bufferedAmount : 0);
  }

  #sendParts(text: boolean, size: number, parts: MessageParts): void {
    this.#changed();
    const id = this.#output.addParts(parts);
    let accepted = false;
    try {
      accepted = this.#ref.socket?.sendParts(id, text, size) === true;
    } finally {
      if (!accepted) this.#output.removeParts(id);
    }
    this.#readAttributes();
  }

  /** Refreshes the kept attributes, after a call that may have changed them. */
  #readAttributes(): void {
    this.readyState = this.#ref.socket?.readyState ?? this.readyState;
    this.bufferedAmount = this.#ref.socket?.bufferedAmount ?? this.bufferedAmount;
  }

  /** Schedules the update that follows a call into the core, for when the caller's stack has unwound. */
  #changed(): void {
    if (this.#updating) return;
    queueStep(this.#update);
    this.#updating = true;
  }

  /** Handles the effects of calls into the core: events in tasks of their own, output, the deadline. */
  readonly #update = (): void => {
    this.#updating = false;
    if (!this.#started) this.#start();
    const core = this.#ref.socket;
    if (!core) return;
    this.#dispatcher.schedule();
    const corked = this.#dispatcher.running && !core.isClosing && (core.outputLength ?? 0) <= MAX_CORKED;
    if (!corked) this.#output.write();
    this.#deadline.set(core.deadline);
    if (this.#drains.some) this.#drains.update(this.bufferedAmount);
    this.#trace.report();
  };

  /** Begins to connect; frees the core's socket if the constructor didn't complete. */
  #start(): void {
    this.#started = true;
    const core = this.#ref.socket;
    if (!core) return;
    if (!this.#begun) {
      this.#instance.removeTrapListener(this);
      this.#ref.socket = undefined;
      core.free();
      return;
    }
    this.#forgetSignal = onAbort(this.#signal, () => {
      this.#changed();
      this.#ref.socket?.abort();
    });
    this.#forgetPageHide = onPageHide(() => this.#goAway());
    // A connection that has failed already (a blocked port) isn't attempted.
    if (!core.hasEvent) this.#attempt.start();
  }

  #openLink(link: GuardedLink): void {
    this.#link = link;
    this.#input.setLink(link);
    link.open({
      data: (chunk) => this.#receive(chunk),
      end: () => {
        this.#changed();
        this.#shutdown.linkEnded();
        // Flushed bytes count: a Close frame may be among them.
        this.#output.report();
        this.#ref.socket?.end(now());
      },
      fail: (error) => {
        this.#changed();
        this.#shutdown.linkBroke();
        this.#output.report();
        this.#transportFailed(error, 'transport-failed');
      },
    });
  }

  /** Sends the opening handshake's request. */
  #sendRequest(link: GuardedLink, hasCodec: boolean): void {
    this.#ref.socket?.sendRequest(hasCodec);
    this.#output.setLink(link);
    this.#changed();
  }

  #transportFailed(error: unknown, code: string): void {
    this.#changed();
    this.#transportFailure ??= failureOf(error, code);
    this.#ref.socket?.lose(this.#transportFailure.message);
  }

  #receive(chunk: Uint8Array): void {
    if (this.#ref.socket) this.#changed();
    this.#input.receive(chunk);
    this.#trace.report();
    if (this.#input.inOwnTask) this.#dispatcher.runNow();
    this.#input.pauseIfFull();
  }

  #opened(core: CoreSocket): void {
    this.#forgetSignal();
    this.#attempt.finish();
    this.protocol = core.protocol ?? '';
    this.extensions = core.extensions ?? '';
    if (core.secure) this.tls = this.#link?.tls;
    this.#events.open();
  }

  #failed(core: CoreSocket): void {
    this.failure = this.#failureOf(core);
    if (this.failure) logFailure(this.url, this.failure);
    if (!this.#ref.socket) return;
    this.#errorDispatched = true;
    this.#events.error();
  }

  #failureOf(core: CoreSocket): Failure | undefined {
    const { failure, failureCode } = core;
    if (failure === undefined || failureCode === undefined) return undefined;
    if (failureCode === 'transport-failed' && this.#transportFailure) return this.#transportFailure;
    return new Failure(failureCode, failure);
  }

  /** The connection is closed: frees the core's socket and dispatches `close`. */
  #closed(core: CoreSocket): void {
    // A socket whose instance stopped meanwhile is closed by `trapped`.
    if (!this.#ref.socket) return;
    const { wasClean = false, closeCode: code = 1006, closeReason: reason = '' } = core;
    this.failure ??= this.#failureOf(core);
    this.#pings.rejectAll();
    this.#unregister();
    this.#output.report();
    const output = this.#output.takeAll();
    this.#trace.report();
    if (!this.#ref.socket) return;
    this.#readAttributes();
    this.#ref.socket = undefined;
    this.#instance.removeTrapListener(this);
    core.free();
    if (this.#link) {
      this.#shutdown.start(this.#link, output, wasClean);
      // A paused link couldn't deliver its end; the data before it is dropped.
      this.#input.resume();
    } else {
      this.#attempt.abort();
    }
    this.#drains.update(0);
    this.#events.close(closeEventInit(wasClean, code, reason));
  }

  /** The instance stopped: there is nothing more to read, to write or to ask. */
  trapped(error: unknown): void {
    this.readyState = CLOSED;
    this.#ref.socket = undefined;
    this.#unregister();
    this.#output.close();
    this.#pings.rejectAll();
    this.#drains.update(0);
    this.#link?.destroy();
    this.#attempt.abort();
    if (!this.#begun) return;
    this.#events.trapped();
    const close = () => this.#events.close(closeEventInit(false, 1006, ''));
    if (this.#errorDispatched) {
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

  /** Clears the timer, and removes the registrations outside of this channel. */
  #unregister(): void {
    this.#deadline.set(undefined);
    this.#forgetSignal();
    this.#forgetPageHide();
    this.#attempt.finish();
  }

  /** The document goes away: this is the last chance to write anything. */
  #goAway(): void {
    this.#ref.socket?.goAway(now());
    this.#output.writeAll();
    this.#changed();
  }
}
