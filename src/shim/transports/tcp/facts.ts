// The parameters of Node's own TLS, as far as a platform reports them: Deno and Bun lack some of Node's methods.
import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { TlsCertificate, TlsFacts } from '../types.ts';

/** OpenSSL's names of groups that have another one in IANA's registry. */
const GROUPS: Record<string, string> = { prime256v1: 'secp256r1' };

/** The longest chain that is read: that of a certificate could refer to itself. */
const MAX_CERTIFICATES = 20;

/** The facts of a connected socket; `undefined` if the platform doesn't report even the protocol. */
export function tlsFactsOf(socket: TLSSocket): TlsFacts | undefined {
  const protocol = optional(() => socket.getProtocol());
  if (!protocol) return undefined;
  const chain = chainOf(socket);
  const [leaf] = chain;
  const group = optional(() => (socket.getEphemeralKeyInfo() as { name?: string }).name);
  return {
    protocol,
    cipherSuite: optional(() => socket.getCipher().standardName),
    group: group && (GROUPS[group] ?? group),
    resumed: optional(() => socket.isSessionReused()),
    alpnProtocol: optional(() => socket.alpnProtocol || undefined),
    certificate: leaf && optional(() => describe(leaf)),
    certificates: chain.map(({ raw }) => new Uint8Array(raw)),
  };
}

function chainOf(socket: TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = [];
  let next = optional(() => socket.getPeerX509Certificate());
  while (next && chain.length < MAX_CERTIFICATES) {
    chain.push(next);
    const { issuerCertificate } = next;
    next = issuerCertificate;
  }
  return chain;
}

function describe({ subject, issuer, validFrom, validTo, fingerprint256 }: X509Certificate): TlsCertificate {
  return {
    subject: nameOf(subject),
    issuer: nameOf(issuer),
    validFrom: new Date(validFrom),
    validTo: new Date(validTo),
    fingerprint256,
  };
}

/** A distinguished name by RFC 4514, which begins with the last part. Node has a line for each, in the certificate's order. */
function nameOf(lines: string): string {
  return lines.split('\n').reverse().join(',');
}

/** The value; `undefined` if the platform doesn't have it. */
function optional<Value>(read: () => Value): Value | undefined {
  try {
    return read() ?? undefined;
  } catch {
    return undefined;
  }
}
