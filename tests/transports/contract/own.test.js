// The contract for transports of users: `npm run test:transport`.
import { basename } from 'node:path';
import * as exports from '../../package/support/installed.js';
import { testTransport } from './index.js';

for (const url of JSON.parse(process.env.TRANSPORTS ?? '[]')) {
  const { default: own } = await import(url);
  const tested = typeof own === 'function' ? { make: () => own } : own;
  if (typeof tested?.make !== 'function')
    throw new Error(`${url} exports by default neither a transport nor an object`);
  testTransport({ name: basename(url, '.js'), exports, ...tested });
}
