// Steps for which a turn had no time left, of all sockets: one queue, so that none of them waits for ever.

import { inContext } from '../platform/context.ts';
import { queueTurn } from '../platform/turns.ts';
import { beginSlice, beginTurn, endTurn } from './turn-budget.ts';

type Step = () => void;

/** How many of them may run in one turn. */
const MAX_STEPS = 256;

const waiting: Step[] = [];

/** How many callbacks are queued that each run one of them. */
let due = 0;
/** How many of these callbacks were called in this turn. */
let called = 0;

/**
 * Runs `step`, which must not throw, as a microtask of a later turn, in the asynchronous context of this call, after all that
 * were deferred before. Each turn runs at least the first one. What follows from it has a slice of the turn's time.
 *
 * Any call here may overflow the caller's stack: what is recorded follows it.
 */
export function defer(step: Step): void {
  const run = inContext(step);
  if (called === 0 && due < MAX_STEPS) queueNext();
  waiting.push(run);
}

/** Microtasks and ticks run between two callbacks. */
function queueNext(): void {
  queueTurn(runNext);
  due += 1;
}

function runNext(): void {
  const isFirst = called === 0;
  if (isFirst) beginTurn();
  if (beginSlice(waiting.length > 1) || isFirst) waiting.shift()?.();
  called += 1;
  if (called < due) return;
  endTurn();
  due = called = 0;
  while (due < waiting.length && due < MAX_STEPS) queueNext();
}
