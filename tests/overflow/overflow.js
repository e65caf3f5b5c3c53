// Calls with almost no stack left, at every distance from its end, in Node and in pages.

/**
 * Overflows the stack, and calls `operate` once, `frames` frames before that point; `shift` moves it by words.
 * `operate` must be compiled, which takes stack.
 *
 * @param {(subject: any) => unknown} operate
 * @param {any} subject
 * @param {number} frames
 * @param {number} [shift]
 * @returns {{ error?: any }} the exception, if it threw
 */
export function callNearTheEnd(operate, subject, frames, shift = 0) {
  let left = frames;
  const outcome = {};
  const deep = () => {
    try {
      deep();
    } catch {
      // It overflowed below.
    }
    if (left > 0) {
      left -= 1;
    } else if (left === 0) {
      left = -1;
      try {
        operate(subject);
      } catch (error) {
        outcome.error = error;
      }
    }
  };
  deep.apply(undefined, new Array(shift));
  return outcome;
}

const isOverflow = (error) =>
  ['RangeError', 'InternalError'].includes(error?.name) && /call stack|recursion/.test(error.message);

/**
 * Tries an operation at every distance, beside two open sockets. It must throw the overflow or work; afterwards either both
 * sockets still work, or both were closed as by a trap, and new sockets work.
 *
 * @param {object} given
 * @param {() => Promise<any>} given.open opens a socket to an echo server
 * @param {(socket: any) => any} given.failureOf
 * @param {import('./operations.js').Operation} given.operation
 * @param {number} [given.shifts]
 * @returns {Promise<{ overflows: number, stops: number }>} how often it overflowed, and how often that stopped the core
 */
export async function sweep({ open, failureOf, operation: { operate, prepare }, shifts = 12 }) {
  const seen = { overflows: 0, stops: 0 };
  let pair;
  // So that it and its callees are compiled.
  for (let warm = 0; warm < 3; warm += 1) {
    const socket = await open();
    operate((await prepare?.()) ?? socket);
    if (!(await settled([socket], failureOf)) && socket.readyState === 1) socket.close();
  }
  for (let shift = 0; shift < shifts; shift += 1) {
    for (let frames = 0; frames < 60; frames += 1) {
      pair ??= await Promise.all([open(), open()]);
      const prepared = await prepare?.();
      const { error } = callNearTheEnd(operate, prepared ?? pair[0], frames, shift);
      if (error !== undefined && !isOverflow(error)) throw new Error(`another error: ${error}`, { cause: error });
      const stopped = await settled(pair, failureOf);
      if (prepared) await ended(prepared.socket);
      if (stopped) seen.stops += 1;
      if (stopped || pair.some(({ readyState }) => readyState !== 1)) pair = undefined;
      if (error === undefined) break;
      seen.overflows += 1;
    }
  }
  for (const socket of pair ?? []) socket.close();
  return seen;
}

/** Waits until both sockets have echoed a message or were closed. Returns whether a trap closed them. */
async function settled(pair, failureOf) {
  // Without another call: if the core stopped, the sockets are closed nevertheless.
  await new Promise((resolve) => setTimeout(resolve));
  const stopped = pair.map((socket) => failureOf(socket)?.code === 'core-stopped');
  const ends = await Promise.all(pair.map((socket, i) => echoed(socket, `still open ${i}`)));
  const codes = pair.map((socket) => failureOf(socket)?.code);
  if (ends.every((end) => end === 'echoed')) return false;
  if (pair[0].readyState >= 2 && ends.slice(1).every((end) => end === 'echoed')) return false;
  if (codes.every((code) => code === 'core-stopped')) {
    if (stopped.every(Boolean)) return true;
    throw new Error('the core stopped, but its sockets were not closed before the next call', {
      cause: failureOf(pair[0]).cause,
    });
  }
  throw new Error(`${ends} ${codes}`);
}

/** Waits until a socket is closed. */
function ended(socket) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`no close event; readyState ${socket.readyState}`)), 5_000);
    const done = () => {
      clearTimeout(late);
      resolve(undefined);
    };
    if (socket.readyState === 3) done();
    else socket.addEventListener('close', done);
  });
}

/** The outcome of a message: its echo, or the close. */
function echoed(socket, text) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`neither echo nor close; readyState ${socket.readyState}`)), 5_000);
    const done = (how) => {
      clearTimeout(late);
      socket.removeEventListener('message', onMessage);
      socket.removeEventListener('close', onClose);
      resolve(how);
    };
    const onMessage = ({ data }) => data === text && done('echoed');
    const onClose = ({ code, wasClean }) => done(`close ${code} ${wasClean}`);
    socket.addEventListener('message', onMessage);
    socket.addEventListener('close', onClose);
    // In Node the event may have been dispatched before.
    if (socket.readyState === 3) return done('closed before');
    socket.send(text);
  });
}
