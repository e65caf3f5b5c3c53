// What is recorded of one connection.
import { CONNECTING } from '../channel/ready-state.ts';
import type { WebSocket } from '../websocket/index.ts';
import type { HarClose } from './format.ts';
import { now, wallClock } from './globals.ts';
import type { Observer, Step } from './observation.ts';
import type { RecordedMessages } from './recorded-messages.ts';

export class Recording implements Observer {
  readonly socket: WebSocket;
  readonly messages: RecordedMessages;
  /** When it started, on the clock of {@link time}. */
  readonly startedAt: number;
  /** Whether the connection was open then, or had been. */
  readonly isLate: boolean;
  /** When the steps were taken. */
  readonly steps = new Map<Step, number>();
  requestHead: string | undefined;
  failedAt: number | undefined;
  close: HarClose | undefined;
  /** When it stopped. */
  stoppedAt: number | undefined;
  /** Added to the monotonic clock, it is the time since the Unix epoch. */
  readonly #offset = wallClock() - now();

  constructor(socket: WebSocket, messages: RecordedMessages) {
    this.socket = socket;
    this.messages = messages;
    this.startedAt = this.time();
    this.isLate = socket.readyState !== CONNECTING;
  }

  /** Milliseconds since the Unix epoch, which never go backwards within a recording. */
  time(): number {
    return this.#offset + now();
  }

  stop(): void {
    this.stoppedAt ??= this.time();
  }

  step(step: Step): void {
    if (this.stoppedAt === undefined) this.steps.set(step, this.time());
  }

  request(head: string): void {
    if (this.stoppedAt === undefined) this.requestHead = head;
  }

  sent(data: string | Uint8Array | Blob): void {
    this.#add('send', data);
  }

  received(data: string | Uint8Array | Blob): void {
    this.#add('receive', data);
  }

  #add(type: 'send' | 'receive', data: string | Uint8Array | Blob): void {
    if (this.stoppedAt === undefined) this.messages.add(type, this.time(), data);
  }

  failed(): void {
    if (this.stoppedAt === undefined) this.failedAt = this.time();
  }

  closed({ code = 1006, reason = '', wasClean = false }: CloseEventInit): void {
    if (this.stoppedAt !== undefined) return;
    this.close = { time: this.time() / 1000, code, reason, wasClean };
    this.stop();
  }
}
