// One timer for the option `keepAlive` of all sockets, and the events after which each is looked at without it.

import { inContext } from '../../platform/context.ts';
import { queueTurn } from '../../platform/event-loop.ts';
import { clearTimeout, now, setTimeout } from '../../platform/globals.ts';
import { MAX_DELAY } from './deadline-timer.ts';

/** How late a look may be so that it is one with others, in milliseconds. The core takes ten times that for late. */
const SLACK = 10;

/** A socket that the timer looks at. */
export interface KeptAlive {
  /** Whether a ping is wanted at once. */
  probe: boolean;
  /** Looks at the deadline, and sets the next one. */
  expired(): void;
}

/** Deadlines, and functions that look in the socket's own asynchronous context, each once. */
const looks = new Map<KeptAlive, readonly [deadline: number, look: () => void]>();
let timer: ReturnType<typeof setTimeout> | undefined;
/** When the timer runs; `Infinity` without one. */
let runsAt = Number.POSITIVE_INFINITY;

/** Looks at a socket once `deadline`, on the clock of `performance.now()`, has passed; never again if it is `undefined`. */
export function keepAlive(socket: KeptAlive, deadline: number | undefined): void {
  if (deadline === undefined) {
    if (looks.delete(socket) && looks.size === 0) stop();
    return;
  }
  if (looks.size === 0) listen();
  looks.set(socket, [deadline, inContext(() => socket.expired())]);
  start(deadline);
}

function start(deadline: number): void {
  if (deadline >= runsAt) return;
  clearTimeout(timer);
  runsAt = deadline;
  // In another turn, after bytes that have arrived were received.
  timer = setTimeout(() => queueTurn(runDue), Math.min(deadline - now() + SLACK, MAX_DELAY));
  // The socket's own handle keeps a process alive, or not. Browsers have numbers.
  (timer as Partial<NodeJS.Timeout>).unref?.();
}

function stop(): void {
  clearTimeout(timer);
  runsAt = Number.POSITIVE_INFINITY;
}

function runDue(): void {
  stop();
  const time = now();
  for (const [deadline, look] of looks.values()) {
    if (deadline <= time) look();
    else start(deadline);
  }
}

function listen(): void {
  // For the same listener it has no effect.
  for (const type of ['online', 'pageshow']) globalThis.addEventListener?.(type, probeAll);
  globalThis.document?.addEventListener('visibilitychange', probeAll);
}

/** The network is another one perhaps, or the page was suspended. */
function probeAll(): void {
  if (globalThis.document?.hidden) return;
  for (const [socket, [, look]] of looks) {
    socket.probe = true;
    look();
  }
}
