// A node of Ethereum: Foundry's anvil, with a chain of its own.
import { fileURLToPath } from 'node:url';
import { freePort } from '../../../scripts/servers.js';
import { startProgram } from '../../support/relays/program.js';
import { forward } from './forward.js';

const { platform, arch } = process;
const PACKAGE = `anvil-${platform}-${arch === 'x64' ? 'amd64' : arch}`;
const PROGRAM = fileURLToPath(new URL(`../anvil/node_modules/@foundry-rs/${PACKAGE}/bin/anvil`, import.meta.url));

export async function start() {
  const port = await freePort();
  const anvil = await startProgram(PROGRAM, ['--host=127.0.0.1', `--port=${port}`, '--accounts=1', '--silent'], port);
  return forward(anvil);
}
