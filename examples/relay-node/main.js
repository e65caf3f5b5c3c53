// The relay as a program: settings from the environment (README.md lists them), and the end by SIGTERM.
import { once } from 'node:events';
import { createRelay } from './relay.js';

const { env } = process;

/** A number from the environment. */
function number(name, otherwise) {
  const value = Number(env[name] ?? otherwise);
  if (!(value >= 0)) throw new Error(`${name} must be a number, not '${env[name]}'`);
  return value;
}

/** A list from the environment, separated by commas or spaces. */
function list(name) {
  return (env[name] ?? '').split(/[\s,]+/).filter(Boolean);
}

/** Makes the relay, or ends with a line that says which setting is wrong. */
function configured() {
  try {
    return createRelay(settings());
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}

const settings = () => ({
  tokens: list('RELAY_TOKENS'),
  allow: list('RELAY_ALLOW'),
  allowPrivate: env.RELAY_ALLOW_PRIVATE === '1',
  origins: list('RELAY_ORIGINS'),
  trustProxy: env.RELAY_TRUST_PROXY === '1',
  maxCarriers: number('RELAY_MAX_CARRIERS', 64),
  maxSockets: number('RELAY_MAX_SOCKETS', 64),
  maxMessage: number('RELAY_MAX_MESSAGE', 1_048_576),
  connectTimeout: number('RELAY_CONNECT_TIMEOUT', 10) * 1000,
  idleTimeout: number('RELAY_IDLE_TIMEOUT', 3600) * 1000,
  heartbeat: number('RELAY_HEARTBEAT', 30) * 1000,
  log: (event, facts) => console.log(JSON.stringify({ time: new Date(), event, ...facts })),
});

const relay = configured();
relay.server.listen(number('PORT', 5001), env.HOST ?? '127.0.0.1');
await once(relay.server, 'listening');
console.log(JSON.stringify({ event: 'listening', ...relay.server.address() }));

process.once('SIGTERM', async () => {
  // A second signal ends the process at once, as it does by default.
  await relay.drain(number('RELAY_DRAIN_TIMEOUT', 60) * 1000);
  process.exit();
});
