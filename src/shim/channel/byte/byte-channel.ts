// Frames over a byte stream: connects the core's half of a socket to the link of a transport.

import { Failure, failureOf, logFailure, messageOf } from '../../failure.ts';
import { queueTask } from '../../platform/event-loop.ts';
import { now } from '../../platform/globals.ts';
import { addPageHideListener, type PageHideListener, removePageHideListener } from '../../platform/page-hide.ts';
import { BORROWS, type BorrowingSink } from '../../transports/built-in-link.ts';
import type { GuardedLink } from '../../transports/guarded-link.ts';
import type { TlsFacts, Transport } from '../../transports/types.ts';
import type { CoreSocket } from '../../wasm/core.ts';
import { instanceOf, setOwned } from '../../wasm/guarded.ts';
import type { TrapListener } from '../../wasm/instance.ts';
import { CLOSING_HANDSHAKE, readyStateOf } from '../../wasm/status.ts';
import { type Channel, type ChannelEvents, closeEventInit } from '../channel.ts';
import type { ConnectOptions } from '../connect.ts';
import type { ByteMonitor, MonitoredChannel } from './byte-monitor.ts';
import { type AttemptHandler, ConnectionAttempt } from './connection-attempt.ts';
import { CoreDriver, type Updatable } from './core-driver.ts';
import { type CoreEventHandler, EventDispatcher } from './event-dispatcher.ts';
import { factsOf } from './facts.ts';
import type { OutputOwner } from './flush-reports.ts';
import { InputFlow } from './input-flow.ts';
import { LinkShutdown } from './link-shutdown.ts';
import { MessageSender } from './message-sender.ts';

/** How many bytes of payload may gather while events are being dispatched. */
const MAX_CORKED = 64 * 1024;

/** Makes a monitor. */
export type MakeByteMonitor = (driver: CoreDriver, channel: MonitoredChannel) => ByteMonitor;

