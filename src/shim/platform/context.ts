// Node's asynchronous contexts, by what every platform has: a promise's reaction runs in the context it was queued in.

type Step = () => void;

const { then } = Promise.prototype;

/** Returns a function that runs `step` as a microtask, in the asynchronous context of this call. */
export function inContext(step: Step): Step {
  let resolve!: Step;
  const promise = new Promise<void>((resolve_) => {
    resolve = resolve_;
  });
  then.call(promise, step);
  return resolve;
}
