// The server that a library's client connects to.
import { clients } from '../clients/index.js';

/** @returns {Promise<import('./serve.js').Running>} */
export async function startServer(library) {
  const { start } = await import(`./${clients[library].server}.js`);
  return start();
}