/** See {@link CoreDriver} for when its methods may call the core. */
export class ByteChannel
  implements
    Channel,
    TrapListener,
    BorrowingSink,
    AttemptHandler,
    CoreEventHandler,
    MonitoredChannel,
    OutputOwner,
    Updatable,
    PageHideListener
{
  readonly #events: ChannelEvents;
  readonly #driver: CoreDriver;
  readonly url: string;
  protocol = '';
  extensions = '';
  /** The core's attribute, kept so that reading it calls nothing. */
  bufferedAmount = 0;
  failure: Failure | undefined;
  tls: TlsFacts | undefined;
  #response: Uint8Array | undefined;
  facts: readonly number[] | undefined;
  readonly transport: Transport;
  returned: object | undefined;
  onDrain: (() => void) | undefined;

  #link: GuardedLink | undefined;
  /** Undefined once the connection is open. */
  #attempt: ConnectionAttempt | undefined;
  readonly #dispatcher: EventDispatcher;
  readonly #input: InputFlow;
  readonly #output: MessageSender;
  // Made when they are needed.
  #shutdown: LinkShutdown | undefined;
  #monitor: ByteMonitor | undefined;

  /** Whether the constructor of the class has completed. */
  #begun = false;
  /** Whether connecting has started. */
  #started = false;
  /** Whether `error` was dispatched. */
  #errorDispatched = false;
  /** Whether the document has been in the back/forward cache. */
  #cached = false;
  /** The transport's failure, which is reported in place of the core's. */
  #transportFailure: Failure | undefined;

  constructor(socket: CoreSocket, url: string, options: ConnectOptions, events: ChannelEvents) {
    this.#driver = new CoreDriver(socket, this);
    this.url = url;
    this.#events = events;
    this.transport = options.transport;
    this.#attempt = new ConnectionAttempt(this.#driver, options, this);
    this.#dispatcher = new EventDispatcher(this.#driver, this);
    this.#input = new InputFlow(this.#driver, this.#dispatcher);
    this.#output = new MessageSender(this.#driver, this);
    // In this order: if the stack overflows between them, the update frees the core's socket.
    this.#driver.changed();
    instanceOf(socket).addTrapListener(this);
    setOwned(socket);
  }

  get [BORROWS](): true {
    return true;
  }

  get readyState(): number {
    return readyStateOf(this.#driver.status);
  }

  get response(): Uint8Array | undefined {
    this.#response ??= this.#driver.socket?.takeResponse();
    return this.#response;
  }

  begin(): void {
    this.#begun = true;
  }

  sendText(text: string): void {
    this.#output.sendText(text);
  }

  sendBinary(bytes: Uint8Array): void {
    this.#output.sendBinary(bytes);
  }

  sendBlob(blob: Blob): void {
    this.#output.sendBlob(blob);
  }

  close(code: number | undefined, reason: string | undefined): void {
    this.#driver.changed();
    this.#driver.update(this.#driver.socket?.close(code, reason, now()));
  }

  monitor(make: MakeByteMonitor): ByteMonitor {
    this.#monitor ??= make(this.#driver, this);
    return this.#monitor;
  }

  hold(): void {
    this.#dispatcher.held = true;
  }

  release(): void {
    this.#dispatcher.held = false;
    this.#driver.changed();
  }

  /** Handles the effects of calls into the core: events in tasks of their own, output, the deadline. */
  update(): void {
    if (!this.#started) this.#start();
    const driver = this.#driver;
    if (!driver.socket) return;
    if (this.#monitor?.terminated) this.#drop();
    this.#dispatcher.schedule();
    const corked =
      this.#dispatcher.running && !(driver.status & CLOSING_HANDSHAKE) && this.#output.unwritten <= MAX_CORKED;
    if (!corked) this.#output.write();
    driver.setTimer();
    this.onDrain?.();
    if (this.#monitor?.report()) this.#input.resumeIfIdle();
  }

  /** The core has ended the connection at once: nothing is written any more, and no event is held back. */
  #drop(): void {
    this.#dispatcher.held = false;
    this.#output.close();
    this.#link?.destroy();
    this.#link = undefined;
  }

  /** Begins to connect; frees the core's socket if the constructor didn't complete. */
  #start(): void {
    this.#started = true;
    const core = this.#driver.socket;
    if (!core) return;
    if (!this.#begun) {
      instanceOf(core).removeTrapListener(this);
      this.#driver.socket = undefined;
      core.free();
      return;
    }
    this.#attempt?.listen();
    addPageHideListener(this);
    this.#driver.update(core.status());
    // A connection that has failed already (a blocked port) isn't attempted.
    if (!this.#dispatcher.pending) this.#attempt?.start();
  }

  /** The user's signal has aborted. */
  aborted(): void {
    this.#driver.changed();
    this.#driver.update(this.#driver.socket?.abort());
  }

  /** The handshake's timeout has started. */
  begun(): void {
    this.#driver.update(this.#driver.socket?.status());
    this.#driver.changed();
  }

  /** The transport has connected. */
  linked(link: GuardedLink): void {
    this.#link = this.#input.link = link;
    this.returned = link.returned;
    link.open(this);
  }

  /** The request can be sent. */
  ready(link: GuardedLink, hasCodec: boolean): void {
    this.#driver.update(this.#driver.socket?.sendRequest(hasCodec));
    this.#output.link = link;
    this.#driver.changed();
  }

  /** The transport couldn't connect. */
  failed(error: unknown): void {
    this.#transportFailed(error, 'connect-failed');
  }

  /** Bytes from the link. */
  data(chunk: Uint8Array, isBorrowed = false): void {
    // Otherwise there may be microtasks of an event that an earlier delivery in this task was dispatched for.
    const inOwnTask = this.#input.inOwnTask && !this.#driver.updating;
    if (this.#driver.socket) this.#driver.changed();
    this.#input.receive(chunk, isBorrowed);
    this.#monitor?.report();
    if (inOwnTask) this.#dispatcher.runNow();
    if (isBorrowed) this.#dispatcher.messages.keep();
    this.#input.pauseIfFull();
  }

  /** The link delivers no more. */
  end(): void {
    this.#driver.changed();
    this.#shutdownOf.linkEnded();
    // Flushed bytes count: a Close frame may be among them.
    this.#output.report();
    this.#driver.update(this.#driver.socket?.end(now()));
  }

  /** The link broke. */
  fail(error: unknown): void {
    this.#driver.changed();
    this.#shutdownOf.linkBroke();
    this.#output.report();
    this.#transportFailed(error, 'transport-failed');
  }

  get #shutdownOf(): LinkShutdown {
    this.#shutdown ??= new LinkShutdown();
    return this.#shutdown;
  }

  #transportFailed(error: unknown, code: string): void {
    this.#driver.changed();
    this.#transportFailure ??= failureOf(error, code);
    // What carries the bytes ends in the cache: the closing handshake is incomplete then, and nothing has failed.
    const core = this.#driver.socket;
    this.#driver.update(this.#cached ? core?.end(now()) : core?.lose(this.#transportFailure.message));
  }

  beforeEvent(): void {
    // Flushed bytes must no longer count as buffered when the answer to them is dispatched.
    this.#output.report();
    this.#monitor?.report();
  }

  message(data: string | Uint8Array<ArrayBuffer>): void {
    this.#events.message(data);
  }

  control(isPing: boolean, payload: Uint8Array): void {
    this.#monitor?.control(isPing, payload);
  }

  idle(): void {
    this.#input.resumeIfIdle();
    this.#driver.changed();
  }

  opened(core: CoreSocket): void {
    this.#attempt?.finish();
    this.#attempt = undefined;
    [this.protocol = '', this.extensions = ''] = core.agreement?.split('\n') ?? [];
    if (this.url.startsWith('wss:')) this.tls = this.#link?.tls;
    this.#driver.resetTimer();
    this.#events.open();
  }

  errorEvent(core: CoreSocket): void {
    this.failure = this.#failureOf(core);
    if (this.failure) logFailure(this.url, this.failure);
    if (!this.#driver.socket) return;
    this.#errorDispatched = true;
    this.#events.error();
  }

  #failureOf(core: CoreSocket): Failure | undefined {
    const { failure } = core;
    if (!failure) return undefined;
    const space = failure.indexOf(' ');
    const code = failure.slice(0, space);
    if (code === 'transport-failed' && this.#transportFailure) return this.#transportFailure;
    return new Failure(code, failure.slice(space + 1));
  }

  /** The connection is closed: frees the core's socket and dispatches `close`. */
  closeEvent(core: CoreSocket): void {
    // A socket whose instance stopped meanwhile is closed by `trapped`.
    if (!this.#driver.socket) return;
    const { closed = '1006-' } = core;
    const wasClean = closed[4] === '+';
    this.failure ??= this.#failureOf(core);
    this.#response ??= core.takeResponse();
    this.#monitor?.close();
    this.#unregister();
    this.#output.report();
    const output = this.#output.takeAll(wasClean);
    this.#monitor?.report(true);
    if (!this.#driver.socket) return;
    this.facts = factsOf(core);
    this.bufferedAmount = core.bufferedAmount ?? this.bufferedAmount;
    this.#driver.close();
    this.#dispatcher.close();
    instanceOf(core).removeTrapListener(this);
    core.free();
    if (this.#link) {
      this.#shutdownOf.start(this.#link, output, wasClean);
      // A paused link couldn't deliver its end; the data before it is dropped.
      this.#input.resume();
    } else {
      this.#attempt?.abort();
    }
    this.#events.close(closeEventInit(wasClean, +closed.slice(0, 4), closed.slice(5)));
  }

  /** The instance stopped: there is nothing more to read, to write or to ask. */
  trapped(error: unknown): void {
    this.#driver.close();
    this.#dispatcher.close();
    this.#unregister();
    this.#output.close();
    this.#monitor?.close();
    this.#link?.destroy();
    this.#attempt?.abort();
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
    this.#driver.resetTimer();
    removePageHideListener(this);
    this.#attempt?.finish();
  }

  /** The document goes away: this is the last chance to write anything. */
  goAway(cached: boolean): void {
    this.#cached ||= cached;
    this.#driver.update(this.#driver.socket?.goAway(cached, now()));
    this.#output.writeAll();
    this.#driver.changed();
  }
}
