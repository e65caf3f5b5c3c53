// Waiting for a socket's events and for conditions, in Node and in pages: nothing here imports the package.

/** Resolves with the next event of that type; rejects if the socket closes first. */
export function next(socket, type) {
  return new Promise((resolve, reject) => {
    socket.addEventListener(type, resolve, { once: true });
    // An error event is always followed by close.
    if (type === 'close' || type === 'error') return;
    socket.addEventListener('close', ({ code }) => reject(new Error(`closed with ${code} before ${type}`)), {
      once: true,
    });
  });
}

/** Sends data, and resolves with the data of the next message. */
export async function echoed(socket, data) {
  const message = next(socket, 'message');
  socket.send(data);
  return (await message).data;
}

/** Closes a socket unless it is closed, and resolves with its close event. */
export async function shut(socket) {
  if (socket.readyState === 3) return undefined;
  const close = next(socket, 'close');
  socket.close();
  return close;
}

/** Resolves in a later task, `milliseconds` from now. */
export function pause(milliseconds = 0) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Resolves once `condition()` is true; the test's time limit is the only one. */
export async function until(condition) {
  while (!condition()) await pause(5);
}
