// Work that can wait a little, of all sockets together.
import { setTimeout } from './globals.ts';
import { host } from './host.ts';
import { queueTurn } from './turns.ts';

/** How long it may wait, in milliseconds: a timer costs less than a turn, and serves many of them. */
const DELAY = 1;

let waiting: (() => void)[] = [];

/**
 * Runs `task` in a later turn, within a few milliseconds, at the least cost. It must not throw, and must not lead to an
 * event: all tasks run in the asynchronous context of the first one that was queued.
 */
export function queueLater(task: () => void): void {
  if (host.ownTimers) {
    setTimeout(task, DELAY);
    return;
  }
  if (waiting.length === 0) {
    // Timers of a hidden page are delayed by a second or more.
    if (globalThis.document?.hidden) queueTurn(runWaiting);
    else setTimeout(runWaiting, DELAY);
  }
  waiting.push(task);
}

function runWaiting(): void {
  const tasks = waiting;
  waiting = [];
  for (const task of tasks) task();
}
