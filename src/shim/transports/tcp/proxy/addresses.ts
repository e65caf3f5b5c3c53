// IP addresses as bytes.
import { isIPv4, isIPv6 } from 'node:net';

/** The bytes of an IP address, without a zone; none for anything else. */
export function addressBytes(address: string): number[] {
  if (isIPv4(address)) return address.split('.').map(Number);
  if (!isIPv6(address)) return [];
  const [text = ''] = address.split('%', 1);
  const [before = [], after] = text.split('::').map(groupBytes);
  return after ? [...before, ...Array<number>(16 - before.length - after.length).fill(0), ...after] : before;
}

/** The bytes of groups with colons between them, of which the last one may be an IPv4 address. */
function groupBytes(groups: string): number[] {
  return groups
    .split(':')
    .filter((group) => group !== '')
    .flatMap((group) => {
      if (group.includes('.')) return addressBytes(group);
      const value = Number.parseInt(group, 16);
      return [value >> 8, value & 0xff];
    });
}

/** Whether two addresses of one family have their first bits in common. */
export function haveCommonPrefix(one: readonly number[], other: readonly number[], bits: number): boolean {
  if (one.length !== other.length || one.length === 0) return false;
  return one.every((byte, at) => {
    const mask = 0xff & ~(0xff >> Math.min(8, Math.max(0, bits - 8 * at)));
    return ((byte ^ (other[at] as number)) & mask) === 0;
  });
}
