// The TLS servers that our client connects to, by implementation.
import { gnutls } from './gnutls.js';
import { nodeServers } from './node.js';
import { nss } from './nss.js';
import { openssl } from './openssl.js';

/**
 * What the checks ask a server to do.
 * @typedef {object} Options
 * @property {import('../../../scripts/certificates.js').Certificate} identity its certificate and key
 * @property {string} folder an empty folder for its files
 * @property {'TLSv1.2' | 'TLSv1.3'} [protocol] the only one; by default both
 * @property {string} [suite] IANA's name of the only one; `protocol` is its own
 * @property {string} [group] the only one
 * @property {string} [clientCa] PEM of an authority: a client needs a certificate that it issued
 * @property {string[]} [alpn] the protocols that it accepts
 * @property {string} [legacy] one of the server's `legacy`: it takes nothing else
 * @property {number} [forward] a port of this machine that it passes connections on to, instead of its usual answers
 * @property {boolean} [console] its standard input and output are the connection's other end
 * @property {boolean} [smallRecords] it sends records of at most 512 bytes, padded in TLS 1.3
 * @property {boolean} [ends] it must be able to end a connection
 */

/**
 * What not every server can do.
 * @typedef {'client certificates' | 'alpn' | 'forward' | 'console' | 'small records' | 'end' | 'long'} Feature
 *   `end`: it ends a connection; `long`: it answers more than a few kilobytes; the others as in {@link Options}
 */

/** @typedef {import('./program.js').Program & { port: number }} Running */

/**
 * @typedef {object} Server
 * @property {string} name
 * @property {() => Promise<string | undefined>} version with the implementation's name; undefined if it isn't on this
 *   machine
 * @property {string[]} suites those that it can be restricted to
 * @property {string[]} groups likewise
 * @property {string[]} keyTypes that its certificate may have
 * @property {string[]} legacy what it can be restricted to of what our client must refuse
 * @property {Feature[]} features
 * @property {boolean} [resets] it may reset a connection that it refuses, so that its alert is lost
 * @property {(options: Options) => Promise<Running>} start
 * @property {(connection: import('../connection.js').Connection, lines: Buffer) => Promise<Buffer>} converse sends lines
 *   of text, and resolves with the same if the answer was right
 * @property {(connection: import('../connection.js').Connection, running: Running) => unknown} [end] makes it end the
 *   connection
 */

/** @type {Server[]} */
export const servers = [...nodeServers, openssl, gnutls, nss];
