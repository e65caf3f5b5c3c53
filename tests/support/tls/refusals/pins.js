// Valid certificates none of which has a pinned key.
import { selfSigned } from '../../../../scripts/certificates.js';
import { byIntermediate, intermediate, localhost, root, stranger } from '../pki.js';
import { names, refused, trust } from './refusal.js';

/** A server that is trusted by the root, but not by its pins. */
function pinned(title, serve, pins) {
  return refused(title, 'tls-certificate-pin', serve, { tls: () => ({ ...trust(root()), pins: pins() }) });
}

const complete = () => ({ certificate: byIntermediate(), chain: [intermediate()] });

/** @type {import('./refusal.js').Refusal[]} */
export const PINS = [
  pinned(
    "a pin of another server's key",
    () => ({ certificate: localhost() }),
    () => [byIntermediate().spkiSha256],
  ),
  pinned('a pin of another authority', complete, () => [stranger().spkiSha256, localhost().spkiSha256]),
  pinned(
    'a pinned certificate that was appended to the chain',
    () => ({ certificate: byIntermediate(), chain: [intermediate(), localhost()] }),
    () => [localhost().spkiSha256],
  ),
  pinned(
    'a pinned authority that was appended to the chain',
    () => ({ certificate: byIntermediate(), chain: [intermediate(), stranger()] }),
    () => [stranger().spkiSha256],
  ),
  pinned(
    'a pinned intermediate of another path',
    () => ({ certificate: localhost(), chain: [intermediate()] }),
    () => [intermediate().spkiSha256],
  ),
  pinned(
    'a certificate of a pinned key that the root did not issue',
    () => ({ certificate: localhost(), chain: [selfSigned({ names, key: byIntermediate().key })] }),
    () => [byIntermediate().spkiSha256],
  ),
  refused('the right pin, but an unknown authority', 'tls-certificate-unknown-issuer', () => complete(), {
    node: 'unable to get local issuer certificate',
    tls: () => ({ ...trust(stranger()), pins: [byIntermediate().spkiSha256] }),
  }),
  refused('the right pin, but another host', 'tls-certificate-wrong-host', () => complete(), {
    host: 'server.test',
    node: "does not match certificate's altnames",
    tls: () => ({ ...trust(root()), pins: [byIntermediate().spkiSha256] }),
  }),
];
