// Frames over a byte stream: connects the core's half of a socket to the link of a transport.

import { Failure, failureOf, logFailure, messageOf } from '../../failure.ts';
import { onAbort } from '../../platform/abort-signal.ts';
import { blobSize } from '../../platform/binary.ts';
import { queueStep, queueTask } from '../../platform/event-loop.ts';
import { now } from '../../platform/globals.ts';
import { onPageHide } from '../../platform/page-hide.ts';
import { byteLength } from '../../platform/text.ts';
import type { GuardedLink } from '../../transports/guarded-link.ts';
import type { LinkSink, TlsFacts, Transport } from '../../transports/types.ts';
import type { CoreSocket } from '../../wasm/core.ts';
import { instanceOf } from '../../wasm/guarded.ts';
import type { TrapListener } from '../../wasm/instance.ts';
import { CLOSING_HANDSHAKE, DEADLINE, readyStateOf } from '../../wasm/status.ts';
import { type Channel, type ChannelEvents, closeEventInit, stillConnecting } from '../channel.ts';
import { CONNECTING, OPEN } from '../ready-state.ts';
import type { ByteMonitor } from './byte-monitor.ts';
import { type AttemptHandler, ConnectionAttempt } from './connection-attempt.ts';
import { DeadlineTimer } from './deadline-timer.ts';
import { type CoreEventHandler, EventDispatcher } from './event-dispatcher.ts';
import { InputFlow } from './input-flow.ts';
import { LinkShutdown } from './link-shutdown.ts';
import { MAX_WHOLE, type MessageParts, partsOfBlob, partsOfBytes, partsOfText } from './message-parts.ts';
import { type OutputOwner, OutputWriter } from './output-writer.ts';
import { SocketRef } from './socket-ref.ts';

/** How many bytes of payload may gather while events are being dispatched. */
const MAX_CORKED = 64 * 1024;

/** A larger payload is copied, and framed as fast as the transport accepts it: pongs go between its parts. */
const MAX_NOW = 16 * 1024 * 1024;

const NOTHING = (): void => {};

/** Makes a monitor. `changed` is to be called before each call into the core. */
export type MakeByteMonitor = (ref: SocketRef, changed: () => void) => ByteMonitor;

/**
 * Methods run on their caller's stack, which may overflow at any call. So each schedules {@link ByteChannel.changed} first
 * and calls the core then; whatever follows from that is done in the update, on a stack of its own.
 */
export class ByteChannel implements Channel, TrapListener, LinkSink, AttemptHandler, CoreEventHandler, OutputOwner {
  readonly #events: ChannelEvents;
  readonly #ref: SocketRef;
  readonly #signal: AbortSignal | undefined;
  readonly url: string;
  protocol = '';
  extensions = '';
  /** The core's attribute, kept so that reading it calls nothing. */
  bufferedAmount = 0;
  failure: Failure | undefined;
  tls: TlsFacts | undefined;
  onDrain: (() => void) | undefined;

  #link: GuardedLink | undefined;
  readonly #attempt: ConnectionAttempt;
  readonly #dispatcher: EventDispatcher;
  readonly #input: InputFlow;
  readonly #output: OutputWriter;
  readonly #deadline: DeadlineTimer;
  // Made when they are needed.
  #shutdown: LinkShutdown | undefined;
  #monitor: ByteMonitor | undefined;

  /** Whether the constructor of the class has completed. */
  #begun = false;
  /** Whether connecting has started. */
  #started = false;
  #updating = false;
  /** Whether `error` was dispatched. */
  #errorDispatched = false;
  /** The transport's failure, which is reported in place of the core's. */
  #transportFailure: Failure | undefined;
  #forgetSignal = NOTHING;
  #forgetPageHide = NOTHING;

