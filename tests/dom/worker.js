// A dedicated or shared worker that runs the clauses.
import { run } from './entry.js';

const serve = (port) => {
  port.onmessage = async ({ data }) => port.postMessage(await run(data));
};
if ('onconnect' in globalThis) globalThis.onconnect = ({ ports }) => serve(ports[0]);
else serve(globalThis);
