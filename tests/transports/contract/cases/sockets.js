// Waiting for the events of a socket.

/** Resolves with the next event of that type; rejects if the socket closes first. */
export function next(socket, type) {
  return new Promise((resolve, reject) => {
    const listen = ['addEventListener', 'removeEventListener'].map((method) => () => {
      socket[method](type, happened);
      socket[method]('close', closed);
    });
    const happened = (event) => {
      listen[1]();
      resolve(event);
    };
    const closed = (event) => {
      if (type === 'close') return happened(event);
      listen[1]();
      reject(new Error(`the socket closed with ${event.code} ${event.reason} before ${type}`));
    };
    listen[0]();
  });
}

/** Resolves with the socket once it is open. */
export async function opened(socket) {
  await next(socket, 'open');
  return socket;
}

/** Sends data, and resolves with the data of the next message. */
export async function echoed(socket, data) {
  const message = next(socket, 'message');
  socket.send(data);
  return (await message).data;
}

/** Closes a socket, and resolves with its close event. */
export async function shut(socket) {
  const close = next(socket, 'close');
  socket.close(1000);
  return close;
}