  constructor(socket: CoreSocket, transport: Transport, signal: AbortSignal | undefined, events: ChannelEvents) {
    this.#ref = new SocketRef(socket);
    this.#signal = signal;
    this.url = socket.url ?? '';
    this.#events = events;
    this.#attempt = new ConnectionAttempt(this.#ref, transport, this);
    this.#dispatcher = new EventDispatcher(this.#ref, this);
    this.#input = new InputFlow(this.#ref, this.#dispatcher);
    this.#output = new OutputWriter(this.#ref, this);
    this.#deadline = new DeadlineTimer(() => {
      this.#ref.update(this.#ref.socket?.expire(now()));
      // Timers may fire early, and a long deadline needs several.
      this.#ref.status |= DEADLINE;
      this.changed();
    });
    // In this order: if the stack overflows between them, the update frees the core's socket.
    this.changed();
    instanceOf(socket).addTrapListener(this);
  }

  get readyState(): number {
    return readyStateOf(this.#ref.status);
  }

  begin(): void {
    this.#begun = true;
  }

  sendText(text: string): void {
    const { readyState } = this;
    if (readyState === CONNECTING) throw stillConnecting();
    if (text.length > MAX_WHOLE) {
      this.#sendParts(true, byteLength(text), partsOfText(text));
      return;
    }
    this.changed();
    const sent = readyState === OPEN ? this.#ref.socket?.sendText(text, text.length) : -1;
    if (sent !== undefined) this.#sent(sent, sent < 0 ? byteLength(text) : sent);
  }

  sendBinary(bytes: Uint8Array): void {
    const { length } = bytes;
    const { readyState } = this;
    if (readyState === CONNECTING) throw stillConnecting();
    if (length > MAX_WHOLE) {
      const now = length <= MAX_NOW && this.#ref.socket?.wanted === undefined;
      const isSent = this.#sendParts(false, length, now ? undefined : partsOfBytes(bytes));
      if (now && isSent) this.#output.sendParts(bytes);
      return;
    }
    this.changed();
    const sent = readyState === OPEN ? this.#ref.socket?.sendBinary(bytes, length) : -1;
    if (sent !== undefined) this.#sent(sent, length);
  }

  sendBlob(blob: Blob): void {
    if (this.readyState === CONNECTING) throw stillConnecting();
    this.#sendParts(false, blobSize(blob), partsOfBlob(blob));
  }

  /** Counts a payload; `sent` is negative if it was not sent. */
  #sent(sent: number, length: number): void {
    if (sent >= 0) {
      this.bufferedAmount += length;
      this.#output.sent(length);
      return;
    }
    this.bufferedAmount = this.#ref.socket?.count(length) ?? this.bufferedAmount;
    // The connection may have failed for lack of memory.
    this.#ref.update(this.#ref.socket?.status());
  }

  /** Returns whether parts will be wanted. */
  #sendParts(text: boolean, size: number, parts: MessageParts | undefined): boolean {
    this.changed();
    const id = this.#output.addParts(parts);
    let accepted = false;
    try {
      accepted = this.#ref.socket?.sendParts(id, text, size) === true;
    } finally {
      if (!accepted) this.#output.removeParts(id);
    }
    this.bufferedAmount = this.#ref.socket?.bufferedAmount ?? this.bufferedAmount;
    return accepted;
  }

  close(code: number | undefined, reason: string | undefined): void {
    this.changed();
    this.#ref.update(this.#ref.socket?.close(code, reason, now()));
  }

  monitor(make: MakeByteMonitor): ByteMonitor {
    this.#monitor ??= make(this.#ref, () => this.changed());
    return this.#monitor;
  }

  hold(): void {
    this.#dispatcher.held = true;
  }

  release(): void {
    this.#dispatcher.held = false;
    this.changed();
  }

  /** Schedules the update that follows a call into the core, for when the caller's stack has unwound. */
  changed(): void {
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
    const { status } = this.#ref;
    const corked = this.#dispatcher.running && !(status & CLOSING_HANDSHAKE) && this.#output.unwritten <= MAX_CORKED;
    if (!corked) this.#output.write();
    if (this.#ref.status & DEADLINE) {
      this.#deadline.set(core.deadline);
      this.#ref.status &= ~DEADLINE;
    }
    this.onDrain?.();
    this.#monitor?.report();
  };

  /** Begins to connect; frees the core's socket if the constructor didn't complete. */
  #start(): void {
    this.#started = true;
    const core = this.#ref.socket;
    if (!core) return;
    if (!this.#begun) {
      instanceOf(core).removeTrapListener(this);
      this.#ref.socket = undefined;
      core.free();
      return;
    }
    this.#forgetSignal = onAbort(this.#signal, () => {
      this.changed();
      this.#ref.update(this.#ref.socket?.abort());
    });
    this.#forgetPageHide = onPageHide(() => this.#goAway());
    this.#ref.update(core.status());
    // A connection that has failed already (a blocked port) isn't attempted.
    if (!this.#dispatcher.pending) this.#attempt.start();
  }

  /** The handshake's timeout has started. */
  begun(): void {
    this.#ref.update(this.#ref.socket?.status());
    this.changed();
  }

  /** The transport has connected. */
  linked(link: GuardedLink): void {
    this.#link = this.#input.link = link;
    link.open(this);
  }

  /** The request can be sent. */
  ready(link: GuardedLink, hasCodec: boolean): void {
    this.#ref.update(this.#ref.socket?.sendRequest(hasCodec));
    this.#output.link = link;
    this.changed();
  }

  /** The transport couldn't connect. */
  failed(error: unknown): void {
    this.#transportFailed(error, 'connect-failed');
  }

  /** Bytes from the link. */
  data(chunk: Uint8Array): void {
    // Otherwise there may be microtasks of an event that an earlier delivery in this task was dispatched for.
    const inOwnTask = this.#input.inOwnTask && !this.#updating;
    if (this.#ref.socket) this.changed();
    this.#input.receive(chunk);
    this.#monitor?.report();
    if (inOwnTask) this.#dispatcher.runNow();
    this.#input.pauseIfFull();
  }

  /** The link delivers no more. */
  end(): void {
    this.changed();
    this.#shutdownOf.linkEnded();
    // Flushed bytes count: a Close frame may be among them.
    this.#output.report();
    this.#ref.update(this.#ref.socket?.end(now()));
  }

  /** The link broke. */
  fail(error: unknown): void {
    this.changed();
    this.#shutdownOf.linkBroke();
    this.#output.report();
    this.#transportFailed(error, 'transport-failed');
  }

  get #shutdownOf(): LinkShutdown {
    this.#shutdown ??= new LinkShutdown();
    return this.#shutdown;
  }

  #transportFailed(error: unknown, code: string): void {
    this.changed();
    this.#transportFailure ??= failureOf(error, code);
    this.#ref.update(this.#ref.socket?.lose(this.#transportFailure.message));
  }

  beforeEvent(): void {
    // Flushed bytes must no longer count as buffered when the answer to them is dispatched.
    this.#output.report();
  }

  message(data: string | Uint8Array<ArrayBuffer>): void {
    this.#events.message(data);
  }

  pong(payload: Uint8Array): void {
    this.#monitor?.pong(payload);
  }

  idle(): void {
    this.#input.resumeIfIdle();
    this.changed();
  }

  opened(core: CoreSocket): void {
    this.#forgetSignal();
    this.#attempt.finish();
    this.protocol = core.protocol ?? '';
    this.extensions = core.extensions ?? '';
    if (core.secure) this.tls = this.#link?.tls;
    this.#events.open();
  }

  errorEvent(core: CoreSocket): void {
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
  closeEvent(core: CoreSocket): void {
    // A socket whose instance stopped meanwhile is closed by `trapped`.
    if (!this.#ref.socket) return;
    const { wasClean = false, closeCode: code = 1006, closeReason: reason = '' } = core;
    this.failure ??= this.#failureOf(core);
    this.#monitor?.close();
    this.#unregister();
    this.#output.report();
    const output = this.#output.takeAll(wasClean);
    this.#monitor?.report();
    if (!this.#ref.socket) return;
    this.bufferedAmount = core.bufferedAmount ?? this.bufferedAmount;
    this.#ref.close();
    this.#dispatcher.close();
    instanceOf(core).removeTrapListener(this);
    core.free();
    if (this.#link) {
      this.#shutdownOf.start(this.#link, output, wasClean);
      // A paused link couldn't deliver its end; the data before it is dropped.
      this.#input.resume();
    } else {
      this.#attempt.abort();
    }
    this.#events.close(closeEventInit(wasClean, code, reason));
  }

  /** The instance stopped: there is nothing more to read, to write or to ask. */
  trapped(error: unknown): void {
    this.#ref.close();
    this.#dispatcher.close();
    this.#unregister();
    this.#output.close();
    this.#monitor?.close();
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
    this.#ref.update(this.#ref.socket?.goAway(now()));
    this.#output.writeAll();
    this.changed();
  }
}
