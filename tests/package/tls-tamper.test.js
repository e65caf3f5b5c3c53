// A relay that flips, drops, repeats, inserts or cuts bytes: what is delivered is a prefix of what the server sent, and the
// connection fails, unless the change is one of those that TLS doesn't authenticate. `npm run test:tls` makes every change.
import { test } from 'node:test';
import { PROFILES } from '../support/tls/tamper/run.js';
import { tamperProfile } from './support/tamper.js';

for (const name of Object.keys(PROFILES)) {
  test(`${name}: exactly the changes that TLS does not authenticate pass`, async () => {
    await tamperProfile(name);
  });
}
