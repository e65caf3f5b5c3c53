// How long the steps of one turn may take in Node and Bun, where one turn serves every socket that has something to read.
import { now } from '../platform/globals.ts';
import { queueTurn } from '../platform/turns.ts';

/** How many steps may follow each other in one turn of the event loop. */
const MAX_STEPS = 1_000;

/** How many are not timed. The end of a turn is asked for after them: to ask in each turn would cost more than most steps. */
const UNTIMED = 8;

/** How long the others may take, in milliseconds. */
const MAX_TIME = 20;

/** How long steps may follow from one that was deferred, in milliseconds, while others wait. */
const MAX_SLICE = 1;

/** The clock is read after so many steps at most: it costs a tenth of a small step. */
const MAX_STRIDE = 32;

/** It is read after each step again when the steps since it was last read took longer, in milliseconds. */
const LONG_STRIDE = 0.25;

let steps = 0;
/** When the turn's time is spent, and when that of the slice is. */
let turnEnd = 0;
let sliceEnd = 0;
/** When the clock was last read. */
let read = 0;
let stride = 1;
/** The number of steps after which it is read again. */
let nextRead = 0;
/** Whether the slice's time is spent. */
let spent = false;
/** Whether the turn's steps are being timed. */
let isTimed = false;
/** Whether the end of the turn is asked for. */
let isEnding = false;

/**
 * Counts a step of this turn. Returns whether its steps are spent: the next one must wait for a later turn. Any call here may
 * overflow the caller's stack: what is recorded follows it.
 */
export function countStep(): boolean {
  steps += 1;
  if (isTimed) {
    if (steps >= nextRead) readClock();
    return spent || steps > MAX_STEPS;
  }
  if (steps > UNTIMED) {
    queueTurn(endAskedTurn);
    isEnding = true;
    beginTurn();
  }
  return false;
}

function endAskedTurn(): void {
  isEnding = false;
  endTurn();
}

/** Begins to count and to time the steps of a turn. */
export function beginTurn(): void {
  turnEnd = now() + MAX_TIME;
  steps = UNTIMED + 1;
  beginSlice(false);
  isTimed = true;
}

/**
 * Begins a slice of the turn.
 *
 * @param isShort whether other steps wait
 * @returns whether the turn has time for it
 */
export function beginSlice(isShort: boolean): boolean {
  read = now();
  sliceEnd = isShort ? Math.min(read + MAX_SLICE, turnEnd) : turnEnd;
  spent = read > turnEnd;
  stride = 1;
  nextRead = steps + stride;
  return !spent;
}

function readClock(): void {
  const time = now();
  spent = time > sliceEnd;
  stride = time - read > LONG_STRIDE ? 1 : Math.min(2 * stride, MAX_STRIDE);
  nextRead = steps + stride;
  read = time;
}

/** The next turn's first steps are timed too if this one's time was spent. */
export function endTurn(): void {
  if (isEnding) return;
  steps = read > turnEnd ? UNTIMED : 0;
  isTimed = false;
}
