// Unix sockets, each in a folder of its own.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { echoOn } from '../../../scripts/servers.js';

/** A path for a socket in a new folder; on Windows, where they are pipes, the pipe's name. */
export function unixPath() {
  const folder = mkdtempSync(join(tmpdir(), 'unix-'));
  const path = process.platform === 'win32' ? `\\\\.\\pipe\\${folder}` : join(folder, 'app.sock');
  return { path, remove: () => rmSync(folder, { recursive: true }) };
}

/**
 * Starts an echo server.
 * @param {import('node:http').Server | import('node:https').Server} [http]
 */
export async function startUnixEcho(http = createServer()) {
  const { path, remove } = unixPath();
  const sockets = await echoOn(http);
  http.listen(path);
  await once(http, 'listening');
  const close = async () => {
    for (const socket of sockets.clients) socket.terminate();
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
    remove();
  };
  return { path, sockets, close };
}
