// Later turns of the event loop.
import { MessageChannel, now, setImmediate, setTimeout } from './globals.ts';
import { hasProcess } from './host.ts';
import { PortTasks } from './port-tasks.ts';

type Step = () => void;

/** Runs `task` in a later turn of the event loop. (In Node a message port would keep the process alive.) */
export const queueTurn: (task: Step) => void =
  typeof setImmediate === 'function'
    ? (task) => void setImmediate(task)
    : MessageChannel && !hasProcess
      ? portTurns()
      : (task) => void setTimeout(task);

/** On a port of their own: that of the tasks runs several of them in one turn. */
function portTurns(): (task: Step) => void {
  const turns = new PortTasks(1);
  return (task) => turns.queue(() => void task());
}

/** How many steps may follow each other in one turn of the event loop. */
const MAX_STEPS = 1_000;

/** How long they may take, in milliseconds: with many sockets each step may have much to do. */
const MAX_TIME = 20;

/** The clock is read with every step of this many: it takes as long as a small message. */
const STEPS_PER_LOOK = 16;

let steps = 0;
let began = 0;

/**
 * Counts a step that ran without returning to the event loop. Returns whether the next one must wait for a later turn, so
 * that timers and other I/O run too, however fast a peer in the same process answers.
 */
export function countStep(): boolean {
  if (steps === 0) {
    queueTurn(resetSteps);
    began = now();
  }
  steps += 1;
  if (steps % STEPS_PER_LOOK === 0 && now() - began > MAX_TIME) steps = Math.max(steps, MAX_STEPS + 1);
  return steps > MAX_STEPS;
}

function resetSteps(): void {
  steps = 0;
}
