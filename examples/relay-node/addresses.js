// Addresses that aren't on the public Internet: this machine's, those of private networks (cloud metadata services among
// them), and what other special purposes have (the registries of RFC 6890).
import { BlockList, isIPv6 } from 'node:net';

const special = new BlockList();
for (const [prefix, length] of /** @type {const} */ ([
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
])) {
  special.addSubnet(prefix, length);
}
// Of IPv6, only 2000::/3 is global unicast, without these: some have an address of IPv4 inside.
for (const [prefix, length] of /** @type {const} */ ([
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
])) {
  special.addSubnet(prefix, length, 'ipv6');
}
const globalUnicast = new BlockList();
globalUnicast.addSubnet('2000::', 3, 'ipv6');

/**
 * Whether an address is on the public Internet. One of IPv4 that is written as one of IPv6 isn't.
 * @param {string} address
 */
export function isPublic(address) {
  if (!isIPv6(address)) return !special.check(address);
  return globalUnicast.check(address, 'ipv6') && !special.check(address, 'ipv6');
}
