// Apart from support.js, which imports the package's default entry.

/** Resolves with the next event of that type. */
export function next(socket, type) {
  return new Promise((resolve) => socket.addEventListener(type, resolve, { once: true }));
}
