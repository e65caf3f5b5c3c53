// Waiting for a socket's events and for conditions, in Node and in pages alike: nothing here imports the package.

/** Resolves with the next event of that type; rejects if the socket closes first. */
export function next(socket, type) {
  return new Promise((resolve, reject) => {
    const closed = ({ code }) => reject(new Error(`closed with ${code} before ${type}`));
    const isEnd = type === 'close' || type === 'error';
    if (!isEnd) socket.addEventListener('close', closed, { once: true });
    const listener = (event) => {
      socket.removeEventListener('close', closed);
      resolve(event);
    };
    socket.addEventListener(type, listener, { once: true });
  });
}

/** Sends data, and resolves with the data of the next message. */
export async function echoed(socket, data) {
  const message = next(socket, 'message');
  socket.send(data);
  return (await message).data;
}

/** Closes a socket unless it is closed, and resolves with its close event. */
export async function shut(socket, code, reason) {
  if (socket.readyState === 3) return undefined;
  const close = next(socket, 'close');
  if (code === undefined) socket.close();
  else socket.close(code, reason);
  return close;
}

/** Resolves in a later task, that many milliseconds from now. */
export function pause(milliseconds = 0) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Resolves once `condition()` is true; the test's time limit is the only one. */
export async function until(condition) {
  while (!condition()) await pause(5);
}
