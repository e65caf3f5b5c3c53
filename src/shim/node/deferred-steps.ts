// Steps for which a turn had no time left, of all sockets: one queue, so that none of them waits for ever.
import { queueTurn } from '../platform/turns.ts';
import { inContext } from './context.ts';
import { beginSlice, beginTurn, endTurn } from './turn-budget.ts';

type Step = () => void;

/** How many of them may run in one turn. */
const MAX_STEPS = 256;

const waiting: Step[] = [];

/** How many are to run in the next turn, or in this one. */
let due = 0;
/** How many of these have had their chance. */
let passed = 0;

/**
 * Runs `step`, which must not throw, as a microtask of a later turn, in the asynchronous context of this call, after all that
 * were deferred before. Each turn runs at least the first one. What follows from it has a slice of the turn's time.
 */
export function defer(step: Step): void {
  waiting.push(inContext(step));
  if (due === 0) queueNext();
}

/** A callback for each: microtasks and ticks run between two of them. */
function queueNext(): void {
  due = Math.min(waiting.length, MAX_STEPS);
  passed = 0;
  for (let i = 0; i < due; i += 1) queueTurn(runNext);
}

function runNext(): void {
  const isFirst = passed === 0;
  if (isFirst) beginTurn();
  if (beginSlice(waiting.length > 1) || isFirst) waiting.shift()?.();
  passed += 1;
  if (passed < due) return;
  endTurn();
  queueNext();
}
