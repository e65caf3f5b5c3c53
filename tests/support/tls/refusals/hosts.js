// Certificates for other hosts than the URL's (RFC 6125 6.4, RFC 5280 4.2.1.6 and 4.2.1.10).
import { root } from '../pki.js';
import { names, refused, trust } from './refusal.js';

/**
 * A certificate of the root for other names than the URL's.
 * @param {string} title
 * @param {string} host
 * @param {(string | { dns: string })[]} certified
 * @param {{ node?: string | null, name?: string }} [options] `name` is the common name
 */
function wrongHost(title, host, certified, { node = "does not match certificate's altnames", ...more } = {}) {
  const serve = () => ({ certificate: root().issue({ names: certified, ...more }) });
  return refused(title, 'tls-certificate-wrong-host', serve, { host, node });
}

/** A violation of an issuer's name constraints. */
function constrained(title, host, certified, nameConstraints, node) {
  const serve = () => {
    const issuer = root().issue({ name: 'Constrained', isCa: true, nameConstraints });
    return { certificate: issuer.issue({ names: certified }), chain: [issuer] };
  };
  return refused(title, 'tls-certificate-name-constraint', serve, { host, node });
}

const OUTSIDE = 'permitted subtree violation';
const EXCLUDED = 'excluded subtree violation';

/** @type {import('./refusal.js').Refusal[]} */
export const HOSTS = [
  wrongHost('a certificate for other hosts', 'server.test', ['other.test', 'www.server.test']),
  wrongHost('a certificate for the domain above', 'www.server.test', ['server.test']),
  wrongHost('names that contain the host', 'server.test', ['bad-server.test', 'server.test.example']),
  wrongHost('a wildcard for two labels', 'a.b.server.test', ['*.server.test']),
  wrongHost('a wildcard for no label', 'server.test', ['*.server.test']),
  wrongHost('a partial wildcard', 'www.server.test', ['w*.server.test', '*w.server.test', 'w*w.server.test'], {
    node: null,
  }),
  wrongHost('a wildcard that is not the first label', 'a.b.server.test', ['a.*.server.test']),
  wrongHost('two wildcards', 'a.b.server.test', ['*.*.server.test']),
  wrongHost('a wildcard of a top-level domain', 'server.test', ['*.test']),
  wrongHost('a wildcard alone', 'localhost', ['*']),
  wrongHost('a wildcard for an IPv4 address', '127.0.0.1', ['*.0.0.1']),
  wrongHost('an IPv4 address as a DNS name', '127.0.0.1', [{ dns: '127.0.0.1' }]),
  wrongHost('another IPv4 address', '127.0.0.1', ['127.0.0.2', 'localhost']),
  wrongHost('another IPv6 address', '[::1]', ['::2', '127.0.0.1', 'localhost']),
  wrongHost('an IPv6 address as a DNS name', '[::1]', [{ dns: '::1' }]),
  wrongHost('a name in the common name only', 'server.test', [], { name: 'server.test', node: null }),
  wrongHost('a name in the common name, and another as an alternative', 'server.test', ['other.test'], {
    name: 'server.test',
  }),
  wrongHost('an address in the common name only', '127.0.0.1', [], { name: '127.0.0.1' }),
  wrongHost('a name with a NUL', 'server.test', [{ dns: 'server.test\0.other.test' }]),
  {
    ...wrongHost('a certificate for the host, but not for `servername`', 'localhost', names),
    tls: () => ({ ...trust(root()), servername: 'server.test' }),
  },

  constrained(
    'a name outside of the permitted ones',
    'server.test',
    ['server.test'],
    { permitted: ['a.test'] },
    OUTSIDE,
  ),
  constrained('an excluded name', 'a.server.test', ['a.server.test'], { excluded: ['server.test'] }, EXCLUDED),
  constrained(
    'an address outside of the permitted ones',
    '127.0.0.1',
    ['127.0.0.1'],
    { permitted: ['10.0.0.0/8'] },
    OUTSIDE,
  ),
  constrained('an excluded address', '[::1]', ['::1'], { excluded: ['::/64'] }, EXCLUDED),
  constrained('a name of another kind that is excluded', 'localhost', names, { excluded: ['127.0.0.0/8'] }, EXCLUDED),
];
