// Calls that find next to no stack left, at every distance from its end: in Node and in pages alike.

/**
 * Calls `operate`, which must be compiled (that takes a deep stack), once, `frames` frames from where the stack overflowed, in steps of a word by `shift`.
 *
 * @param {(subject: any) => unknown} operate
 * @param {any} subject
 * @param {number} frames
 * @param {number} [shift]
 * @returns {{ error?: any }} what it threw, if it threw
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
 * Tries an operation on a socket at every distance, with two sockets that are open: it throws an overflow or works, and
 * afterwards either both sockets go on, or both were ended as by a trap. A socket that is made then is well.
 *
 * @param {{ open: () => Promise<any>, failureOf: (socket: any) => any, operate: (socket: any) => void, shifts?: number }} of
 *   how to open an echoing socket, and what to do with it
 * @returns {Promise<{ overflows: number, stops: number }>} how often it overflowed, and how often that stopped the core
 */
export async function sweep({ open, failureOf, operate, shifts = 12 }) {
  const seen = { overflows: 0, stops: 0 };
  let pair;
  // Compiled, and with all that it calls.
  for (let warm = 0; warm < 3; warm += 1) {
    const socket = await open();
    operate(socket);
    if (!(await settled([socket], failureOf)) && socket.readyState === 1) socket.close();
  }
  for (let shift = 0; shift < shifts; shift += 1) {
    for (let frames = 0; frames < 60; frames += 1) {
      pair ??= await Promise.all([open(), open()]);
      const [subject] = pair;
      const { error } = callNearTheEnd(operate, subject, frames, shift);
      if (error !== undefined && !isOverflow(error)) throw new Error(`a raw error: ${error}`, { cause: error });
      const stopped = await settled(pair, failureOf);
      if (stopped) seen.stops += 1;
      if (stopped || pair.some(({ readyState }) => readyState !== 1)) pair = undefined;
      if (error === undefined) break;
      seen.overflows += 1;
    }
  }
  for (const socket of pair ?? []) socket.close();
  return seen;
}

/** Waits until both sockets have echoed a message or were closed. Returns whether they were ended by a trap. */
async function settled(pair, failureOf) {
  // Nobody calls anything here: where the core stopped, the sockets are ended by themselves.
  await new Promise((resolve) => setTimeout(resolve));
  const stopped = pair.map((socket) => failureOf(socket)?.code === 'core-stopped');
  const ends = await Promise.all(pair.map((socket, i) => echoed(socket, `still here ${i}`)));
  const codes = pair.map((socket) => failureOf(socket)?.code);
  if (ends.every((end) => end === 'echoed')) return false;
  if (pair[0].readyState >= 2 && ends.slice(1).every((end) => end === 'echoed')) return false;
  if (codes.every((code) => code === 'core-stopped')) {
    if (stopped.every(Boolean)) return true;
    throw new Error('the core had stopped, and its sockets were not ended before the next call', {
      cause: failureOf(pair[0]).cause,
    });
  }
  throw new Error(`${ends} ${codes}`);
}

/** What becomes of a message: its echo, or the close. */
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
    // In Node the event may have come before.
    if (socket.readyState === 3) return done('closed before');
    socket.send(text);
  });
}
