// What is measured.

/** The size of chunks and messages, in bytes. */
export const CHUNK = 64 * 1024;

export const SUITES = ['TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_GCM_SHA256'];

/**
 * The servers in the other process.
 * @typedef {object} Servers
 * @property {string} ca PEM
 * @property {Record<string, number>} ports of the byte servers, by suite
 * @property {string} plain the URL of the WebSocket server
 * @property {Record<string, string>} secure those by TLS, by suite
 * @property {string} relay
 */
