// Later turns of the event loop.
import { MessageChannel, setImmediate, setTimeout } from './globals.ts';
import { hasProcess, host } from './host.ts';
import { PortTasks } from './port-tasks.ts';

type Step = () => void;

/** Without `setImmediate`. (In Node a message port would keep the process alive.) */
const queuePortable: (task: Step) => void =
  MessageChannel && !hasProcess ? portTurns() : (task) => void setTimeout(task);

/** Runs `task` in a later turn of the event loop. */
export function queueTurn(task: Step): void {
  if (typeof setImmediate === 'function') setImmediate(task);
  else queuePortable(task);
}

/** On a port of their own: that of the tasks runs several of them in one turn. */
function portTurns(): (task: Step) => void {
  const turns = new PortTasks(1);
  return (task) => turns.queue(() => void task());
}

/** How many steps may follow each other in one turn of the event loop. */
const MAX_STEPS = 1_000;

/** After how many steps the count is reset in the next turn: to ask for each turn would cost more than most steps. */
const MIN_STEPS = 64;

let steps = 0;

/**
 * Counts a step that ran without returning to the event loop. Returns whether the next one must wait for a later turn, so
 * that timers and other I/O run too, however fast a peer in the same process answers.
 */
export function countStep(): boolean {
  if (host.countStep) return host.countStep();
  steps += 1;
  // Each time: in workerd a turn doesn't come if the request that asked for it has ended.
  if (steps % MIN_STEPS === 0) queueTurn(resetSteps);
  return steps > MAX_STEPS;
}

function resetSteps(): void {
  steps = 0;
}

/** Runs `step` in a later turn, because the steps of this one are spent. */
export function queueLate(step: Step): void {
  (host.defer ?? queueTurn)(step);
}
