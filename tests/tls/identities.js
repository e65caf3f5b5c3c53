// The authorities of the checks, and what they issued.
import { createAuthority } from '../../scripts/certificates.js';
import { KEY_TYPES } from './servers/names.js';

/** @typedef {import('../../scripts/certificates.js').Certificate} Certificate */

/**
 * @typedef {object} Identities
 * @property {Certificate} authority
 * @property {Record<string, Certificate>} servers for `localhost`, by the type of the key
 * @property {Certificate} stranger an authority that the client doesn't know
 * @property {() => Certificate} another makes an authority that issues nothing
 * @property {Certificate} clientAuthority
 * @property {Record<string, Certificate>} clients by the type of the key
 */

/** @returns {Identities} */
export function makeIdentities() {
  const authority = createAuthority();
  const clientAuthority = createAuthority({ name: 'Authority of clients' });
  const issue = (keyType) => authority.issue({ names: ['localhost', '127.0.0.1'], keyType });
  const issueClient = (keyType) => clientAuthority.issue({ name: 'Client', keyType, usages: ['clientAuth'] });
  const each = (types, make) => Object.fromEntries(types.map((type) => [type, make(type)]));
  return {
    authority,
    servers: each(KEY_TYPES, issue),
    stranger: createAuthority({ name: 'Unknown authority' }),
    another: () => createAuthority({ name: 'Another authority' }),
    clientAuthority,
    clients: each(['P-256', 'Ed25519'], issueClient),
  };
}
