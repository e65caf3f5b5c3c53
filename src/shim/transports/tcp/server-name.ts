import net from 'node:net';

/** The option `servername` for a host: SNI doesn't allow IP addresses (RFC 6066 3). */
export function serverName(hostname: string): { servername: string } | undefined {
  return net.isIP(hostname) ? undefined : { servername: hostname };
}
