// TLS servers that must be refused, with the code of the failure; for Node and for pages.
import { HANDSHAKES } from './refusals/handshakes.js';
import { HOSTS } from './refusals/hosts.js';
import { DATES, PATHS, WEAK } from './refusals/paths.js';
import { PINS } from './refusals/pins.js';

/** @type {import('./refusals/refusal.js').Refusal[]} */
export const REFUSALS = [...HOSTS, ...DATES, ...PATHS, ...WEAK, ...PINS, ...HANDSHAKES];
